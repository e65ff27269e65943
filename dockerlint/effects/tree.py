"""The paths that are known to exist at one point of a build."""

from __future__ import annotations

import posixpath
import re

from dockerlint.effects.types import AnyEffect, Extracted, Installed, Moved, Size
from dockerlint.model.expand import UNKNOWN_HOME
from dockerlint.model.paths import matches, under
from dockerlint.record import field, record

_BUILT = frozenset("build _build dist out output target bin obj node_modules vendor __pycache__ .git cache tmp".split())
_ARCHIVES = re.compile(r"/\*\.(?:deb|gem)$")  # all that counts in a cache of such files


@record(frozen=False, eq=False)
class Entry:
    """Something written by a layer. `alive` until a later effect hides it."""

    path: str
    size: Size
    tree: bool
    layer: int
    effect: AnyEffect
    origin: str
    cache: tuple[str, str] | None = None
    """(manager, kind) of a package cache."""
    package: str | None = None
    also: tuple[str, ...] = ()
    """Other places at which a cache may lie: deleting one of them counts."""
    alive: bool = True
    doubtful: bool = False
    """Something may have deleted it."""
    copy_of: Entry | None = None
    """What was rewritten or moved: it has the same bytes."""
    fleeting: bool = False
    """Gone again when its own layer ends, which so does not hold it."""
    wavering: bool = False
    """Perhaps so."""
    lost: set[str] = field(default_factory=set)
    """Paths and patterns below a tree that something took away."""
    epoch: int = 0
    """How many commands ran before it that may have made files that nobody names."""

    @property
    def places(self) -> tuple[str, ...]:
        """All paths at which it may lie."""
        return (self.path, *self.also)


class Tree:
    """Entries by path. One path may have several: a cache filled in two layers."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def add(self, entry: Entry) -> None:
        """Put an entry in."""
        self._entries.append(entry)

    def drop(self, entry: Entry) -> None:
        """Take an entry out."""
        self._entries.remove(entry)

    def at(self, path: str) -> list[Entry]:
        """Entries with exactly this path."""
        return [e for e in self._entries if e.path == path]

    def files(self) -> list[Entry]:
        """All but packages."""
        return [e for e in self._entries if not e.package]

    def caches(self) -> list[Entry]:
        """Package caches."""
        return [e for e in self._entries if e.cache]

    def group(self, manager: str, name: str | None) -> list[Entry]:
        """Packages that were installed as a named group (``apk --virtual``)."""
        return [
            e
            for e in self._entries
            if e.package
            and isinstance(e.effect, Installed)
            and e.effect.manager == manager
            and e.effect.group == name
            and name
        ]

    def deleted(self, path: str, glob: bool, recursive: bool) -> tuple[list[Entry], list[Entry]]:
        """(entries that a deletion removes whole, trees of which it removes a part: those of no pattern)."""
        hit, inside = [], []
        for entry in self._entries:
            if entry.package:
                continue
            pattern = _ARCHIVES.sub("/*", path) if entry.cache and glob else path
            deep = recursive or pattern != path
            if any(_removes(pattern, glob, deep, place, entry.tree) for place in entry.places):
                hit.append(entry)
            elif entry.tree and under(path, entry.path):
                entry.lost.add(path)
                if not glob:
                    inside.append(entry)
        return hit, inside

    def rewritten(self, path: str, glob: bool, recursive: bool) -> list[Entry]:
        """Entries that a change of `path` stores anew."""
        found = []
        for entry in self._entries:
            if entry.package:
                continue
            exact = matches(entry.path, path) if glob else entry.path == path
            if (exact and (recursive or not entry.tree)) or (recursive and not glob and under(entry.path, path)):
                found.append(entry)
        return found


def moved_path(path: str, effect: Moved, target: str) -> str:
    """Where something that was at or below the moved path is now."""
    depth = effect.path.rstrip("/").count("/")
    parts = path.split("/")
    if len(parts) <= depth:  # `mv DIR/* TO` moves what a folder holds
        return target.rstrip("/") or "/"
    below = "/".join(parts[depth + 1 :])
    top = target + parts[depth] if target.endswith("/") else target
    return posixpath.join(top, below) if below else top


def perhaps_nothing(entry: Entry, path: str) -> bool:
    """Whether a path below what an archive held is one that people delete in case it is there, before they build."""
    return isinstance(entry.effect, Extracted) and path.rpartition("/")[2] in _BUILT


def _removes(path: str, glob: bool, recursive: bool, place: str, tree: bool) -> bool:
    if place.startswith(UNKNOWN_HOME) and not (path.startswith(UNKNOWN_HOME) and place[len(UNKNOWN_HOME)] != "/"):
        return recursive and in_some_home(path, place)
    if not glob:
        return place == path if not recursive else under(place, path)
    depth = path.strip("/").count("/") + 1
    parts = place.strip("/").split("/")
    if len(parts) >= depth and matches("/" + "/".join(parts[:depth]), path):
        return recursive or len(parts) == depth
    # `rm -rf /var/lib/apt/lists/*` empties a cache or tree that is known by its folder
    return tree and path.endswith("/*") and path[:-2] == place


def in_some_home(path: str, cache: str) -> bool:
    """Whether `path` is a cache folder, or a parent of it, in a home directory that is not known."""
    path = path.removesuffix("/*")
    parts = cache.strip("/").split("/")[1:]
    return any(path.endswith("/" + "/".join(parts[:end])) for end in range(1, len(parts) + 1))
