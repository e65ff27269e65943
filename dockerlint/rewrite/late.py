"""Bring what came too late into the layer where it belongs: join the RUNs from the writer to the late command."""

from __future__ import annotations

from dockerlint.edits import Fix
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.waste import Waste
from dockerlint.findings import Related, Withheld
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.rewrite.join import join_over


def join_late(
    graph: BuildGraph, ledger: Ledger, waste: Waste, script: bool = False
) -> tuple[Fix | None, Withheld | None]:
    """Join from the earliest writer that can be reached. Withheld, with the nearest writer's reason, when none can."""
    reason: Withheld | None = None
    seen: set[int] = set()
    for entry in waste.writers:
        writer = ledger.layers[entry.layer].step
        if writer.index in seen:
            continue
        seen.add(writer.index)
        found = _join_from(graph, writer, waste.step, script)
        if isinstance(found, Fix):
            return found, None
        reason = found
    return None, reason


def _join_from(graph: BuildGraph, writer: Step, late: Step, script: bool) -> Fix | Withheld:
    node = writer.instruction
    if node.keyword != "RUN":
        return Withheld(f"line {node.start_line} is a {node.keyword}, whose layer no RUN can change", node.keyword_span)
    if writer.stage != late.stage:
        return Withheld(f"line {node.start_line} is in another stage", node.keyword_span)
    return join_over(graph, writer, late, script)


def written_here(ledger: Ledger, waste: Waste, message: str = "written here") -> tuple[Related, ...]:
    """The places of the writers, once each."""
    spans = {e.effect.span: None for e in waste.writers}
    return tuple(Related(span, message) for span in spans)
