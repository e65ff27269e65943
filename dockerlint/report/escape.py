"""Text from a Dockerfile made fit to show: no control sequence, no invisible reordering, no broken encoding."""

from __future__ import annotations

import re
from unicodedata import category, combining, east_asian_width

_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_SURROGATE = re.compile("[\ud800-\udfff]")


def visible(text: str) -> str:
    """`text` on one line, with controls, format characters (bidi overrides among them) and broken bytes spelt out."""
    if text.isprintable():
        return text
    return "".join(map(_spelt, text))


def scrubbed(text: str) -> str:
    """`text` with broken bytes spelt out, so that it can be written as UTF-8; all else is kept."""
    if text.isascii():
        return text
    return _SURROGATE.sub(lambda found: _spelt(found[0]), text)


def cells(text: str) -> int:
    """How many columns of a terminal `text` takes; `text` is visible."""
    if text.isascii():
        return len(text)
    return sum(map(_width, text))


def _spelt(char: str) -> str:
    if char.isprintable() or category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return char
    if char in _SHORT:
        return _SHORT[char]
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # surrogateescape's spelling of one undecodable byte
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _width(char: str) -> int:
    if combining(char) or category(char) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1
