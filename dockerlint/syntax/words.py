"""Words of an instruction and variable expansion, as BuildKit's shell lexer does them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from dockerlint.syntax.expansion import expand, expand_value, expand_words, lexes

__all__ = ["BLANKS", "expand", "expand_value", "json_array", "lexes", "ranges", "split", "unquote"]

BLANKS = (  # what Go's unicode.IsSpace takes; Python's own set has four control characters more
    " \t\v\f\r\n\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f"
    "\u205f\u3000"
)
_PLAIN = {c: re.compile(rf"[^{BLANKS}'\"{re.escape(c)}]+") for c in "\\`"}
_IN_QUOTES = {c: re.compile(rf'["{re.escape(c)}]') for c in "\\`"}
_BLANKS = re.compile(f"[{BLANKS}]*")
_REDIRECTION = re.compile(r"\d*<<-?")


def split(text: str, env: Mapping[str, str] | None, escape: str = "\\") -> list[str]:
    """The words of `text` after substitution. Without `env` they are only split: quotes and variables stay.

    Without `env`, a text that starts with ``[`` is read as the JSON form; ValueError when it is an array of other
    things than strings.
    """
    if env is not None:
        return expand_words(text, env, escape)
    array = json_array(text)
    if array is None:
        return [text[start:end] for start, end in ranges(text, escape=escape)]
    if not all(isinstance(item, str) for item in array):
        raise ValueError("when using JSON array syntax, arrays must be comprised of strings only")
    return array


def json_array(text: str) -> list[Any] | None:
    """The value of a JSON array; None for any other text."""
    if not text.lstrip().startswith("["):
        return None
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list) else None


def _refuse(name: str) -> None:
    """Python reads NaN and Infinity, the builder does not."""
    raise ValueError(name)


def ranges(text: str, heredocs: bool = False, escape: str = "\\") -> list[tuple[int, int]]:
    """(start, end) of each word of `text`, split at blanks outside quotes.

    With `heredocs`, ``<< EOF`` and ``<<- EOF`` are one word. An unfinished quote runs to the end of the text, and an
    escape character at the end is dropped.
    """
    found: list[tuple[int, int]] = []
    size = len(text)
    at = _skip_blanks(text, 0)
    while at < size:
        start = at
        at = _word_end(text, at, escape)
        if at == start:
            break
        if heredocs and _REDIRECTION.fullmatch(text, start, at):
            gap = _skip_blanks(text, at)
            if gap < size and text[gap] != "<":
                at = _word_end(text, gap, escape)
        found.append((start, at))
        at = _skip_blanks(text, at)
    return found


def _skip_blanks(text: str, at: int) -> int:
    return _BLANKS.match(text, at).end()  # type: ignore[union-attr]  # always matches


def _word_end(text: str, at: int, escape: str) -> int:
    size, plain = len(text), _PLAIN[escape]
    while at < size:
        match = plain.match(text, at)
        if match:
            at = match.end()
            if at == size:
                break
        char = text[at]
        if char == escape:
            if at + 1 == size:
                return at
            at += 2
        elif char == "'":
            close = text.find("'", at + 1)
            at = size if close < 0 else close + 1
        elif char == '"':
            at = _quote_end(text, at + 1, escape)
        else:
            break
    return min(at, size)


def _quote_end(text: str, at: int, escape: str) -> int:
    special = _IN_QUOTES[escape]
    match = special.search(text, at)
    while match is not None and match[0] != '"':
        match = special.search(text, match.end() + 1)
    return len(text) if match is None else match.end()


def unquote(word: str) -> str:
    """`word` without its quotes and escapes, variables kept. Raises ValueError on an unfinished quote."""
    out, at, size = [], 0, len(word)
    while at < size:
        char = word[at]
        if char == "'":
            close = word.find("'", at + 1)
            if close < 0:
                raise ValueError("unexpected end of statement while looking for matching single-quote")
            out.append(word[at + 1 : close])
            at = close + 1
        elif char == '"':
            at += 1
            while at < size and word[at] != '"':
                if word[at] == "\\" and at + 1 < size and word[at + 1] in '"$\\':
                    at += 1
                out.append(word[at])
                at += 1
            if at >= size:
                raise ValueError("unexpected end of statement while looking for matching double-quote")
            at += 1
        elif char == "\\":
            out.append(word[at + 1 : at + 2])
            at += 2
        else:
            out.append(char)
            at += 1
    return "".join(out)
