"""What COPY and ADD take of the build context, and what of it is waste or secret."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache, partial
from pathlib import Path

from dockerlint.context.arrival import Arrival
from dockerlint.context.clutter import HISTORY, INSTALLED, OUTPUT, SELF, Clutter, clutter
from dockerlint.context.folder import Context, Entry
from dockerlint.context.made import Made, made
from dockerlint.context.named import Named, kept_on_purpose
from dockerlint.context.secrets import Secret, secrets
from dockerlint.context.sources import ContextSource, context_sources
from dockerlint.model.builds import build_of
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.model.project_installs import installs
from dockerlint.record import record


@record
class Waste:
    """What one COPY or ADD takes that does not belong into the image."""

    step: Step
    items: tuple[Clutter, ...]
    truncated: bool
    """There is more than was looked at: the figures are lower bounds."""
    unreadable: int
    """Folders that could not be listed."""

    @property
    def bytes(self) -> int:
        """Length of the files, those of the recipe itself left out where there are others."""
        return sum(item.bytes for item in self.worth or self.items)

    @property
    def worth(self) -> tuple[Clutter, ...]:
        """The items but for the Dockerfile and its ignore file, of which there are a few in every context."""
        return tuple(item for item in self.items if item.kind != SELF)


@record(eq=False)
class Load:
    """What one instruction takes."""

    entries: dict[str, Entry]
    truncated: bool
    unreadable: int


class Survey:
    """The context as one Dockerfile uses it."""

    def __init__(self, graph: BuildGraph, context: Context) -> None:
        self.graph = graph
        self.context = context
        self._arrival = Arrival(graph, context)

    @cached_property
    def sources(self) -> list[ContextSource]:
        """Every source that is known."""
        return list(context_sources(self.graph))

    @cached_property
    def named(self) -> Named:
        """What the file asks for by name."""
        return Named(self.graph, self.sources, self.context)

    @cached_property
    def made(self) -> Made:
        """What the file makes itself."""
        return made(self.graph, self.sources, self.context)

    @cached_property
    def own(self) -> frozenset[str]:
        """The Dockerfile and the ignore files, by their paths in the context."""
        names = {".dockerignore"}
        written = Path(self.graph.dockerfile.source.path)
        for dockerfile in (written, self.context.dockerfile):
            try:
                if dockerfile is not None and dockerfile.is_file():
                    path = dockerfile.resolve().relative_to(self.context.folder.resolve()).as_posix()
                    return frozenset((*names, path, f"{path}.dockerignore"))
            except (OSError, ValueError, RuntimeError):  # elsewhere, or a name that cannot be
                continue
        return frozenset(names)

    def _loads(self) -> Iterator[tuple[list[ContextSource], Load]]:
        """The sources of each instruction and what they take, in file order."""
        by_step: dict[int, list[ContextSource]] = {}
        for source in self.sources:
            by_step.setdefault(source.step.index, []).append(source)
        for own in by_step.values():
            yield own, self.context.remembered(("load", *_key(own)), partial(_load, self.context, own))

    def waste(self, everywhere: bool = False) -> Iterator[Waste]:
        """For each instruction that ships something which does not belong, in file order.

        `everywhere`: also what gets no further than a stage that does not ship.
        """
        for sources, load in self._loads():
            items = tuple(self._items(sources, load, everywhere))
            if items:
                yield Waste(sources[0].step, items, load.truncated, load.unreadable)

    def secrets(self) -> Iterator[tuple[Step, Secret, bool]]:
        """The instruction that takes it, the file, and whether the instruction names it."""
        for sources, load in self._loads():
            find = partial(secrets, load.entries.values(), self.context)
            for found in self.context.remembered(("secrets", *_key(sources)), find):
                if self._arrival.of(sources, found.path):
                    named = [source.path for source in sources if not source.whole]
                    yield sources[0].step, found, any(found.path in self.context.named(path) for path in named)

    def needs_secret(self, secret: Secret) -> bool:
        """Whether something may want a file with a secret: a name in a command, an install, a bundler, the program."""
        path = secret.path
        if not secret.personal or self.named.takes(path) or self.named.speaks_of(path):
            return True
        name = path.rpartition("/")[2]
        if name == ".npmrc" or name == ".yarnrc.yml":
            return any(next(installs(step.invocations), None) for step in self.graph.steps)
        if ".env" not in name:
            return False
        commands = [inv for step in self.graph.steps for inv in step.invocations]
        return any((found := build_of(inv)) is not None and found.ecosystem.name == "node" for inv in commands)

    def _items(self, sources: list[ContextSource], load: Load, everywhere: bool) -> Iterator[Clutter]:
        made = self.made
        find = partial(clutter, load.entries.values(), made)
        items = self.context.remembered(("clutter", made, *_key(sources)), find)
        own = [Clutter(SELF, path, 1, load.entries[path].bytes) for path in sorted(self.own) if path in load.entries]
        for item in (*items, *own):
            if self.named.takes(item.path) or kept_on_purpose(item.path, self.context.ignore_file):
                continue
            if item.kind not in (HISTORY, INSTALLED, OUTPUT, SELF) and self.named.speaks_of(item.path):
                continue
            if everywhere or self._arrival.of(sources, item.path, item.kind in (INSTALLED, OUTPUT)):
                yield item


def _key(sources: list[ContextSource]) -> tuple[str, ...]:
    """The same for instructions that take the same."""
    flags = sources[0].step.instruction.flag_nodes
    return (*(flag.text for flag in flags if flag.name == "exclude"), "", *(source.path for source in sources))


def _load(context: Context, sources: list[ContextSource]) -> Load:
    entries: dict[str, Entry] = {}
    truncated, unreadable = False, 0
    for source in sources:
        found, more = source.entries(context)
        entries.update((entry.path, entry) for entry in found)
        truncated = truncated or more
        unreadable += len(context.taken(source.path).unreadable)
    return Load(entries, truncated, unreadable)


@lru_cache(maxsize=1)
def survey(graph: BuildGraph, context: Context) -> Survey:
    """The survey of one file, shared by the rules that ask for it one after the other."""
    return Survey(graph, context)
