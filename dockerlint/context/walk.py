"""One bounded walk through a context: what is there, and what the ignore file leaves of it."""

from __future__ import annotations

import itertools
import os
import stat
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dockerlint.context import ignore
from dockerlint.context.globs import BadPattern, compiled, has_wildcards
from dockerlint.record import record

if TYPE_CHECKING:
    from dockerlint.context.folder import Context


@record
class Entry:
    """A file, folder or link that the builder would be sent."""

    path: str
    """Relative to the context, with ``/``."""
    folder: bool
    bytes: int
    """Length of a regular file (a sparse file counts in full); 0 for everything else."""


class Walk:
    """One walk: entries found so far and what is left of its budget."""

    def __init__(self, context: Context, most_entries: int, deadline: float) -> None:
        self.context = context
        self.root = context.folder
        self.ignored = context.ignore_file
        self.left = most_entries
        self.deadline = deadline
        self.entries: list[Entry] = []
        self.unreadable: list[str] = []
        self.truncated = False

    def below(self, path: str, place: Path | None) -> None:
        """Everything at a named path."""
        if place is None:
            return
        path = relative(os.path.relpath(place, self.root).replace(os.sep, "/"))
        kept, parents = self._state(path)
        try:
            info = os.lstat(place)
        except OSError:
            return
        folder = stat.S_ISDIR(info.st_mode)
        if kept and path != ".":
            self.entries.append(Entry(path, folder, info.st_size if stat.S_ISREG(info.st_mode) else 0))
        if folder and (kept or self.ignored.may_keep_below(path)):
            self._descend([(path, parents)])

    def matching(self, pattern: str) -> None:
        """Everything at the paths that a wildcard matches, which may be folders."""
        for hit in self.hits(pattern):
            self.below(hit, self.context.on_disk(hit))

    def hits(self, pattern: str) -> list[str]:
        """The paths on disk that a wildcard matches, ignored or not."""
        try:
            expression = compiled(pattern)
        except BadPattern:
            return []
        depth = pattern.count("/") + 1
        start = "/".join(itertools.takewhile(lambda part: not has_wildcards(part), pattern.split("/"))) or "."
        queue: deque[tuple[str, ignore.Parents | None]] = deque([(start, self._state(start)[1])])
        found: list[str] = []
        while queue and not self.truncated:
            for entry, _, parents in self._list(*queue.popleft()):
                if expression.fullmatch(entry.path):
                    found.append(entry.path)
                elif entry.folder and entry.path.count("/") + 1 < depth:
                    queue.append((entry.path, parents))
        return found

    def _descend(self, folders: list[tuple[str, ignore.Parents | None]]) -> None:
        queue = deque(folders)
        while queue and not self.truncated:
            for entry, kept, parents in self._list(*queue.popleft()):
                if kept:
                    self.entries.append(entry)
                if entry.folder and (kept or self.ignored.may_keep_below(entry.path)):
                    queue.append((entry.path, parents))

    def _list(self, folder: str, parents: ignore.Parents | None) -> Iterator[tuple[Entry, bool, ignore.Parents | None]]:
        """The members of a folder: entry, whether it is kept, and the state for what is below."""
        try:
            with os.scandir(self.root if folder == "." else os.path.join(self.root, folder)) as listing:
                members = self._members(listing)
        except OSError:
            self.unreadable.append(folder)
            return
        for name, is_folder, size in members:
            if time.monotonic() > self.deadline:  # a long ignore file makes each of them dear
                self.truncated = True
                return
            path = name if folder == "." else f"{folder}/{name}"
            drop, state = self.ignored.step(path, parents)
            yield Entry(path, is_folder, size), not drop, state

    def _members(self, listing: Iterator[os.DirEntry[str]]) -> list[tuple[str, bool, int]]:
        """Names in order with their lengths, as far as the budget goes."""
        found = []
        for member in listing:
            if self.left <= 0 or (self.left % 256 == 0 and time.monotonic() > self.deadline):
                self.truncated = True
                break
            self.left -= 1
            try:
                info = member.stat(follow_symlinks=False)
            except OSError:  # gone since it was listed
                continue
            found.append((member.name, stat.S_ISDIR(info.st_mode), info.st_size if stat.S_ISREG(info.st_mode) else 0))
        return sorted(found)

    def _state(self, path: str) -> tuple[bool, ignore.Parents | None]:
        """Whether a path is kept, and the state for what is below it."""
        if path == ".":
            return True, None
        parts = path.split("/")
        drop, parents = False, None
        for end in range(1, len(parts) + 1):
            drop, parents = self.ignored.step("/".join(parts[:end]), parents)
        return not drop, parents


def relative(path: str) -> str:
    """A source as the builder reads it: from the context's root, ``..`` stopped there; "." for the root itself."""
    return ignore.clean("/" + path).removeprefix("/") or "."
