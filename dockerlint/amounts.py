"""Bytes as people read them."""

from __future__ import annotations

UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


def human(count: int, digits: int = 4) -> str:
    """Powers of 1000, as Docker prints sizes: ``100 MB``, ``1.24 GB``; at most `digits` significant digits."""
    size, unit = float(abs(count)), 0
    while unit + 1 < len(UNITS) and float(f"{size:.{digits}g}") >= 1000:
        size, unit = size / 1000, unit + 1
    number = f"{size:.{digits}g}" if size < 10**digits else f"{float(f'{size:.{digits}g}'):.0f}"  # never 1.2e+02
    return f"{'-' if count < 0 else ''}{number} {UNITS[unit]}"


def cost(count: int, basis: str | None) -> str:
    """``100 MB (exact)``; an estimate has fewer digits."""
    if basis is None:
        return human(count)
    return f"{human(count, 4 if basis in ('exact', 'measured') else 2)} ({basis})"


def plural(count: int, noun: str) -> str:
    """``1 finding``, ``2 findings``; "fix" is the one noun here that takes -es."""
    ending = "" if count == 1 else "es" if noun.endswith("x") else "s"
    return f"{count} {noun}{ending}"
