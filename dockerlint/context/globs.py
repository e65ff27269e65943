"""Wildcards of COPY and ADD sources, as Go's `filepath.Match` reads them."""

from __future__ import annotations

import re
from functools import lru_cache


class BadPattern(ValueError):
    """A wildcard that the builder refuses."""


def has_wildcards(source: str) -> bool:
    """Whether the builder looks for wildcards in `source` at all."""
    return any(c in source for c in "*?[\\")


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """`pattern` as an expression for `fullmatch`. Raises BadPattern where the builder would stop."""
    out, at, size = [], 0, len(pattern)
    while at < size:
        char = pattern[at]
        at += 1
        if char == "*":
            out.append("[^/]*")
        elif char == "?":
            out.append("[^/]")
        elif char == "[":
            expression, at = _bracket(pattern, at)
            out.append(expression)
        elif char == "\\":
            if at == size:
                raise BadPattern(pattern)
            out.append(re.escape(pattern[at]))
            at += 1
        else:
            out.append(re.escape(char))
    return re.compile("".join(out), re.DOTALL)


def _bracket(pattern: str, at: int) -> tuple[str, int]:
    """The class that starts behind ``[`` at `at`, and where it ends; only ``^`` negates."""
    negated = pattern[at : at + 1] == "^"
    at += negated
    ranges: list[str] = []
    first = True
    while first or pattern[at : at + 1] != "]":
        low, at = _class_char(pattern, at)
        high = low
        if pattern[at : at + 1] == "-":
            high, at = _class_char(pattern, at + 1)
        if low <= high:  # an empty range matches nothing; it is not an error
            ranges.append(f"{re.escape(low)}-{re.escape(high)}")
        first = False
    if not ranges:
        return ("." if negated else "(?!)"), at + 1
    return f"[{'^' if negated else ''}{''.join(ranges)}]", at + 1


def _class_char(pattern: str, at: int) -> tuple[str, int]:
    char = pattern[at : at + 1]
    if char in ("", "-", "]"):
        raise BadPattern(pattern)
    if char == "\\":
        at += 1
        char = pattern[at : at + 1]
    if not char or at + 1 >= len(pattern):
        raise BadPattern(pattern)
    return char, at + 1
