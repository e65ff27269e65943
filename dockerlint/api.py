"""What `import dockerlint` offers beyond the types: lint and fix a text."""

from __future__ import annotations

from pathlib import Path

from dockerlint import engine, fixer
from dockerlint.context import Context
from dockerlint.findings import Finding
from dockerlint.fixer import FixResult
from dockerlint.settings import Settings
from dockerlint.source import Source


def check(
    text: str,
    *,
    path: str = "Dockerfile",
    context: str | Path | Context | None = None,
    settings: Settings | None = None,
) -> list[Finding]:
    """The findings in a text, by place. `path` is only a name; without `context` nothing is read from disk."""
    return engine.check_source(Source(text, path), settings or Settings(), _context(context))


def fix(
    text: str,
    *,
    path: str = "Dockerfile",
    context: str | Path | Context | None = None,
    settings: Settings | None = None,
) -> FixResult:
    """The text with all safe fixes made that `verify` lets pass; `Settings(unsafe_fixes=True)` adds the unsafe ones."""
    return fixer.fix(Source(text, path), settings or Settings(), _context(context))


def _context(given: str | Path | Context | None) -> Context | None:
    """A build context from a folder's name."""
    if given is None or isinstance(given, Context):
        return given
    return Context(Path(given))
