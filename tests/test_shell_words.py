"""The parts of a word: what is quoted, what is expanded, and by what."""

from __future__ import annotations

import pytest

from dockerlint.shell.tree import Simple, Word
from shell_dump import body, parts, shell_values

PARTS = {
    "abc": "'abc'",
    "'a b'": '"a b"',
    '""': '""',
    '"a b"c': "\"a b\" 'c'",
    r"a\ b": "'a' \" \" 'b'",
    r'"a\"\$\x"': r'''"a"$\x"''',
    r"'a\'": '"a\\"',
    "$x": "$x",
    '"$x y"': '"$x" " y"',
    "$1$@$?$$": "$1 $@ $? $$",
    "$10": "$1 '0'",
    "$xé": "$x 'é'",
    "$é": "'$é'",
    "a$": "'a$'",
    '"$"': '"$"',
    "${x}": "$x",
    "${x:-y z}": "$x(:- 'y z')",
    '"${x:-it}"': '"$x(:- "it")"',
    "${x-}": "$x(-)",
    "${x:=a$y}": "$x(:= 'a' $y)",
    "${x:?'a b'}": '$x(:? "a b")',
    "${x+y}": "$x(+ 'y')",
    "${x:-${y:-z}}": "$x(:- $y(:- 'z'))",
    "${x#*/}": "$x(# glob(*/))",
    "${x##a}": "$x(## 'a')",
    "${x%.gz}": "$x(% '.gz')",
    "${x%%-*}": "$x(%% glob(-*))",
    "${x/a/b}": "$x(/ 'a/b')",
    "${x//./-}": "$x(// './-')",
    "${#x}": "$x(length)",
    "${#}": "$#",
    "${!x}": "$x(!)",
    "${x:1:2}": "$x(other ':1:2')",
    "${x^^}": "$x(other '^^')",
    "${x[@]}": "$x(other glob([@]))",
    "${x/#a/b}": "$x(other '/#a/b')",
    "$(a b)": "command(a b)",
    '"`a "b"`"': '"command(a "b")"',
    r"`a \`b\` \$c`": "command(a `b` $c)",
    "${x-`a`}": "$x(- command(a))",
    "$(a)$((1+2))": "command(a) arithmetic()",
    "<(a)": "process(a)",
    "*.txt": "glob(*.txt)",
    "a/?b'*'": 'glob(a/?b) "*"',
    r"a\*": "'a' \"*\"",
    "[a-z]x": "glob([a-z]x)",
    "[a": "'[a'",
    "a]": "'a]'",
    '["a"]': "glob([) \"a\" ']'",
    "{a,b}c": "braces({a,b}) 'c'",
    "x{1..3}": "'x' braces({1..3})",
    "{a,{b,c}}": "braces({a,{b,c}})",
    "{}": "'{}'",
    "{a}": "'{a}'",
    "a{,.b}": "'a' braces({,.b})",
    "{a": "'{a'",
    "~": "tilde(~)",
    "~/x": "tilde(~) '/x'",
    "~u/x": "tilde(~u) '/x'",
    "a~": "'a~'",
    '"~"': '"~"',
    "~$x": "'~' $x",
    "$'a\\n\\x41\\'\\101'": '"a\nA\'A"',
    '$"a $x"': '"a " "$x"',
    "a\\\nb": "'ab'",
    '"a\\\nb"': '"ab"',
}

SHELLS_DIFFER = ("$'", '$"', "$é")


def only_word(text: str, shell: str = "bash") -> Word:
    root = body(f"echo {text}", shell).root
    assert isinstance(root, Simple)
    assert len(root.words) == 2
    return root.words[1]


@pytest.mark.parametrize(("text", "expected"), PARTS.items(), ids=map(repr, PARTS))
def test_parts(text: str, expected: str) -> None:
    word = only_word(text)
    assert word.text == text
    assert parts(word.parts) == expected


def test_a_word_is_literal_only_when_nothing_is_expanded() -> None:
    assert only_word("'a b'\"c\"\\ d").literal == "a bc d"
    assert only_word('""').literal == ""
    for text in ("$x", "*", "~", "{a,b}", "$(a)", '"${x:-y}"', "<(a)"):
        assert only_word(text).literal is None


@pytest.mark.parametrize("shell", ["bash", "dash"])
def test_literal_values_are_those_of_the_shells(shell: str) -> None:
    words = {t: only_word(t).literal for t in PARTS if shell == "bash" or not t.startswith(SHELLS_DIFFER)}
    literal = {text: value for text, value in words.items() if value is not None}
    assert len(literal) > 15
    assert shell_values(shell, list(literal)) == list(literal.values())


@pytest.mark.parametrize("shell", ["sh", "dash"])
def test_dollar_quotes_are_open_where_the_shell_may_not_know_them(shell: str) -> None:
    assert only_word("$'a\\n'", shell).literal is None
    assert only_word('$"a"', shell).literal is None
    assert only_word("'$'\"a\"", shell).literal == "$a"


def test_assignments_have_tildes_of_their_own() -> None:
    root = body("X=~/a:~/b y=~ z=a~").root
    assert isinstance(root, Simple)
    found = [parts(a.value.parts) for a in root.assignments if a.value]
    assert found == ["tilde(~) '/a:' tilde(~) '/b'", "tilde(~)", "'a~'"]


def test_an_empty_value_is_a_word_with_a_place() -> None:
    root = body("a= b").root
    assert isinstance(root, Simple)
    value = root.assignments[0].value
    assert value is not None
    assert (value.text, value.literal, value.span) == ("", "", (2, 2))


def test_a_substitution_in_braces_is_opaque() -> None:
    assert body("a {b,$(c)}").opaque == "unsupported: substitution in braces"


def test_bytes_that_are_not_utf_8_are_kept() -> None:
    assert only_word("a\udcffb").literal == "a\udcffb"
    assert only_word("'\udcff $'").text == "'\udcff $'"
