"""Amounts of bytes as commands write them."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NUMBER = re.compile(r"(\d+)([A-Za-z]*)$")
_POWERS = "KMGTPEZY"
# GNU coreutils' suffixes: M and MiB are 1024-based, MB is 1000-based; b is a block of 512, c a byte, w a word of 2.
_SINGLE = {"": 1, "c": 1, "w": 2, "b": 512}
_DD_BLOCK = 512  # dd's default bs (POSIX)
_ENDLESS = {"/dev/zero": 0x7FFFF000, "/dev/full": 0x7FFFF000, "/dev/urandom": (1 << 25) - 1}
"""The most that one read gives: MAX_RW_COUNT of Linux; random.c's limit of kernels before 5.18."""
_CHANGING = frozenset(("notrunc", "block", "unblock", "nocreat", "excl"))


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
    source = operands.get("if")
    if source not in _ENDLESS and source != "/dev/null":
        return None
    conversions, out_flags = operands.get("conv", "").split(","), operands.get("oflag", "").split(",")
    if _CHANGING & set(conversions) or "append" in out_flags:
        return None
    block, out_block = (number(operands.get("bs", operands.get(name, str(_DD_BLOCK)))) for name in ("ibs", "obs"))
    skip = _blocks(operands.get("seek", operands.get("oseek", "0")))
    if block is None or out_block is None or skip is None:
        return None
    start = skip if "seek_bytes" in out_flags else skip * out_block
    if source == "/dev/null":
        return start
    in_flags = operands.get("iflag", "").split(",")
    count = _blocks(operands.get("count", ""))
    if count is None or ("count_bytes" not in in_flags and "fullblock" not in in_flags and block > _ENDLESS[source]):
        return None
    written = count if "count_bytes" in in_flags else count * block
    return written + start


def _blocks(text: str) -> int | None:
    """A number of blocks. With a ``B`` in it, coreutils 9.1 and later count bytes, older ones blocks: not known."""
    return None if "B" in text else number(text)
