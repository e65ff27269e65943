"""``$'…'``: the escapes of ANSI C, as bash reads them."""

from __future__ import annotations

import re

ANSI_STRING = re.compile(r"\$'(?:[^'\\]|\\.)*'", re.S)
_ESCAPE = re.compile(
    r"\\(?:([abeEfnrtv\\'\"?])|([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|c(.))", re.S
)
_LETTERS = {"a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def ansi_value(content: str) -> str:
    """The value of what stands between ``$'`` and ``'``."""
    return _ESCAPE.sub(_one, content)


def _one(match: re.Match[str]) -> str:
    letter, octal, byte, short, long, control = match.groups()
    if letter:
        return _LETTERS.get(letter, letter)
    if control:
        return chr(ord(control.upper()) & 0x1F) if control != "?" else "\x7f"
    if octal or byte:
        value = int(octal, 8) & 0xFF if octal else int(byte, 16)
        return chr(value) if value < 0x80 else chr(0xDC00 + value)  # a byte, as surrogateescape keeps it
    point = int(short or long, 16)
    return chr(point) if point < 0x110000 else match[0]
