"""Colours of terminals. Plain ANSI codes: rich takes longer to load than a file takes to lint."""

from __future__ import annotations

from typing import Final

from dockerlint.findings import Severity

BOLD: Final = "1"
DIM: Final = "2"
RED: Final = "31"
GREEN: Final = "32"
CYAN: Final = "36"
GUTTER: Final = "1;34"
SEVERITY: Final = {
    Severity.ERROR: "1;31",
    Severity.WARNING: "1;33",
    Severity.INFO: "1;36",
    Severity.STYLE: "1;35",
}


class Paint:
    """Wraps text in a colour, or leaves it alone."""

    __slots__ = ("on",)

    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, text: str, code: str) -> str:
        """`text` in the colour of an ANSI code."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.on and text else text
