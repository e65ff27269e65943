"""What patterns and packages cost, in bytes: data/costs.json, every row with its source."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from dockerlint.record import record

_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "costs.json")
_PACKAGE = re.compile(r"[^=:/~]+")


@record
class Cost:
    """Bytes in an image, unpacked: a range and what is usual."""

    bytes_low: int
    typical: int
    bytes_high: int
    confidence: str
    """``measured``, ``paper/doc`` or ``memory``."""
    source: str


@cache
def _rows() -> dict[str, dict[str, Any]]:
    with open(_FILE, encoding="utf-8") as file:
        return {row["id"]: row for row in json.load(file)["rows"]}


def cost(identity: str) -> Cost | None:
    """The row of a pattern (``apt-lists``, ``pip-cache``), or None where there is none."""
    row = _rows().get(identity)
    if row is None or "bytes_typical" not in row:
        return None
    typical = row["bytes_typical"]
    low, high = row["bytes_low"], row["bytes_high"]
    return Cost(low, typical, typical if high is None else high, row["confidence"], row["source"])


def package_cost(manager: str, names: Iterable[str]) -> Cost | None:
    """What installing packages adds; those without a row are left out, None when none has one.

    Packages share what they depend on: low end and usual are those of the biggest alone, the high end is the sum.
    """
    rows = _packages(manager, names)
    if not rows:
        return None
    biggest = max(rows, key=lambda row: int(row["installed_bytes_no_recommends"]))
    return Cost(
        biggest["installed_bytes_no_recommends"],
        biggest["installed_bytes_with_recommends"],
        sum(row["installed_bytes_with_recommends"] for row in rows),
        biggest["confidence"],
        biggest["source"],
    )


def recommends_cost(manager: str, names: Iterable[str]) -> Cost | None:
    """What the packages that others only recommend add; the usual is the biggest single share, as shares overlap."""
    rows = _packages(manager, names)
    if not rows:
        return None
    biggest = max(rows, key=lambda row: int(row["recommends_cost"]))
    low = biggest["recommends_cost"]
    return Cost(low, low, sum(row["recommends_cost"] for row in rows), biggest["confidence"], biggest["source"])


def package_shares(manager: str, names: Iterable[str], recommends: bool) -> dict[str, tuple[int, str]]:
    """Bytes that each package adds when all are installed at once, and their source; those without a row are left out.

    The biggest counts whole; what the others add to what they share with it is not known, and small: 0.
    """
    column = "installed_bytes_with_recommends" if recommends else "installed_bytes_no_recommends"
    rows = {name: row[0] for name in names if (row := _packages(manager, [name]))}
    biggest = max(rows, key=lambda name: int(rows[name][column]), default="")
    return {name: (row[column] if name == biggest else 0, row["source"]) for name, row in rows.items()}


def _packages(manager: str, names: Iterable[str]) -> list[dict[str, Any]]:
    """Rows of packages, each once. A name may carry a version, an architecture or a release (``curl=7.88``)."""
    family = "apt" if manager in ("apt", "apt-get", "aptitude") else manager
    bare = {match[0] for name in names if (match := _PACKAGE.match(name))}
    return [row for name in sorted(bare) if (row := _rows().get(f"{family}:{name}")) is not None]
