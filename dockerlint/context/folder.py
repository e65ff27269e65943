"""A folder as the builder would be given it: what COPY and ADD can take from there, and how big it is."""

from __future__ import annotations

import os
import stat
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from dockerlint.context import ignore
from dockerlint.context.globs import has_wildcards
from dockerlint.context.walk import Entry, Walk, relative
from dockerlint.record import record

T = TypeVar("T")
__all__ = ["Context", "Entry", "Taken", "relative"]

MOST_ENTRIES = 50_000
MOST_SECONDS = 2.0
"""Of one walk."""
MOST_WALKS = 3
"""So many times as long for all walks together, however many sources a file has."""
_MOST_LINKS = 40
IGNORE_FILE_LIMIT = 1 << 20
"""Bytes read of an ignore file."""


@record
class Taken:
    """What one COPY or ADD source takes."""

    entries: tuple[Entry, ...] = ()
    """Wide before deep; what the source itself names first."""
    truncated: bool = False
    """The walk reached its limit: the figures are lower bounds."""
    unreadable: tuple[str, ...] = ()
    """Folders that could not be listed."""

    @property
    def files(self) -> int:
        """How many, folders not counted."""
        return sum(not e.folder for e in self.entries)

    @property
    def bytes(self) -> int:
        """Sum of the files' lengths."""
        return sum(e.bytes for e in self.entries)


class Context:
    """A build context on disk, read on demand and remembered. Nothing here raises on what is on disk."""

    def __init__(
        self,
        folder: Path,
        dockerfile: Path | None = None,
        *,
        most_entries: int = MOST_ENTRIES,
        most_seconds: float = MOST_SECONDS,
    ) -> None:
        self.folder = folder
        self.dockerfile = dockerfile
        self._most_entries = most_entries
        self._most_seconds = most_seconds
        self._taken: dict[str, Taken] = {}
        self._remembered: dict[tuple[object, ...], Any] = {}
        self._named: dict[str, list[str]] = {}
        self._seconds_left = MOST_WALKS * most_seconds
        self._ignore_text: str | None = None
        self._ignore_path: Path | None = None

    def remembered(self, key: tuple[object, ...], find: Callable[[], T]) -> T:
        """What `find` gives, found once for this folder."""
        if key not in self._remembered:
            self._remembered[key] = find()
        found: T = self._remembered[key]
        return found

    def with_ignore_file(self, path: str, text: str) -> Context:
        """The same folder with another ignore file in force: what it would be, were `text` written to `path`."""
        other = Context(self.folder, self.dockerfile, most_entries=self._most_entries, most_seconds=self._most_seconds)
        other._ignore_path, other._ignore_text = Path(path), text
        return other

    @cached_property
    def dockerignore_path(self) -> Path | None:
        """The ignore file in force: that of the Dockerfile's own name before that of the context."""
        if self._ignore_path is not None:
            return self._ignore_path
        if self.dockerfile is not None:
            own = self.dockerfile.with_name(self.dockerfile.name + ".dockerignore")
            if _is_file(own):
                return own
        shared = self.on_disk(".dockerignore")
        return self.folder / ".dockerignore" if shared is not None and _is_file(shared) else None

    @property
    def has_dockerignore(self) -> bool:
        """Whether any ignore file is in force, be it empty."""
        return self.dockerignore_path is not None

    @cached_property
    def ignore_file(self) -> ignore.IgnoreFile:
        """The patterns in force; none when there is no file."""
        return ignore.read(self.ignore_text or "")

    @cached_property
    def ignore_text(self) -> str | None:
        """The text of the ignore file in force, as far as it is read; None when there is none, or it cannot be."""
        if self._ignore_text is not None:
            return self._ignore_text
        path = self.dockerignore_path
        return _read(path, IGNORE_FILE_LIMIT) if path is not None else None

    def ignores(self, path: str) -> bool:
        """Whether the ignore file keeps `path` from the builder."""
        return self.ignore_file.ignores(relative(path))

    def exists(self, path: str) -> bool:
        """Whether `path` is on disk inside the folder, ignored or not."""
        return self.on_disk(relative(path)) is not None

    def read_text(self, path: str, limit: int) -> str | None:
        """The first `limit` bytes of a regular file inside the folder, as `Source` decodes them; else None."""
        target = self.on_disk(relative(path))
        return None if target is None else _read(target, limit)

    def is_folder(self, source: str) -> bool | None:
        """Whether a COPY source without wildcards is a folder; None when nothing is there."""
        place = self.on_disk(relative(source))
        return None if place is None else place.is_dir()

    def taken(self, source: str) -> Taken:
        """What a COPY or ADD of `source` (a path or a wildcard, expanded already) would take."""
        source = relative(source)
        if source not in self._taken:
            self._taken[source] = self._take(source)
        return self._taken[source]

    def named(self, source: str) -> list[str]:
        """The paths on disk that a source names, ignored or not: one, or all that a wildcard matches."""
        source = relative(source)
        if not has_wildcards(source):
            return [source] if self.on_disk(source) is not None else []
        if source not in self._named:
            with self._walk() as walk:
                self._named[source] = walk.hits(source)
        return self._named[source]

    @contextmanager
    def _walk(self) -> Iterator[Walk]:
        started = time.monotonic()
        yield Walk(self, self._most_entries, started + min(self._most_seconds, self._seconds_left))
        self._seconds_left -= time.monotonic() - started

    def _take(self, source: str) -> Taken:
        with self._walk() as walk:
            if has_wildcards(source):
                walk.matching(source)
            else:
                walk.below(source, self.on_disk(source))
        return Taken(tuple(walk.entries), walk.truncated or self.ignore_file.cut, tuple(walk.unreadable))

    def on_disk(self, path: str) -> Path | None:
        """Where a clean relative path leads, links followed as in a root of its own; None when nowhere."""
        done: list[str] = []
        todo = deque(path.split("/"))
        links = 0
        while todo:
            name = todo.popleft()
            if name in ("", "."):
                continue
            if name == "..":
                del done[-1:]
                continue
            here = os.path.join(self.folder, *done, name)
            try:
                if not stat.S_ISLNK(os.lstat(here).st_mode):
                    done.append(name)
                    continue
                target = os.readlink(here)
            except (OSError, ValueError):
                return None
            links += 1
            if links > _MOST_LINKS:
                return None
            if target.startswith("/"):
                done.clear()
            todo.extendleft(reversed(target.split("/")))
        found = self.folder.joinpath(*done)
        return found if os.path.lexists(found) else None


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def _read(path: Path, limit: int) -> str | None:
    """Text of a regular file; a pipe or device is never waited for."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError):
        return None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(limit).decode("utf-8", "surrogateescape")
    except OSError:
        return None
    finally:
        os.close(handle)
