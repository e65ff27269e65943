"""Move an instruction behind a later one: a patch to look at."""

from __future__ import annotations

from dockerlint.edits import Edit, Fix, Safety
from dockerlint.findings import Withheld
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.rewrite.drop import delete
from dockerlint.source import Span


def postpone(graph: BuildGraph, step: Step, last: Step) -> Fix | Withheld:
    """Delete `step` where it stands and write it anew on the lines behind `last`."""
    node, source = step.instruction, graph.dockerfile.source
    if step.stage != last.stage:
        return Withheld(f"{node.keyword} on line {node.start_line} is in another stage", node.keyword_span)
    if "$" in node.arguments:
        return Withheld(f"`{node.arguments}` may mean something else further down", node.keyword_span)
    taken = delete(graph, node)
    if isinstance(taken, Withheld):
        return taken
    end = last.instruction.span.end
    put = Edit(Span(end, end), source.newline + source.slice(node.span))
    title = f"Move {node.keyword} behind line {last.instruction.end_line}"
    return Fix(title, (*taken, put), Safety.DISPLAY)
