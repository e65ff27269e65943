"""A Dockerfile's stages, the state each instruction finds, and what depends on what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from dockerlint.model import edges
from dockerlint.model.graph import Base, BuildGraph, GraphEdge, Scope, Stage, Step
from dockerlint.model.images import initial_workdir, is_windows
from dockerlint.model.scopes import CMD, PLATFORM_ARGS, SH, Surroundings, after
from dockerlint.record import replace
from dockerlint.syntax import parse
from dockerlint.syntax.expansion import expand_value
from dockerlint.syntax.tree import Dockerfile, Instruction
from dockerlint.values import UNKNOWN, Unknown, Value

_OUTSIDE = Scope({}, {}, UNKNOWN, "", SH)


def build(dockerfile: Dockerfile, fragment: bool = False) -> BuildGraph:
    """The graph of a file, broken ones too: what the builder would refuse is left out or UNKNOWN.

    `fragment`: a file without any FROM counts as a stage of an unknown image, for it may be a part of another file.
    """
    return _Builder(dockerfile, fragment).build()


@cache
def _unknown_from() -> Instruction:
    return parse("FROM $UNKNOWN\n").instructions[0]


class _Builder:
    def __init__(self, dockerfile: Dockerfile, fragment: bool) -> None:
        self.dockerfile = dockerfile
        self.fragment = fragment
        self.globals = Globals()
        self.stages: list[Stage] = []
        self.names: dict[str, int] = {}
        self.last: list[Scope] = []
        """By stage: the scope behind its last instruction."""
        self.empty: list[bool] = []
        """By stage: whether it is built on scratch."""

    def build(self) -> BuildGraph:
        instructions = self.dockerfile.instructions
        starts = [i for i, node in enumerate(instructions) if node.keyword == "FROM"]
        if self.fragment and instructions and not starts:
            self._stage(-1, (_unknown_from(), *instructions))
            preamble: tuple[Step, ...] = ()
        else:
            preamble = self._preamble(instructions[: starts[0]] if starts else instructions)
            for start, end in zip(starts, [*starts[1:], len(instructions)], strict=False):
                self._stage(start, instructions[start:end])
        shipped = self._shipped()
        stages = tuple(stage if i not in shipped else replace(stage, ships=True) for i, stage in enumerate(self.stages))
        found = tuple(self._edges(stages))
        return BuildGraph(self.dockerfile, preamble, stages, found)

    def _preamble(self, nodes: Sequence[Instruction]) -> tuple[Step, ...]:
        steps = []
        for index, node in enumerate(nodes):
            steps.append(Step(node, -1, index, self.globals.scope))
            self.globals.declare(node)
        return tuple(steps)

    def _stage(self, start: int, nodes: Sequence[Instruction]) -> None:
        node, index = nodes[0], len(self.stages)
        words = node.words
        written = words[0].text if words else ""
        base = self._base(node, written)
        name = words[2].text.lower() if len(words) == 3 and words[1].text.lower() == "as" else None
        around = Surroundings(self.globals.values, self._on_scratch(base))
        scope = self._initial(base, written, around)
        source = Step(node, index, start, self.globals.scope)
        steps = []
        for at, instruction in enumerate(nodes[1:], start + 1):
            steps.append(Step(instruction, index, at, scope))
            scope = after(scope, instruction, around)
        self.stages.append(Stage(index, name, base, source, tuple(steps), False))
        self.last.append(scope)
        self.empty.append(around.empty_base)
        if name is not None:
            self.names[name] = index

    def _base(self, node: Instruction, written: str) -> Base:
        reference = self.globals.expand(written, node.escape) or UNKNOWN
        flag = node.flag("platform")
        platform = None if flag is None or not flag.value else self.globals.expand(flag.value, node.escape)
        stage = self.names.get(reference.lower()) if isinstance(reference, str) else None
        return Base(reference, stage, platform)

    def _on_scratch(self, base: Base) -> bool:
        return self.empty[base.stage] if base.stage is not None else base.reference == "scratch"

    def _initial(self, base: Base, written: str, around: Surroundings) -> Scope:
        """What the first instruction after FROM finds."""
        if base.stage is not None:
            scope = self.last[base.stage]
            for trigger in edges.triggers(self.stages[base.stage]):
                scope = after(scope, trigger.instruction, around)
            return scope
        shown = base.reference if isinstance(base.reference, str) else written
        if is_windows(shown, base.platform, self.dockerfile.escape):
            return replace(_OUTSIDE, shell=CMD)
        return replace(_OUTSIDE, workdir=initial_workdir(base.reference, written))

    def _shipped(self) -> set[int]:
        found: set[int] = set()
        at = len(self.stages) - 1 if self.stages else None
        while at is not None:
            found.add(at)
            at = self.stages[at].base.stage
        return found

    def _edges(self, stages: tuple[Stage, ...]) -> Iterator[GraphEdge]:
        for stage in stages:
            yield from edges.of_stage(stage, stages, self.names)


class Globals:
    """The ARGs before the first FROM."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        self.scope = _OUTSIDE
        self._unset: set[str] = set()

    def declare(self, node: Instruction) -> None:
        """Take up an ARG."""
        if node.keyword != "ARG":
            return
        self.values = dict(self.values)
        for pair in node.pairs:
            name = self.expand(pair.name, node.escape)
            if isinstance(name, Unknown) or not name:
                continue
            if pair.value is None:
                self.values.setdefault(name, UNKNOWN)
                if name not in PLATFORM_ARGS and isinstance(self.values[name], Unknown):
                    self._unset.add(name)
            else:
                self.values[name] = self.expand(pair.value, node.escape)
                self._unset.discard(name)
        self.scope = replace(self.scope, args=self.values)

    def expand(self, text: str, escape: str) -> Value:
        """`text` with the global ARGs put in. One without default counts as not set for ``${x:-y}`` and its kin."""
        return expand_value(text, {**PLATFORM_ARGS, **self.values}, escape, unset=self._unset)
