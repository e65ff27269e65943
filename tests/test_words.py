"""Variable expansion and word splitting: BuildKit's documented behaviour, case by case."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockerlint.syntax.words import expand, expand_value, ranges, split, unquote
from dockerlint.values import UNKNOWN

SHARED = Path(__file__).resolve().parents[2] / "shared" / "conformance" / "buildkit_parser"
ENV = {"A": "apple", "EMPTY": "", "PATHS": "/usr/local/lib", "FILE": "archive.tar.gz", "SPACED": " two  words "}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("$A", "apple"),
        ("${A}s", "apples"),
        ("$A.txt", "apple.txt"),
        ("$A_B", ""),
        ("$", "$"),
        ("a$", "a$"),
        ("$/x", "$/x"),
        ("'$A'", "$A"),
        ('"$A"', "apple"),
        ("\"a'$A'\"", "a'apple'"),
        ("\\$A", "$A"),
        ('"\\$A \\n \\\\ \\""', '$A \\n \\ "'),
        ("a\\ b", "a b"),
        ("end\\", "end"),
        ("$1x", "x"),
        ("$@@", "@"),
        ("${#}", ""),
        ("${MISSING:-$A}", "apple"),
        ("${EMPTY:-w}", "w"),
        ("${EMPTY-w}", ""),
        ("${MISSING-w}", "w"),
        ("${A:-w}", "apple"),
        ("${A:+w}", "w"),
        ("${EMPTY:+w}", ""),
        ("${EMPTY+w}", "w"),
        ("${MISSING+w}", ""),
        ("${A:?no}", "apple"),
        ("${EMPTY?no}", ""),
        ("${MISSING:-${OTHER:-deep}}", "deep"),
        ("${MISSING:-'a}b'}", "a}b"),
        ("${MISSING:-a\\}b}", "a}b"),
        ("${FILE%.*}", "archive.tar"),
        ("${FILE%%.*}", "archive"),
        ("${FILE#*.}", "tar.gz"),
        ("${FILE##*.}", "gz"),
        ("${FILE#nothing}", "archive.tar.gz"),
        ("${FILE%?gz}", "archive.tar"),
        ("${PATHS/\\/usr/\\/opt}", "\\/opt/local/lib"),
        ("${PATHS//l/L}", "/usr/LocaL/Lib"),
        ("${A/p/-}", "a-ple"),
        ("${A//p/}", "ale"),
        ("${A/p*/x}", "ax"),
        ("${A//$EMPTY/.}", ".a.p.p.l.e."),
        ("${A//*/x}", "x"),
        ("${A//p/$A}", "aappleapplele"),
        ("${MISSING#x}", ""),
        ("한$A", "한apple"),
    ],
)
def test_expansion(text: str, value: str) -> None:
    assert expand(text, ENV) == value


def test_the_escape_character_of_windows_files() -> None:
    assert expand("C:\\dir\\`$A $A", ENV, escape="`") == "C:\\dir\\$A apple"
    assert expand('"`"\\"', ENV, escape="`") == '"\\'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("'open", "looking for matching single-quote"),
        ('"open', "looking for matching double-quote"),
        ('"open\\"', "looking for matching double-quote"),
        ("${", "missing '}'"),
        ("${A", "missing '}'"),
        ("${A:-x", "missing '}'"),
        ("${}", "bad substitution"),
        ("${:x}", "bad substitution"),
        ("${A:=x}", r"unsupported modifier \(:=\)"),
        ("${A^^}", r"unsupported modifier \(\^\)"),
        ("${A:#x}", r"unsupported modifier \(:#\)"),
        ("${A//x}", "missing '/'"),
        ("${A/x/y", "missing '}'"),
        ("${MISSING?}", "MISSING: is not allowed to be unset"),
        ("${EMPTY:?}", "EMPTY: is not allowed to be empty"),
        ("${MISSING:?set $A}", "MISSING: set apple"),
        ("${A#\\x}", "invalid escape"),
    ],
)
def test_what_the_builder_refuses(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        expand(text, ENV)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a  b\tc", ["a", "b", "c"]),
        ("x$SPACED.y", ["x", "two", "words", ".y"]),
        ('x"$SPACED"y', ["x two  words y"]),
        ("a '' b", ["a", "b"]),
        ("a\\ b c", ["a b", "c"]),
        ("$MISSING", []),
        ("", []),
    ],
)
def test_words_after_expansion(text: str, words: list[str]) -> None:
    assert split(text, ENV) == words


def test_splitting_alone_keeps_quotes_and_variables() -> None:
    assert split("a \"b $A\" 'c d'e f\\ g", None) == ["a", '"b $A"', "'c d'e", "f\\ g"]
    assert split('a "never closed b', None) == ["a", '"never closed b']
    assert split("a` b c", None, escape="`") == ["a` b", "c"]
    assert split("trailing\\", None) == ["trailing"]


def test_json_form_or_words() -> None:
    assert split(' ["a b", "\\"c\\""] ', None) == ["a b", '"c"']
    assert split("[a, b]", None) == ["[a,", "b]"]
    assert split("[NaN]", None) == ["[NaN]"]
    with pytest.raises(ValueError, match="strings only"):
        split('["a", 1]', None)


def test_heredoc_redirections_with_a_blank_are_one_word() -> None:
    text = "cat << EOF <<- 'A' >x"
    assert [text[a:b] for a, b in ranges(text, heredocs=True)] == ["cat", "<< EOF", "<<- 'A'", ">x"]
    assert [text[a:b] for a, b in ranges(text)][:3] == ["cat", "<<", "EOF"]


def test_unquote() -> None:
    assert unquote('a\'b c\'"d\\"$E"\\f') == 'ab cd"$Ef'
    with pytest.raises(ValueError, match="single-quote"):
        unquote("'a")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$A/$U", UNKNOWN),
        ("'$U'", "$U"),
        ("${A:+$U}", UNKNOWN),
        ("${A:-$U}", "apple"),
        ("${EMPTY:+$U}", ""),
        ("${U:-x}", UNKNOWN),
        ("${U#x}", UNKNOWN),
        ("${A#$U}", UNKNOWN),
        ("${A/$U/x}", UNKNOWN),
        ('"a$U"', UNKNOWN),
        ("$M", ""),
        ("${A:=x}", UNKNOWN),
        ("'open", UNKNOWN),
    ],
)
def test_unknown_values_spread_only_where_they_are_needed(text: str, value: object) -> None:
    assert expand_value(text, {**ENV, "U": UNKNOWN}) == value


def test_missing_and_unset_names() -> None:
    assert expand_value("x$M", {}, missing_unknown=True) is UNKNOWN
    assert expand_value("${M:-x}", {}, missing_unknown=True) is UNKNOWN
    assert expand_value("${M:-x}", {"M": UNKNOWN}, unset={"M"}) == "x"
    assert expand_value("${M:+x}", {"M": UNKNOWN}, unset={"M"}) == ""
    assert expand_value("$M", {"M": UNKNOWN}, unset={"M"}) is UNKNOWN
    assert expand_value("${M:?x}", {"M": UNKNOWN}, unset={"M"}) is UNKNOWN


def test_values_that_would_fill_the_memory_are_unknown() -> None:
    assert expand_value("$A" * 1000, {"A": "x" * 1000}) is UNKNOWN
    assert expand_value("${A//x/" + "y" * 100 + "}", {"A": "x" * 50_000}) is UNKNOWN
    assert expand_value("${a:-" * 1000 + "}" * 1000, {}) is UNKNOWN
    with pytest.raises(ValueError, match="nested too deeply"):
        expand("${a:-" * 1000 + "}" * 1000, {})


def test_patterns_with_many_stars_end() -> None:
    assert expand("${A#" + "*a" * 20 + "b}", {"A": "a" * 3000}) == "a" * 3000
    assert expand("${A##*a*a*}", {"A": "xaxaxx"}) == ""
    assert expand("${A#*a*a}", {"A": "xaxaxa"}) == "xa"


@given(st.text(alphabet="aA$ {}:-+?#%/*'\"\\`\n\t한", max_size=30))
def test_any_text_expands_or_is_refused(text: str) -> None:
    for escape in "\\`":
        try:
            value = expand(text, ENV, escape)
        except ValueError:
            assert expand_value(text, ENV, escape) is UNKNOWN
        else:
            assert expand_value(text, ENV, escape) == value


@given(st.text(alphabet="ab '\"\\\t\u00a0\x1c<-", max_size=30))
def test_ranges_are_in_order_and_leave_only_blanks(text: str) -> None:
    at = 0
    for start, end in ranges(text):
        assert at <= start < end <= len(text)
        assert not text[at:start].strip()
        at = end
    assert text[at:].strip(" \t\u00a0") in ("", "\\")


@pytest.fixture
def buildkit() -> list[dict[str, object]]:
    if not SHARED.is_dir():
        pytest.skip("no ../shared")
    return [json.loads(line) for name in ("shell", "words") for line in (SHARED / f"{name}.jsonl").open()]


def test_buildkits_own_cases(buildkit: list[dict[str, object]]) -> None:
    wrong = []
    for case in buildkit:
        if case.get("platform") == "windows" or str(case.get("op", "")).startswith("pattern"):
            continue
        text, env = str(case["input"]), case.get("env")
        try:
            assert env is None or isinstance(env, dict)
            found: object = expand(text, env or {}) if case.get("op") == "word" else split(text, env)
        except ValueError:
            found = "error"
        if found != ("error" if case.get("expect_error") else case.get("expected")):
            wrong.append(case["id"])
    assert wrong == []
