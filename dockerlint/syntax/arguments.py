"""Flags and JSON forms of an instruction."""

from __future__ import annotations

import re

from dockerlint.syntax import words
from dockerlint.syntax.tree import Flag, Logical, Word

JSON_KEYWORDS = frozenset(("ADD", "COPY", "RUN", "CMD", "ENTRYPOINT", "SHELL", "VOLUME", "HEALTHCHECK"))
# The builder reads flags with the backslash, whatever the file's escape character.
_FLAG = re.compile(r"""--(?:[^\s'"\\]+|\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|["'\\])*""", re.S)
_BLANKS = re.compile(f"[{words.BLANKS}]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_TYPE = re.compile(r"\S+\s+(?=\[)")
_QUOTING = re.compile(r"['\"\\]")


def flags(logical: Logical, at: int) -> tuple[tuple[Flag, ...], int]:
    """The ``--flag`` words from offset `at` on, and the offset where the arguments start."""
    text = logical.text
    found: list[Flag] = []
    while True:
        at = _skip_blanks(text, at)
        match = _FLAG.match(text, at)
        if match is None:
            return tuple(found), at
        word, end = match[0], match.end()
        if word == "--":
            return tuple(found), _skip_blanks(text, end)
        name, equals, value = _dequoted(word)[2:].partition("=")
        found.append(Flag(name, value if equals else None, word, logical.span(at, end), at))
        at = end


def _skip_blanks(text: str, at: int) -> int:
    return _BLANKS.match(text, at).end()  # type: ignore[union-attr]  # always matches


def _dequoted(word: str) -> str:
    if not _QUOTING.search(word):
        return word
    try:
        return words.unquote(word)
    except ValueError:
        return word


def json_start(keyword: str, text: str) -> int | None:
    """Where the JSON form of an instruction would start; None when there is no bracket at that place."""
    if keyword == "HEALTHCHECK":
        kind = _TYPE.match(text)
        return kind.end() if kind else None
    return 0 if keyword in JSON_KEYWORDS and text.startswith("[") else None


def json_words(keyword: str, body: Logical) -> tuple[Word, ...] | None:
    """The elements of a JSON form with their spans; None when the text is not an array of strings."""
    start = json_start(keyword, body.text)
    if start is None:
        return None
    array = words.json_array(body.text[start:])
    if array is None or not all(isinstance(item, str) for item in array):
        return None
    places = (body.span(*match.span()) for match in _STRING.finditer(body.text, start))
    values = (_SURROGATE.sub("\ufffd", item) for item in array)  # as the builder does for what is no character
    return tuple(map(Word, values, places))
