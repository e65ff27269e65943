"""What a command does to the file system of its layer."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from dockerlint.model.graph import Step
from dockerlint.model.invocations import Invocation
from dockerlint.record import record
from dockerlint.source import Span


class Size(NamedTuple):
    """Bytes, how they are known, and where an estimate comes from. `bytes` is None when nothing can be said."""

    bytes: int | None
    basis: str | None
    """``exact``, ``estimated``, ``measured`` or None."""
    source: str = ""

    def __add__(self, other: object) -> Size:  # sizes add up, they do not concatenate
        if not isinstance(other, Size):
            return NotImplemented
        if self.bytes is None or other.bytes is None:
            return UNSIZED
        weakest = max(self.basis, other.basis, key=_RANK.index)
        return Size(self.bytes + other.bytes, weakest, self.source or other.source)


_RANK = ["exact", "measured", "estimated", None]
UNSIZED = Size(None, None)
EMPTY = Size(0, "exact")


@record
class Effect:
    """The common part: which command, where, and whether it surely happens."""

    span: Span
    certain: bool


@record
class Created(Effect):
    """A file, folder or tree now exists. `tree`: it holds files that are not named one by one."""

    path: str
    size: Size
    tree: bool = False
    origin: str = ""
    """The program or instruction that made it."""
    ambiguous: bool = False
    """May be a folder."""
    source: str | None = None
    """What COPY takes from the build context; its bytes are measured when they are asked for."""
    name: str = ""
    """What it is called inside `path`, should that turn out to be a folder."""
    glob: bool = False
    """The last name of `path` is a pattern: which files there are is not known."""
    keeps: bool = False
    """What is there already stays as it is (``mkdir -p``, ``touch``)."""
    link: str | None = None
    """The absolute path that a symbolic link leads to."""


@record
class Deleted(Effect):
    """A path is gone; `glob`: `path` is a pattern; `recursive`: with all below it."""

    path: str
    recursive: bool
    glob: bool = False


@record
class Erased(Effect):
    """Files that `pattern` (a regular expression) may match are perhaps gone: which ones is not known."""

    pattern: str
    named: bool = True
    """Something of the paths is known; else it may be anything."""


@record
class Rewritten(Effect):
    """A path's data or metadata is changed in place, so the layer stores it anew. `how` is the program."""

    path: str
    recursive: bool
    how: str
    glob: bool = False
    executable: bool = False
    """``chmod +x``: what people do to files, not to folders."""


@record
class Moved(Effect):
    """``mv``: stored anew under `target`, gone from `path`."""

    path: str
    target: str
    glob: bool = False
    name: str = ""
    """What it is called inside `target`, should that turn out to be a folder."""


@record
class Extracted(Effect):
    """An archive's contents are written below `target`; the archive stays. `archive` None: from standard input."""

    archive: str | None
    target: str | None


@record
class Cached(Effect):
    """A package manager fills a cache. `kind` is the cache's name in the manager's data (``lists``, ``cache``)."""

    manager: str
    kind: str
    paths: tuple[str, ...]
    size: Size


@record
class Cleaned(Effect):
    """A package manager empties its caches of these kinds."""

    manager: str
    kinds: tuple[str, ...]


@record
class Configured(Effect):
    """A package manager is told something about its caches: from here on nothing is known of them."""

    manager: str


@record
class Installed(Effect):
    """Packages are added; `packages` are names without versions, None where one is not known.

    `shares` tells what each of them adds, estimated for all together.
    """

    manager: str
    packages: tuple[str | None, ...]
    shares: tuple[Size, ...]
    group: str | None = None
    """``apk --virtual`` name."""


@record
class Uninstalled(Effect):
    """Packages are removed; ``("*",)`` for what an autoremove finds."""

    manager: str
    packages: tuple[str | None, ...]


AnyEffect: TypeAlias = (
    Created | Deleted | Erased | Rewritten | Moved | Extracted | Cached | Cleaned | Configured | Installed | Uninstalled
)


@record
class Action:
    """A command and its effects."""

    invocation: Invocation | None
    """None for COPY, ADD and WORKDIR."""
    effects: tuple[AnyEffect, ...]


@record
class LayerEffects:
    """All that one instruction does. `opaque`: its body could not be followed."""

    step: Step
    actions: tuple[Action, ...] = ()
    opaque: bool = False
