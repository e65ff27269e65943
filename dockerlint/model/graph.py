"""Stages and steps: what each instruction sees and which layers ship."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from dockerlint.record import record, replace
from dockerlint.shell.tree import ShellBody, ShellKind
from dockerlint.source import Span
from dockerlint.syntax.tree import Dockerfile, Instruction
from dockerlint.values import Value

if TYPE_CHECKING:
    from dockerlint.model.invocations import Invocation


CONFIGURATION = frozenset(("LABEL", "EXPOSE", "CMD", "ENTRYPOINT", "STOPSIGNAL", "HEALTHCHECK", "MAINTAINER"))
"""Instructions that only write the image's configuration: they touch no RUN and make no layer with files."""
MOST_OPERATORS = 300
"""An and-or list is as deep a tree as it has operators, and those who follow it recurse."""


@record
class Scope:
    """The state that an instruction finds, before it takes effect."""

    env: Mapping[str, Value]
    """ENV of this stage and of the stages it is built from; the base image's own ENV is not known and not here."""
    args: Mapping[str, Value]
    """ARG declared in this stage so far. A value the user may override with --build-arg is still its default here."""
    workdir: Value
    """Absolute path; UNKNOWN when it depends on the base image (no WORKDIR yet, base not known)."""
    user: Value
    """"" while no USER was given and the base image's is not known to differ."""
    shell: ShellKind

    def variables(self) -> dict[str, Value]:
        """What a RUN has in its environment: args, overridden by env."""
        return {**self.args, **self.env}


@record(eq=False, slots=False)
class Step:
    """An instruction in its stage."""

    instruction: Instruction
    stage: int
    """Index of the stage; -1 for what stands before the first FROM."""
    index: int
    """Index in `Dockerfile.instructions`."""
    scope: Scope

    @cached_property
    def body(self) -> ShellBody | None:
        """The parsed shell body of RUN, CMD, ENTRYPOINT, HEALTHCHECK (also the exec form, opaque); None elsewhere."""
        from dockerlint.shell.body import body_of  # tree-sitter takes 30 ms to load

        body = body_of(self.instruction, self.scope.shell)
        if body is None or body.root is None:
            return body
        text = body.logical.text
        if text.count("&&") + text.count("||") > MOST_OPERATORS:
            return replace(body, root=None, opaque="too long a list")
        return body

    @cached_property
    def invocations(self) -> tuple[Invocation, ...]:
        """The commands that a RUN's body runs; empty when it is opaque."""
        from dockerlint.model.invocations import follow

        return follow(self)


@record
class Base:
    """What a stage is built FROM."""

    reference: Value
    """The image as written with global ARGs expanded, or UNKNOWN."""
    stage: int | None
    """Index of the earlier stage that the name means."""
    platform: Value | None = None


@record(eq=False, slots=False)
class Stage:
    """One FROM and what follows it."""

    index: int
    name: str | None
    """Lower case, as the builder compares it."""
    base: Base
    source: Step
    """The FROM itself; its index is -1 where the file has none."""
    steps: tuple[Step, ...]
    """What follows FROM, in order."""
    ships: bool
    """Whether its layers are in the image: the last stage and those it is built FROM."""


@record
class GraphEdge:
    """A dependency between stages, or on an image outside. `kind` is ``from``, ``copy`` or ``mount``."""

    kind: str
    target: int
    """The stage that needs."""
    source: int | None
    """The stage needed; None for an image, then `image` names it."""
    image: str | None
    span: Span
    step: int
    """Index of the instruction."""


@record(eq=False, slots=False)
class BuildGraph:
    """All stages of a file and the edges between them."""

    dockerfile: Dockerfile
    preamble: tuple[Step, ...]
    """Instructions before the first FROM (global ARGs)."""
    stages: tuple[Stage, ...]
    edges: tuple[GraphEdge, ...]

    def lineage(self, stage: Stage) -> list[Stage]:
        """The stages whose layers this one holds, base first, itself last."""
        chain = [stage]
        while chain[0].base.stage is not None:
            chain.insert(0, self.stages[chain[0].base.stage])
        return chain

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every instruction of the file in order."""
        staged = (step for stage in self.stages for step in (stage.source, *stage.steps))
        return self.preamble + tuple(step for step in staged if step.index >= 0)
