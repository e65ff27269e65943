"""What a Python script does to the file system, and what it is given. Knows nothing of layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from dockerlint.record import field, record
from dockerlint.values import UNKNOWN, Value


@record
class Outcome:
    """The common part: the statement's offsets in the script, and whether it runs in every run that succeeds."""

    start: int
    end: int
    certain: bool


@record
class Written(Outcome):
    """A file is written anew, or a folder (`bytes` 0) made. `tree`: a folder with what is in it."""

    path: str
    bytes: int | None
    """None when it cannot be told."""
    tree: bool = False


@record
class Changed(Outcome):
    """A file is appended to, or its data or mode changed in place; one that was not there is made."""

    path: str


@record
class Removed(Outcome):
    """A file is deleted; `recursive`: a folder with all below it."""

    path: str
    recursive: bool


@record
class Renamed(Outcome):
    """`path` is now called `target`."""

    path: str
    target: str


@record
class Unpacked(Outcome):
    """An archive's contents are written below `target`; `archive` None: not from a file that is known."""

    archive: str | None
    target: str


AnyOutcome: TypeAlias = Written | Changed | Removed | Renamed | Unpacked


@record
class Program:
    """A script and what it finds when it starts."""

    text: str
    cwd: Value
    environ: Mapping[str, Value] = field(default_factory=dict)
    """A name that is missing is not known to be set."""
    home: Value = UNKNOWN
    arguments: tuple[Value, ...] = ()
    """``sys.argv[1:]``."""
    file: str | None = None
    """``__file__``."""


@record
class Followed:
    """Outcomes in the order of the script. `complete`: there is nothing in it that was not understood."""

    outcomes: tuple[AnyOutcome, ...]
    complete: bool
