"""What `import dockerlint` offers beyond the types: lint and fix a text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dockerlint.context import Context
from dockerlint.engine import check_source
from dockerlint.findings import Finding
from dockerlint.settings import Settings
from dockerlint.source import Source

if TYPE_CHECKING:
    from dockerlint.fixer import FixResult


def check(
    text: str,
    *,
    path: str = "Dockerfile",
    context: str | Path | Context | None = None,
    settings: Settings | None = None,
) -> list[Finding]:
    """The findings in a text, by place. `path` is only a name; without `context` nothing is read from disk."""
    return check_source(Source(text, path), settings or Settings(), _context(context))


def fix(
    text: str,
    *,
    path: str = "Dockerfile",
    context: str | Path | Context | None = None,
    settings: Settings | None = None,
) -> FixResult:
    """The text with all safe fixes made that `verify` lets pass; `Settings(unsafe_fixes=True)` adds the unsafe ones."""
    from dockerlint import fixer  # it brings verify and dockerfile-parse

    return fixer.fix(Source(text, path), settings or Settings(), _context(context))


def _context(given: str | Path | Context | None) -> Context | None:
    """A build context from a folder's name."""
    if given is None or isinstance(given, Context):
        return given
    return Context(Path(given))
