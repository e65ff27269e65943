"""The state of a script that is followed: names, directory, environment, and what was done so far."""

from __future__ import annotations

from pathlib import PurePath

from dockerlint.embedded.outcomes import AnyOutcome, Changed, Program, Removed, Renamed, Unpacked, Written
from dockerlint.embedded.things import Handle, Local, Thing
from dockerlint.model.paths import absolute
from dockerlint.record import replace
from dockerlint.values import UNKNOWN, Unknown, Value


class Lost(Exception):
    """Nothing that follows can be told."""


class Left(Exception):
    """The script or a function ends here."""

    def __init__(self, function: bool) -> None:
        super().__init__()
        self.function = function


class Machine:
    """State, and the outcomes in order."""

    def __init__(self, program: Program, poisoned: frozenset[str]) -> None:
        self.program = program
        self.cwd: Value = program.cwd
        self.environ: dict[str, Value] = dict(program.environ)
        self.names: dict[str, Thing] = {"__name__": "__main__", "__file__": program.file or UNKNOWN}
        self.poisoned = poisoned
        """Names that a function may change."""
        self.outcomes: list[AnyOutcome] = []
        self.complete = True
        self.doubt = 0
        """In how many branches, loops and functions that may not run."""
        self.may_have_left = False
        self.at = (0, 0)
        """Offsets of the statement."""
        self.calling: list[Local] = []

    @property
    def certain(self) -> bool:
        """Whether this runs in every run that succeeds."""
        return not self.doubt and not self.may_have_left

    def bind(self, name: str, value: Thing) -> None:
        """Assign to a name."""
        self.names[name] = UNKNOWN if name in self.poisoned else value

    def path(self, thing: Thing) -> str | None:
        """A path made absolute."""
        if isinstance(thing, PurePath):
            thing = str(thing)
        if not isinstance(thing, str) or "\0" in thing:
            return None
        found = absolute(thing, self.cwd)
        return None if isinstance(found, Unknown) else found

    def chdir(self, thing: Thing) -> None:
        """Change the directory."""
        found = self.path(thing)
        self.cwd = found if found is not None and self.certain else UNKNOWN

    def setenv(self, name: Thing, value: Thing) -> None:
        """Set a variable; one whose name is not known may be any."""
        if not isinstance(name, str):
            self.environ.clear()
        elif isinstance(value, str) and self.certain:
            self.environ[name] = value
        else:
            self.environ.pop(name, None)

    def spoil(self, thing: Thing) -> None:
        """Something that is not followed gets hold of a value: what is written through it is not known."""
        if isinstance(thing, Handle):
            self._resize(thing.outcome, None)
        elif isinstance(thing, tuple):
            for item in thing:
                self.spoil(item)

    def write(self, handle: Handle, size: int | None) -> None:
        """Write so many bytes to an open file."""
        if handle.outcome is None:
            return
        made = self.outcomes[handle.outcome]
        old = made.bytes if isinstance(made, Written) else None
        known = size is not None and old is not None and self.doubt == 0
        self._resize(handle.outcome, old + size if known and old is not None and size is not None else None)

    def resize(self, handle: Handle, size: int | None) -> None:
        """Cut or stretch an open file."""
        self._resize(handle.outcome, size if self.doubt == 0 else None)

    def _resize(self, at: int | None, size: int | None) -> None:
        made = None if at is None else self.outcomes[at]
        if at is not None and isinstance(made, Written):
            self.outcomes[at] = replace(made, bytes=size)

    def written(self, thing: Thing, size: int | None, tree: bool = False) -> int | None:
        """A file is written; the index of the outcome."""
        path = self.path(thing)
        if path is None:
            return None
        self.outcomes.append(Written(*self.at, self.certain, path, size, tree))
        return len(self.outcomes) - 1

    def changed(self, thing: Thing, same_size: bool = False) -> None:
        """A file is appended to or changed in place; what this script wrote there has no known size any more."""
        path = self.path(thing)
        if path is None:
            return
        if same_size:
            self.outcomes.append(Changed(*self.at, self.certain, path))
            return
        for at, made in enumerate(self.outcomes):
            if isinstance(made, Written) and made.path == path:
                self._resize(at, None)
        self.outcomes.append(Changed(*self.at, self.certain, path))

    def removed(self, thing: Thing, recursive: bool = False) -> None:
        """A file or folder is deleted."""
        path = self.path(thing)
        if path is not None:
            self.outcomes.append(Removed(*self.at, self.certain, path, recursive))

    def renamed(self, thing: Thing, target: Thing) -> None:
        """A file or folder gets another name; where to is not known: it is gone."""
        path, to = self.path(thing), self.path(target)
        if path is not None and to is not None:
            self.outcomes.append(Renamed(*self.at, self.certain, path, to))
        else:
            self.removed(thing, recursive=True)
            self.written(target, None)

    def unpacked(self, archive: Thing, target: Thing) -> None:
        """An archive is unpacked."""
        to = self.path(target)
        if to is not None:
            self.outcomes.append(Unpacked(*self.at, self.certain, self.path(archive), to))

    def size_of(self, thing: Thing) -> int | None:
        """The size of a file that this script wrote."""
        path = self.path(thing)
        for made in reversed(self.outcomes):
            if isinstance(made, Written) and made.path == path:
                return None if made.tree else made.bytes
        return None
