"""Bring RUNs with COPYs between them together: a patch to look at, as a COPY may then come too early."""

from __future__ import annotations

from dockerlint.edits import Edit, Fix, Safety, apply
from dockerlint.findings import Withheld
from dockerlint.model.build import build
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.rewrite.join import join
from dockerlint.source import Source, Span
from dockerlint.syntax import parse

_MOVABLE = frozenset(("COPY", "ADD", "LABEL", "EXPOSE", "CMD", "ENTRYPOINT", "STOPSIGNAL", "HEALTHCHECK", "MAINTAINER"))


def gather(graph: BuildGraph, first: Step, last: Step) -> Fix | Withheld:
    """Move what stands between the RUNs in front of the first one, and join them."""
    steps = graph.steps[first.index : last.index + 1]
    if first.stage != last.stage:
        return Withheld("the packages are installed in another stage", first.instruction.keyword_span)
    between = [s for s in steps if s.instruction.keyword != "RUN"]
    for step in between:
        node = step.instruction
        if node.keyword not in _MOVABLE:
            hint = "build in a stage of its own and copy the result"
            return Withheld(f"{node.keyword} on line {node.start_line} stands between", node.keyword_span, hint)
    source = graph.dockerfile.source
    text, cut = source.text, []
    for step in between:
        span = step.instruction.span
        start, end = text.rfind("\n", 0, span.start) + 1, text.find("\n", span.end) + 1
        if not end or text[start : span.start].strip():
            return Withheld("an instruction does not stand on its own lines", step.instruction.keyword_span)
        cut.append(Span(start, end))
    at = text.rfind("\n", 0, first.instruction.span.start) + 1
    front = Edit(Span(at, at), "".join(text[s.start : s.end] for s in cut))
    moved = apply(text, [front, *(Edit(s, "") for s in cut)])
    again = build(parse(Source(moved, source.path)))
    rows = again.steps[first.index + len(between) : last.index + 1]
    joined = join(again, rows)
    if isinstance(joined, Withheld):
        return Withheld(joined.reason, None, joined.hint)
    done = apply(moved, joined.edits)
    tail = len(text) - last.instruction.span.end
    edit = Edit(Span(at, last.instruction.span.end), done[at : len(done) - tail])
    lines = f"{first.instruction.start_line}-{last.instruction.end_line}"
    title = f"Install, use and remove in one RUN: join lines {lines}"
    return Fix(title, (edit,), Safety.DISPLAY if between else Safety.SAFE)
