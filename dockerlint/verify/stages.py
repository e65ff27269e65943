"""Stages that may go: those that nothing in the file takes anything from. Shown on the old text alone."""

from __future__ import annotations

import re

from dockerlint.model.build import build
from dockerlint.model.graph import BuildGraph, Stage
from dockerlint.syntax import Dockerfile, parse
from dockerlint.values import Unknown

_SOURCE = re.compile(r"\bfrom=[\"']?([^\s,\"']*)")


def without(before: Dockerfile, wanted: frozenset[str]) -> Dockerfile:
    """The old file less the stages of the licence that can go; the comments right above their FROM go with them."""
    text = before.text
    while wanted:
        dockerfile = parse(text)
        graph = build(dockerfile)
        stage = next((s for s in graph.stages[:-1] if _key(s) in wanted and can_go(graph, s)), None)
        if stage is None:
            break
        following = graph.stages[stage.index + 1].source.instruction.start_line
        start, end = (_head(dockerfile, n) for n in (stage.source.instruction.start_line, following))
        kept = "\ufeff" if start == 1 and text.startswith("\ufeff") else ""
        text = text[: dockerfile.source.line_span(start).start] + kept + text[dockerfile.source.line_span(end).start :]
    if text == before.text:
        return before
    kept_text = parse(text)
    same = [(d.name, d.value) for d in kept_text.directives] == [(d.name, d.value) for d in before.directives]
    return kept_text if same else before  # a comment that gets to the top may become a directive


def _key(stage: Stage) -> str:
    return stage.source.instruction.arguments


def _head(dockerfile: Dockerfile, line: int) -> int:
    """The line of the first of the comments that stand right above a FROM; those above the first instruction stay."""
    if line <= dockerfile.instructions[0].start_line:
        return line
    comments = {comment.line for comment in dockerfile.comments}
    while line - 1 in comments:
        line -= 1
    return line


def can_go(graph: BuildGraph, stage: Stage) -> bool:
    """Whether no stage, trigger, number or variable may mean this stage. Numbers behind it would shift."""
    if stage.ships or any(edge.source == stage.index for edge in graph.edges):
        return False
    if any(isinstance(other.base.reference, Unknown) for other in graph.stages):
        return False
    name = (stage.name or "").lower()
    for step in graph.steps:
        node = step.instruction.trigger or step.instruction
        for flag in node.flag_nodes:
            for match in _SOURCE.finditer(flag.text.lower()):
                if not match[1] or "$" in match[1] or match[1] == name:
                    return False
                if match[1].isdigit() and int(match[1]) >= stage.index:
                    return False
    return True
