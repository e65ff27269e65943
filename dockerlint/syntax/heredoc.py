"""Where an instruction's line asks for here-documents, as BuildKit's lexer finds them."""

from __future__ import annotations

import re
from typing import NamedTuple

from dockerlint.syntax import words

_MARK = re.compile(r"(\d*)<<(-?)\s*([^<\s][^<]*)$")
_NO_QUOTES = re.compile(r"(?:[^\\'\"]|\\.)*", re.S)


class Mark(NamedTuple):
    """A here-document redirection; `start` and `end` are offsets in the instruction's logical text."""

    name: str
    expand: bool
    strip_tabs: bool
    start: int
    end: int


def marks(text: str) -> list[Mark]:
    """The redirections of a logical line, in order.

    The line is lexed with the default escape, as BuildKit does; where that fails (a quote or a brace that is not
    closed, a substitution that BuildKit does not know), there is no here-document.
    """
    if not words.lexes(text):
        return []
    found = []
    for start, end in words.ranges(text, heredocs=True):
        mark = parse_mark(text[start:end])
        if mark is not None:
            name, expand, strip = mark
            found.append(Mark(name, expand, strip, start, end))
    return found


def parse_mark(word: str) -> tuple[str, bool, bool] | None:
    """(name, expand, strip_tabs) of ``<<EOF``, ``<<-'EOF'``, ``3<<EOF``; None for any other word."""
    match = _MARK.match(word)
    if match is None:
        return None
    try:
        name = words.unquote(match[3])
    except ValueError:
        return None
    return (name, _NO_QUOTES.fullmatch(match[3]) is not None, match[2] == "-") if name else None
