"""A file to the list of what its build does, stage after stage."""

from __future__ import annotations

from dockerlint.model.build import build
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.record import record
from dockerlint.shell.tree import ShellBody
from dockerlint.syntax.tree import Dockerfile, Instruction
from dockerlint.verify import borders
from dockerlint.verify.flow import Flow, Unfollowed
from dockerlint.verify.items import Chain, Fixed, Item
from dockerlint.verify.order import settled

MAX_BODY = 100_000  # bytes; one argument may have 131,072 on Linux (MAX_ARG_STRLEN)


@record(eq=False, slots=False)
class Trace:
    """What the build of a file does."""

    graph: BuildGraph
    items: Chain
    runs: dict[int, Chain]
    """The items of each RUN, by the index of its instruction."""
    sets: frozenset[tuple[int, str]]
    """(stage, `set` command): their effect is in the items."""
    opaque: dict[int, str]
    """Why a RUN cannot be followed, by the index of its instruction."""
    borders: dict[int, str]
    """Why the border behind (or in front of) a RUN matters, by the index of its instruction."""

    def step(self, index: int) -> Step:
        """The step of an instruction."""
        return self.graph.steps[index]


def trace(dockerfile: Dockerfile) -> Trace:
    """Read every RUN and every instruction in between."""
    graph = build(dockerfile)
    reader = _Reader()
    for step in graph.steps:
        reader.step(step)
    return Trace(graph, settled(reader.items), reader.runs, frozenset(reader.sets), reader.opaque, reader.borders)


class _Reader:
    def __init__(self) -> None:
        self.items: list[Item] = []
        self.runs: dict[int, Chain] = {}
        self.sets: set[tuple[int, str]] = set()
        self.opaque: dict[int, str] = {}
        self.borders: dict[int, str] = {}

    def step(self, step: Step) -> None:
        """Add what one instruction does."""
        node = step.instruction
        if node.keyword != "RUN":
            self.items.append(Fixed("instruction", instruction_key(node), node.span, step.index))
            return
        items = self._run(step)
        self.runs[step.index] = items
        self.items += items

    def _run(self, step: Step) -> Chain:
        node, body = step.instruction, step.body
        flags = tuple(sorted(node.flags))
        if body is None or body.root is None:
            return self._keep(step, body.opaque if body is not None else "no command", node)
        if body.heredoc_script:  # whose marks are part of what the commands find, as flags are
            flags += tuple(f"<<{h.name} {h.expand} {h.strip_tabs}" for h in node.heredoc_nodes)
        flow = Flow(body.kind, flags, step.index)
        try:
            chain = flow.read(body.root)
        except Unfollowed as problem:
            return self._keep(step, str(problem), node)
        except RecursionError:
            return self._keep(step, "nested too deeply", node)
        if not chain:
            return self._keep(step, "nothing but options", node)
        self.sets |= {(step.stage, text) for text in flow.sets}
        return self._bordered(step, body, chain)

    def _keep(self, step: Step, reason: str, node: Instruction) -> Chain:
        self.opaque[step.index] = reason
        return (Fixed("opaque", instruction_key(node), node.span, step.index),)

    def _bordered(self, step: Step, body: ShellBody, chain: Chain) -> Chain:
        front, behind = borders.in_front(step, body), borders.behind(step, body, chain)
        span = step.instruction.span
        if front:
            marks = tuple((h.name, h.expand, h.strip_tabs) for h in step.instruction.heredoc_nodes)
            chain = (Fixed("border", ("before", marks), span, step.index), *chain)
        if behind:
            chain = (*chain, Fixed("border", ("after",), span, step.index))
        if front or behind:
            self.borders[step.index] = front or behind or ""
        return chain


def instruction_key(node: Instruction) -> tuple[object, ...]:
    """What makes two instructions the same: all but layout, comments and the case of the keyword."""
    heredocs = tuple((h.name, h.body, h.expand, h.strip_tabs) for h in node.heredoc_nodes)
    return node.keyword, tuple(node.flags), node.arguments, heredocs
