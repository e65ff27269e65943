"""Where an instruction's line asks for here-documents, as BuildKit's lexer finds them."""

from __future__ import annotations

import re
from typing import NamedTuple

from dockerlint.syntax import words

_MARK = re.compile(r"(\d*)<<(-?)\s*([^<\s][^<]*)$")


class Mark(NamedTuple):
    """A here-document redirection; `start` and `end` are offsets in the instruction's logical text."""

    name: str
    expand: bool
    strip_tabs: bool
    start: int
    end: int


def marks(text: str) -> list[Mark]:
    """The redirections of a logical line, in order. The line is lexed with the default escape, as BuildKit does."""
    found = []
    try:
        spans = words.ranges(text, heredocs=True)
    except ValueError:
        return []
    for start, end in spans:
        mark = parse_mark(text[start:end])
        if mark is not None:
            name, expand, strip = mark
            found.append(Mark(name, expand, strip, start, end))
    return found


def parse_mark(word: str) -> tuple[str, bool, bool] | None:
    """(name, expand, strip_tabs) of ``<<EOF``, ``<<-'EOF'``, ``3<<EOF``; None for any other word.

    Raises ValueError on an unfinished quote.
    """
    match = _MARK.match(word)
    if match is None:
        return None
    name = words.unquote(match[3])
    return name, name == match[3], match[2] == "-"
