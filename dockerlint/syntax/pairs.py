"""The ``name=value`` pairs of ENV, LABEL and ARG."""

from __future__ import annotations

import re
from typing import NamedTuple

from dockerlint.source import Span
from dockerlint.syntax.tree import Logical
from dockerlint.syntax.words import ranges

_LEGACY = re.compile(r"[\t\v\f\r ]+")


class Pair(NamedTuple):
    """A name and its value as written, quotes and all; `value` is None for an ARG without default."""

    name: str
    value: str | None
    span: Span
    value_span: Span | None
    legacy: bool = False
    """Written ``ENV name value``, without ``=``."""


def pairs_of(keyword: str, body: Logical, escape: str) -> tuple[Pair, ...]:
    """The pairs of an instruction's arguments. A word without ``=`` has no value."""
    text = body.text
    spans = ranges(text, escape=escape)
    if keyword != "ARG" and spans and "=" not in text[slice(*spans[0])]:
        return _legacy(body)
    return tuple(_pair(body, start, end) for start, end in spans)


def _pair(body: Logical, start: int, end: int) -> Pair:
    equals = body.text.find("=", start, end)
    if equals < 0:
        return Pair(body.text[start:end], None, body.span(start, end), None)
    value = body.text[equals + 1 : end]
    return Pair(body.text[start:equals], value, body.span(start, end), body.span(equals + 1, end))


def _legacy(body: Logical) -> tuple[Pair, ...]:
    text = body.text
    gap = _LEGACY.search(text)
    whole = body.span(0, len(text))
    if gap is None:
        return (Pair(text, None, whole, None, True),)
    return (Pair(text[: gap.start()], text[gap.end() :], whole, body.span(gap.end(), len(text)), True),)
