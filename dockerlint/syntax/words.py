"""Words of an instruction and variable expansion, as BuildKit's shell lexer does them."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[^\s'\"\\]+")


def ranges(text: str, heredocs: bool = False) -> list[tuple[int, int]]:
    """(start, end) of each word of `text`, split at blanks outside quotes.

    With `heredocs`, ``<< EOF`` and ``<<- EOF`` are one word. An unfinished quote runs to the end of the text.
    """
    found: list[tuple[int, int]] = []
    at, size = 0, len(text)
    while at < size:
        if text[at].isspace():
            at += 1
            continue
        start = at
        at = _word_end(text, at)
        if heredocs and re.fullmatch(r"\d*<<-?", text[start:at]):
            gap = at
            while gap < size and text[gap].isspace():
                gap += 1
            if gap < size and text[gap] not in "<":
                at = _word_end(text, gap)
        found.append((start, at))
    return found


def _word_end(text: str, at: int) -> int:
    size = len(text)
    while at < size and not text[at].isspace():
        match = _PLAIN.match(text, at)
        if match:
            at = match.end()
            continue
        char = text[at]
        if char == "\\":
            at += 2
        elif char == "'":
            close = text.find("'", at + 1)
            at = size if close < 0 else close + 1
        else:
            at += 1
            while at < size and text[at] != '"':
                at += 2 if text[at] == "\\" else 1
            at += 1
    return min(at, size)


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
