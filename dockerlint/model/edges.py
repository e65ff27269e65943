"""Which stages and images a stage takes from: FROM, COPY --from and RUN --mount=from=…."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from dockerlint.model.graph import GraphEdge, Stage
from dockerlint.source import Span
from dockerlint.syntax.mounts import mount_options, value_span
from dockerlint.syntax.tree import Instruction
from dockerlint.values import Unknown

_NUMBER = re.compile(r"[+-]?[0-9]+", re.A)


class Trigger(NamedTuple):
    """An instruction that ONBUILD holds back, and the index of the ONBUILD."""

    instruction: Instruction
    step: int


def triggers(stage: Stage) -> list[Trigger]:
    """What a stage built from this one runs first."""
    return [
        Trigger(step.instruction.trigger, step.index) for step in stage.steps if step.instruction.trigger is not None
    ]


def of_stage(stage: Stage, stages: Sequence[Stage], names: Mapping[str, int]) -> Iterator[GraphEdge]:
    """The edges of one stage, in file order; those of inherited ONBUILD triggers come after the FROM."""
    yield from _from(stage)
    if stage.base.stage is not None:
        for trigger, index in triggers(stages[stage.base.stage]):
            yield from _of_instruction(trigger, index, stage.index, names, len(stages))
    for step in stage.steps:
        yield from _of_instruction(step.instruction, step.index, stage.index, names, len(stages))


def _from(stage: Stage) -> Iterator[GraphEdge]:
    base, words = stage.base, stage.source.instruction.words
    if base.reference == "scratch" and base.stage is None:
        return
    image = None if base.stage is not None or isinstance(base.reference, Unknown) else base.reference
    span = words[0].span if words else stage.source.instruction.keyword_span
    yield GraphEdge("from", stage.index, base.stage, image, span, stage.source.index)


def _of_instruction(
    node: Instruction, index: int, target: int, names: Mapping[str, int], count: int
) -> Iterator[GraphEdge]:
    if node.keyword == "COPY":
        flag = node.flag("from")
        if flag is not None and flag.value:
            yield _edge("copy", flag.value, value_span(node, flag), index, target, names, count)
    elif node.keyword == "RUN":
        for flag in node.flag_nodes:
            if flag.name != "mount":
                continue
            for option in mount_options(node, flag):
                if option.key == "from" and option.value and option.value_span is not None:
                    yield _edge("mount", option.value, option.value_span, index, target, names, count)


def _edge(
    kind: str, name: str, span: Span, index: int, target: int, names: Mapping[str, int], count: int
) -> GraphEdge:
    """An edge to what `name` means. What the builder refuses (a variable, a wrong number, itself) has no source."""
    if "$" in name:
        return GraphEdge(kind, target, None, None, span, index)
    if _NUMBER.fullmatch(name):
        number = int(name) if len(name) < 10 else count
        source = number if 0 <= number < count and number != target else None
        return GraphEdge(kind, target, source, None, span, index)
    source = names.get(name.lower())
    if source == target:
        return GraphEdge(kind, target, None, None, span, index)
    return GraphEdge(kind, target, source, name if source is None else None, span, index)
