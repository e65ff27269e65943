"""Amounts of bytes as commands write them."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NUMBER = re.compile(r"(\d+)([A-Za-z]*)$")
_POWERS = "KMGTPEZY"
# GNU coreutils' suffixes: M and MiB are 1024-based, MB is 1000-based; b is a block of 512, c a byte, w a word of 2.
_SINGLE = {"": 1, "c": 1, "w": 2, "b": 512}
_DD_BLOCK = 512  # dd's default bs (POSIX)


def number(text: str) -> int | None:
    """Bytes of ``100MB``, ``1M``, ``2x3k``; None when it is not a plain amount (``+1M``, ``<5``)."""
    total = 1
    for factor in text.split("x"):
        match = _NUMBER.match(factor)
        if match is None:
            return None
        unit = _unit(match[2])
        if unit is None:
            return None
        total *= int(match[1]) * unit
    return total


def _unit(suffix: str) -> int | None:
    if suffix in _SINGLE:
        return _SINGLE[suffix]
    power = _POWERS.find(suffix[0].upper()) + 1
    rest = suffix[1:]
    if power and rest in ("", "iB"):
        return int(1024**power)
    return int(1000**power) if power and rest == "B" else None


def dd_size(operands: Mapping[str, str]) -> int | None:
    """Bytes that dd writes to a new file; None without a count, from a file, or with options that change the sum."""
    if not operands.get("if", "").startswith("/dev/") or operands.get("if") == "/dev/null":
        return 0 if operands.get("if") == "/dev/null" else None
    if "count" not in operands or operands.get("conv", "").find("notrunc") >= 0:
        return None
    flags = operands.get("iflag", "").split(",")
    count = number(operands["count"])
    block = number(operands.get("ibs", operands.get("bs", ""))) if "bs" in operands or "ibs" in operands else _DD_BLOCK
    if "bs" in operands:
        block = number(operands["bs"])
    skip = number(operands.get("seek", operands.get("oseek", "0")))
    out_block = number(operands.get("bs", operands.get("obs", str(_DD_BLOCK))))
    if count is None or block is None or skip is None or out_block is None:
        return None
    if operands.get("if") == "/dev/random" and "fullblock" not in flags:
        return None  # short reads are usual there
    return (count if "count_bytes" in flags else count * block) + skip * out_block
