"""Move a package clean-up from a later RUN into the RUN that filled the cache."""

from __future__ import annotations

from dockerlint.edits import Edit, Fix, Licence, Safety
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.managers import managers
from dockerlint.effects.readers import reader
from dockerlint.effects.types import Cleaned, Deleted
from dockerlint.effects.waste import Waste
from dockerlint.findings import Withheld
from dockerlint.model.graph import BuildGraph
from dockerlint.record import replace
from dockerlint.rewrite.append import append
from dockerlint.rewrite.bodies import body
from dockerlint.rewrite.cleaning import cleaning
from dockerlint.source import Span


def move_cleanup(
    graph: BuildGraph, ledger: Ledger, waste: Waste, reason: Withheld | None
) -> tuple[Fix | None, Withheld | None]:
    """Clean in the filling RUNs; the later RUN goes where it does nothing else. `reason`: why joining was no way."""
    added: dict[tuple[int, tuple[str, ...]], Fix] = {}
    for death in waste.deaths:
        entry = death.entry
        if entry.cache is None or death.size.bytes == 0:
            continue
        writer = ledger.layers[entry.layer].step
        filler = ledger.maker(entry)
        manager = managers()[entry.cache[0]]
        if writer.stage != waste.step.stage or filler is None:
            return None, reason
        clean = cleaning(ledger, manager, manager.cache(entry.cache[1]), entry, filler)
        if isinstance(clean, Withheld):
            return None, reason
        found = reader(graph, ledger, entry, death)
        if found is not None:
            return None, found
        outcome = append(graph, writer, clean, "")
        if isinstance(outcome, Withheld):
            return None, outcome
        added[(entry.layer, clean)] = outcome
    if not added or len({layer for layer, _ in added}) != len(added):
        return None, reason
    edits = [e for fix in added.values() for e in fix.edits]
    licence = Licence()
    for fix in added.values():
        licence |= fix.licence
    useless = _useless(graph, ledger, waste)
    if useless is not None:
        edits.append(useless[0])
        licence = replace(licence, dropped=useless[1])
    line = min(ledger.layers[layer].step.instruction.start_line for layer, _ in added)
    return Fix(f"Clean up in the RUN on line {line}", tuple(edits), Safety.SAFE, licence), None


def _useless(graph: BuildGraph, ledger: Ledger, waste: Waste) -> tuple[Edit, frozenset[tuple[str, ...]]] | None:
    """The deletion of the later RUN, when each of its commands is one of the clean-ups that came too late."""
    it = body(waste.step)
    layer = next(d.layer for d in waste.deaths)
    actions = ledger.layers[layer].actions
    if (
        isinstance(it, Withheld)
        or it.stateful
        or it.is_list
        or it.trailing_comment()
        or waste.step.instruction.comments
    ):
        return None
    late = {d.action.invocation.span for d in waste.deaths if d.action.invocation is not None}
    dropped = set()
    for action in actions:
        inv = action.invocation
        if inv is None or inv.span not in late or inv.nested or inv.redirects:
            return None
        if not all(isinstance(e, Cleaned | Deleted) for e in action.effects):
            return None
        if sum(isinstance(e, Deleted) for e in action.effects) > 1:
            return None  # `rm -rf LISTS /else`: the rest has to stay
        dropped.add(tuple(str(v) for v in inv.argv))
    if len(it.commands) != len(actions):
        return None
    source, span = graph.dockerfile.source, waste.step.instruction.span
    end = source.text.find("\n", span.end)
    start = source.text.rfind("\n", 0, span.start) + 1
    return Edit(Span(start, len(source.text) if end < 0 else end + 1), ""), frozenset(dropped)
