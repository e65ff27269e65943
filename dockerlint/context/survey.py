"""What COPY and ADD take of the build context, and what of it is waste or secret."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache

from dockerlint.context.clutter import HISTORY, INSTALLED, OUTPUT, SELF, Clutter, clutter
from dockerlint.context.folder import Context, Entry
from dockerlint.context.made import Made, made
from dockerlint.context.named import Named, kept_on_purpose
from dockerlint.context.places import in_image
from dockerlint.context.secrets import Secret, secrets
from dockerlint.context.sources import ContextSource, context_sources
from dockerlint.effects.copying import words_of
from dockerlint.model.builds import build_of
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.model.paths import absolute, under
from dockerlint.model.project_installs import installs
from dockerlint.record import record
from dockerlint.values import Unknown


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


class Survey:
    """The context as one Dockerfile uses it."""

    def __init__(self, graph: BuildGraph, context: Context) -> None:
        self.graph = graph
        self.context = context

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
        dockerfile = self.context.dockerfile
        if dockerfile is not None:
            try:
                path = dockerfile.resolve().relative_to(self.context.folder.resolve()).as_posix()
                names |= {path, f"{path}.dockerignore"}
            except (OSError, ValueError, RuntimeError):
                pass
        return frozenset(names)

    def waste(self, everywhere: bool = False) -> Iterator[Waste]:
        """For each instruction that ships something which does not belong, in file order.

        `everywhere`: also what gets no further than a stage that does not ship.
        """
        steps = {source.step.index: source.step for source in self.sources}
        for step in steps.values():
            entries, truncated, unreadable = self._entries(step)
            items = tuple(self._items(step, entries, everywhere))
            if items:
                yield Waste(step, items, truncated, unreadable)

    def secrets(self) -> Iterator[tuple[Step, Secret, bool]]:
        """The instruction that takes it, the file, and whether the instruction names it."""
        for step in {source.step.index: source.step for source in self.sources}.values():
            entries, _, _ = self._entries(step)
            arrive = [e for e in entries if self._arrives(step, e.path)]
            for found in secrets(arrive, self.context):
                own = [s for s in self.sources if s.step is step]
                yield (
                    step,
                    found,
                    any(s.path == found.path or found.path in self.context.named(s.path) for s in own if not s.whole),
                )

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

    def _entries(self, step: Step) -> tuple[list[Entry], bool, int]:
        entries: dict[str, Entry] = {}
        truncated, unreadable = False, 0
        for source in self.sources:
            if source.step is step:
                found, more = source.entries(self.context)
                entries.update((entry.path, entry) for entry in found)
                truncated = truncated or more
                unreadable += len(self.context.taken(source.path).unreadable)
        return list(entries.values()), truncated, unreadable

    def _items(self, step: Step, entries: list[Entry], everywhere: bool) -> Iterator[Clutter]:
        for item in clutter(entries, self.made, self.own):
            if self.named.takes(item.path) or kept_on_purpose(item.path, self.context.ignore_file):
                continue
            if item.kind not in (HISTORY, INSTALLED, OUTPUT, SELF) and self.named.speaks_of(item.path):
                continue
            if everywhere or self._arrives(step, item.path, item.kind in (INSTALLED, OUTPUT)):
                yield item

    def _arrives(self, step: Step, path: str, replaced: bool = False) -> bool:
        """Whether what lies at `path` of the context gets into the image.

        `replaced`: the Dockerfile makes it anew, so that another stage's copy is not the context's.
        """
        stages = self.graph.stages
        if stages[step.stage].ships:
            return True
        if replaced:
            return False
        places = {
            place
            for source in self.sources
            if source.step is step and (place := in_image(source, path, self.context, self.graph)) is not None
        }
        return any(under(place, taken) for place in places for taken in self._shipped_from(step.stage))

    def _shipped_from(self, stage: int) -> list[str]:
        return [path for target in self._built_on(stage) for path in self._taken_from(target)]

    def _built_on(self, stage: int) -> list[int]:
        """A stage and those that hold its layers."""
        stages = self.graph.stages
        return [s.index for s in stages if any(below.index == stage for below in self.graph.lineage(s))]

    def _taken_from(self, stage: int) -> Iterator[str]:
        """The paths that stages which ship copy from a stage."""
        for edge in self.graph.edges:
            if edge.kind != "copy" or edge.source != stage or not self.graph.stages[edge.target].ships:
                continue
            step = self.graph.steps[edge.step]
            for word in words_of(step)[:-1] if step.instruction.keyword == "COPY" else ():
                place = absolute(word, "/")
                if not isinstance(place, Unknown):
                    yield place


@lru_cache(maxsize=1)
def survey(graph: BuildGraph, context: Context) -> Survey:
    """The survey of one file, shared by the rules that ask for it one after the other."""
    return Survey(graph, context)
