"""`.dockerignore` is read as the builder reads it, rule by documented rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockerlint.context.globs import BadPattern, compiled
from dockerlint.context.ignore import read

IGNORED = [
    ("a plain name is a path from the root", "docs", "docs", True),
    ("a plain name is no name anywhere", "docs", "src/docs", False),
    ("what lies in an ignored folder goes with it", "docs", "docs/a/b.md", True),
    ("a trailing slash says nothing", "docs/", "docs", True),
    ("a trailing slash does not mean folders only", "README.md/", "README.md", True),
    ("a leading slash says nothing", "/docs", "docs/a", True),
    ("a path is cleaned", "./src/../docs//x", "docs/x", True),
    ("`.` is no pattern for anything", ".", "a", False),
    ("case matters", "README.md", "readme.md", False),
    ("blanks around are cut", "  docs \t", "docs", True),
    ("blanks inside stay", "my docs", "my docs/x", True),
    ("a comment starts the line", "#docs", "#docs", False),
    ("an indented # is a name", " #docs", "#docs", True),
    ("a # behind a pattern belongs to it", "docs # no", "docs", False),
    ("a byte order mark is skipped", "\ufeffdocs", "docs", True),
    ("a byte order mark before a comment is skipped", "\ufeff#docs", "#docs", False),
    ("a second line's mark is a name", "a\n\ufeffdocs", "docs", False),
    ("carriage returns are cut", "docs\r\na\r\n", "docs/x", True),
    ("only a newline ends a line", "a\x0bdocs", "docs", False),
    ("* is any name at the top", "*", "a", True),
    ("* takes dot files too", "*", ".git/HEAD", True),
    ("* does not cross a slash", "*.md", "docs/a.md", False),
    ("*/x is one level down", "*/temp*", "a/temporary.txt", True),
    ("*/*/x is two levels down", "*/*/temp*", "a/b/temporary.txt", True),
    ("*/*/x is not one level down", "*/*/temp*", "a/temporary.txt", False),
    ("blank lines say nothing", "\n \n\t\ndocs\n\n", "docs", True),
    ("the recipe may be left out too", "Dockerfile*\n.dockerignore", "Dockerfile.dev", True),
    ("*/x is not two levels down", "*/temp*", "a/b/temporary.txt", False),
    ("? is one character", "temp?", "tempa", True),
    ("? is not none", "temp?", "temp", False),
    ("? is no slash", "a?b", "a/b", False),
    ("** is any depth", "**/*.go", "a/b/c.go", True),
    ("** is no depth as well", "**/*.go", "c.go", True),
    ("**/name is that name", "**/.foo", "bar.foo", False),
    ("**name may end a longer name", "**foo", "a/barfoo", True),
    ("name/** is what lies inside", "abc/**", "abc/d/e", True),
    ("name/** is not the folder itself", "abc/**", "abc", False),
    ("name/** is not a longer name", "abc/**", "abcd/e", False),
    ("** in the middle", "a/**/z", "a/b/c/z", True),
    ("** in the middle is no depth as well", "a/**/z", "a/z", True),
    ("** alone is everything", "**", "a/b", True),
    ("two ** are as one", "**/**/*.txt", "file.txt", True),
    ("a class", "a[b-d]e", "ace", True),
    ("outside a class", "a[b-d]e", "aae", False),
    ("a negated class", "a[^b-d]e", "aze", True),
    ("! does not negate a class", "a[!b]e", "aze", False),
    ("an operator of Python's in a class is a character", "a[&&~]", "a~", True),
    ("a bracket in a class is a character", "a[[]", "a[", True),
    ("a backslash makes a character plain", "a\\*b", "a*b", True),
    ("and it is no longer a wildcard", "a\\*b", "axb", False),
    ("a dot is a dot", "abc.def", "abcXdef", False),
    ("signs of regular expressions are plain", "a.|)$(}+{b*", "a.|)$(}+{bc", True),
    ("a name with a newline is one name", "a*z", "a\nz", True),
]


@pytest.mark.parametrize(("text", "path", "ignored"), [c[1:] for c in IGNORED], ids=[c[0] for c in IGNORED])
def test_rule(text: str, path: str, ignored: bool) -> None:
    assert read(text).ignores(path) is ignored


EXCEPTIONS = [
    ("an exception keeps", "*.md\n!README.md", "README.md", False),
    ("it keeps only what it names", "*.md\n!README.md", "other.md", True),
    ("the last that matches decides", "!README.md\n*.md", "README.md", True),
    ("and is undone again", "*.md\n!README*.md\nREADME-secret.md", "README-secret.md", True),
    ("a kept file in an ignored folder", "docs\n!docs/README.md", "docs/README.md", False),
    ("a kept folder with all inside", "**\n!util/web", "util/web/a/b", False),
    ("a file in the kept folder ignored again", "**\n!util/web\nutil/web/foo", "util/web/foo", True),
    ("a wildcard that keeps", "*\n!src/**/*.go", "src/a/b.go", False),
    ("blanks behind the mark", "*\n!  a", "a", False),
    ("a slash before the name", "*\n!/a", "a", False),
    ("a slash before the mark", "*\n/!a", "a", False),
    ("two marks are a name that starts with one", "*\n!!a", "a", True),
    # The builder does not ask a pattern that could change nothing, and what lies below inherits the answer.
    ("a pattern not asked above is not asked for a parent below", "d/e\n!d/e/f\nd/*", "d/e/f", False),
]


@pytest.mark.parametrize(("text", "path", "ignored"), [c[1:] for c in EXCEPTIONS], ids=[c[0] for c in EXCEPTIONS])
def test_exception(text: str, path: str, ignored: bool) -> None:
    assert read(text).ignores(path) is ignored


@pytest.mark.parametrize("pattern", ["!", "! ", "!/", "[", "a[b", "[]", "[a-]", "a\\", "[z-a]", "\\y"])
def test_what_the_builder_refuses_is_an_error_and_no_pattern(pattern: str) -> None:
    found = read(f"ok\n{pattern}\n")
    assert [number for number, _ in found.errors] == [2]
    assert [p.text for p in found.patterns] == ["ok"]


def test_the_root_itself_is_never_ignored() -> None:
    assert not read("*\n**").ignores(".")


def test_patterns_know_their_line() -> None:
    assert [(p.line, p.text, p.exception) for p in read("# c\n\na/\n!b").patterns] == [(3, "a", False), (4, "b", True)]


@pytest.mark.parametrize(
    ("text", "folder", "needed"),
    [
        ("*", "src", False),
        ("*\n!src/a.go", "src", True),
        ("*\n!src/a.go", "docs", False),
        ("*\n!**/a.go", "docs", True),
        ("*\n!s*/a.go", "src", True),
        ("*\n!src", "src/a", True),
        ("*\n!srcs/a", "src", False),
    ],
)
def test_an_ignored_folder_is_entered_only_for_an_exception(text: str, folder: str, needed: bool) -> None:
    assert read(text).may_keep_below(folder) is needed


WORDS = st.text(alphabet="ab./*?[]^-!\\ #\n\u00e9", max_size=20)
NAMES = st.text(alphabet="ab.*^-", min_size=1, max_size=3).filter(lambda name: bool(name.strip(".")))
PATHS = st.lists(NAMES, min_size=1, max_size=4)


@given(WORDS, PATHS)
def test_never_raises_and_skipping_ignored_folders_loses_nothing(text: str, parts: list[str]) -> None:
    found = read(text)
    path = "/".join(parts)
    if not found.ignores(path):
        above = ["/".join(parts[:end]) for end in range(1, len(parts))]
        assert all(found.may_keep_below(p) for p in above if found.ignores(p))


GLOBS = [
    ("*.txt", "a.txt", True),
    ("*.txt", "a/b.txt", False),
    ("*", ".hidden", True),
    ("a/*/c", "a/b/c", True),
    ("**", "a/b", False),
    ("hom?.txt", "home.txt", True),
    ("[a-c]x", "bx", True),
    ("[^a-c]x", "bx", False),
    ("[^a]", "/", True),
    ("arr[[]0].txt", "arr[0].txt", True),
    ("a\\*", "a*", True),
    ("[\\]]", "]", True),
    ("[z-a]", "m", False),
    ("[^z-a]", "m", True),
    ("a", "a\n", False),
]


@pytest.mark.parametrize(("pattern", "path", "matches"), GLOBS)
def test_wildcards_of_a_source(pattern: str, path: str, matches: bool) -> None:
    assert (compiled(pattern).fullmatch(path) is not None) is matches


@pytest.mark.parametrize("pattern", ["[", "[]a]", "[a-]", "[-a]", "a\\", "[^", "[a\\"])
def test_bad_wildcards(pattern: str) -> None:
    with pytest.raises(BadPattern):
        compiled(pattern)
