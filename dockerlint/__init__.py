"""dockerlint: finds what bloats Docker images and rewrites Dockerfiles, safely."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dockerlint.api import check, fix
    from dockerlint.edits import Safety
    from dockerlint.findings import Finding, Severity
    from dockerlint.fixer import FixResult
    from dockerlint.settings import Settings
    from dockerlint.source import Source
    from dockerlint.syntax import Dockerfile, parse

__all__ = [
    "Dockerfile",
    "Finding",
    "FixResult",
    "Safety",
    "Settings",
    "Severity",
    "Source",
    "check",
    "fix",
    "parse",
]
__version__ = "0.1.0"

_HOMES = {
    "Dockerfile": "dockerlint.syntax",
    "Finding": "dockerlint.findings",
    "FixResult": "dockerlint.fixer",
    "Safety": "dockerlint.edits",
    "Settings": "dockerlint.settings",
    "Severity": "dockerlint.findings",
    "Source": "dockerlint.source",
    "check": "dockerlint.api",
    "fix": "dockerlint.api",
    "parse": "dockerlint.syntax",
}
"""Where names live that are imported on first use: the start of every command waits for this module."""


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(home), name)
    globals()[name] = found
    return found
