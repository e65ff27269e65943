"""What rarely belongs in an image, by name and neighbours: history, caches, what the Dockerfile makes itself."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

from dockerlint.context.folder import Entry
from dockerlint.record import record

HISTORY = "version control"
INSTALLED = "installed packages"
OUTPUT = "build output"
SELF = "the recipe itself"
_FOLDERS = {
    HISTORY: frozenset((".git", ".hg", ".svn", ".bzr", "_darcs", ".jj")),
    "cache": frozenset(
        "__pycache__ .pytest_cache .mypy_cache .ruff_cache .hypothesis .tox .nox .eggs .ipynb_checkpoints"
        " .parcel-cache .turbo .sass-cache .angular".split()
    ),
    "test output": frozenset((".nyc_output", "htmlcov", "playwright-report")),
    "editor": frozenset((".idea", ".vscode", ".vs", ".fleet")),
}
_FILES = {
    HISTORY: re.compile(r"\.git"),
    "cache": re.compile(
        r"(?s).+\.py[co]|\.eslintcache|\.phpunit\.result\.cache|.+\.tsbuildinfo|npm-debug\.log.*|yarn-error\.log"
    ),
    "test output": re.compile(r"\.coverage(?:\..+)?|lcov\.info"),
    "editor": re.compile(r"(?s)\.DS_Store|Thumbs\.db|\..+\.sw[op]|.+~"),
}
_INSTALLED = frozenset(("node_modules", "vendor", "bundle", "deps", ".venv", "venv", "env"))
_ANYWHERE = frozenset((*_FOLDERS["cache"], *_FOLDERS["editor"], ".DS_Store", "Thumbs.db", ".eslintcache"))
"""Names that mean the same wherever they are."""
JUNK = frozenset().union(*_FOLDERS.values())
"""Folders that are clutter by their name alone."""
_MARKS = {"pyvenv.cfg": "virtual environment", "lcov-report": "test output", "lcov.info": "test output"}
"""What in a folder shows its kind."""


@record
class Clutter:
    """A file or folder with all that is in it."""

    kind: str
    path: str
    files: int
    bytes: int

    @property
    def pattern(self) -> str:
        """The line of an ignore file that keeps it out."""
        name = self.path.rpartition("/")[2]
        if name in _ANYWHERE:
            return f"**/{name}"
        if re.fullmatch(r"(?s).+\.py[co]", name):
            return "**/*.py[co]"
        return self.path


def clutter(entries: Iterable[Entry], made: Container[str] = ()) -> list[Clutter]:
    """What of the entries (folders before what is in them) rarely belongs in an image, the biggest first.

    `made`: what the Dockerfile installs or builds itself, so that what is here is left over from elsewhere.
    """
    listed = list(entries)
    marked = {
        entry.path.rpartition("/")[0]: _MARKS[name]
        for entry in listed
        if (name := entry.path.rpartition("/")[2]) in _MARKS
    }
    owner: dict[str, str] = {}
    kinds: dict[str, str] = {}
    totals: dict[str, list[int]] = {}
    for entry in listed:
        folder, _, name = entry.path.rpartition("/")
        root = owner.get(folder)
        if root is None:
            kind = _folder_kind(entry.path, name, made, marked) if entry.folder else _file_kind(name)
            if kind is None:
                continue
            root, kinds[entry.path] = entry.path, kind
            totals[root] = [0, 0]
        owner[entry.path] = root
        totals[root][0] += not entry.folder
        totals[root][1] += entry.bytes
    found = [Clutter(kinds[path], path, files, size) for path, (files, size) in totals.items() if files]
    return sorted(found, key=lambda c: (-c.bytes, c.path))


def _folder_kind(path: str, name: str, made: Container[str], marked: dict[str, str]) -> str | None:
    for kind, names in _FOLDERS.items():
        if name in names:
            return kind
    if path in made:
        return INSTALLED if name in _INSTALLED else OUTPUT
    return marked.get(path) if path else None


def _file_kind(name: str) -> str | None:
    return next((kind for kind, pattern in _FILES.items() if pattern.fullmatch(name)), None)
