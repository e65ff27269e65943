"""What rarely belongs in an image, by name and neighbours: version control, installed packages, caches, secrets."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from dockerlint.context.folder import Entry
from dockerlint.record import record

_FOLDERS = {
    "version control": frozenset((".git", ".hg", ".svn", ".bzr", "_darcs", ".jj")),
    "installed packages": frozenset(("node_modules", "bower_components", "jspm_packages")),
    "cache": frozenset(
        "__pycache__ .pytest_cache .mypy_cache .ruff_cache .hypothesis .tox .nox .eggs .ipynb_checkpoints .gradle"
        " .parcel-cache .turbo .sass-cache .nyc_output .angular .terraform .dart_tool .stack-work".split()
    ),
    "editor": frozenset((".idea", ".vscode", ".vs", ".fleet", ".settings")),
}
_FILES = {
    "version control": re.compile(r"\.git"),
    "cache": re.compile(r".+\.py[co]|\.eslintcache|\.coverage|\.phpunit\.result\.cache|.+\.tsbuildinfo"),
    "editor": re.compile(r"\.DS_Store|Thumbs\.db|\..+\.sw[op]|.+~"),
    "secret": re.compile(
        r"\.env(?:\.(?!example$|sample$|template$|dist$|defaults?$).+)?|id_(?:rsa|dsa|ecdsa|ed25519)|\.netrc|\.pypirc"
    ),
}
# A build's output, where a neighbour shows the ecosystem. It is clutter only in a file that builds there itself.
_OUTPUTS = {
    "rust": ("Cargo.toml", "target"),
    "java": ("pom.xml", "target"),
    "elixir": ("mix.exs", "_build"),
    "haskell": ("cabal.project", "dist-newstyle"),
    "swift": ("Package.swift", ".build"),
}
_VENV_MARK = "pyvenv.cfg"


@record
class Clutter:
    """A file or folder with all that is in it."""

    kind: str
    path: str
    files: int
    bytes: int


def clutter(entries: Iterable[Entry], builds: Collection[str] = ()) -> list[Clutter]:
    """What of the entries (folders before what is in them) rarely belongs in an image, the biggest first.

    `builds`: ecosystems that the Dockerfile builds itself, so that their output here is left over from elsewhere.
    """
    listed = list(entries)
    paths = {entry.path for entry in listed}
    owner: dict[str, str] = {}
    kinds: dict[str, str] = {}
    totals: dict[str, list[int]] = {}
    for entry in listed:
        folder, _, name = entry.path.rpartition("/")
        root = owner.get(folder)
        if root is None:
            kind = _folder_kind(folder, name, paths, builds) if entry.folder else _file_kind(name)
            if kind is None:
                continue
            root, kinds[entry.path] = entry.path, kind
            totals[root] = [0, 0]
        owner[entry.path] = root
        totals[root][0] += not entry.folder
        totals[root][1] += entry.bytes
    found = [Clutter(kinds[path], path, files, size) for path, (files, size) in totals.items() if files]
    return sorted(found, key=lambda c: (-c.bytes, c.path))


def _folder_kind(folder: str, name: str, paths: Collection[str], builds: Collection[str]) -> str | None:
    for kind, names in _FOLDERS.items():
        if name in names:
            return kind
    inside = f"{folder}/" if folder else ""
    if f"{inside}{name}/{_VENV_MARK}" in paths:
        return "virtual environment"
    if name.endswith(".egg-info"):
        return "cache"
    made = any(e in builds and name == output and inside + mark in paths for e, (mark, output) in _OUTPUTS.items())
    return "build output" if made else None


def _file_kind(name: str) -> str | None:
    return next((kind for kind, pattern in _FILES.items() if pattern.fullmatch(name)), None)
