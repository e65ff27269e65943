"""The ledger of a stage: what each layer adds, and what of it a later layer hides without freeing a byte."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from dockerlint.effects.book import Book, Death
from dockerlint.effects.layer import effects_of
from dockerlint.effects.tree import Entry
from dockerlint.effects.types import UNSIZED, Created, Extracted, LayerEffects, Size
from dockerlint.model.graph import BuildGraph, Stage
from dockerlint.model.invocations import Invocation
from dockerlint.record import field, record

if TYPE_CHECKING:
    from dockerlint.context import Context

__all__ = ["Death", "Ledger", "ledgers"]


@record(frozen=False, eq=False, slots=False)
class Ledger:
    """All layers of a stage, those of the stages it is built from first."""

    stage: Stage
    graph: BuildGraph
    context: Context | None
    layers: list[LayerEffects] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    """Everything that was ever written, in order."""
    deaths: list[Death] = field(default_factory=list)
    extractions: list[tuple[int, Extracted]] = field(default_factory=list)

    def size(self, entry: Entry) -> Size:
        """The bytes of an entry; what COPY takes is measured in the build context now."""
        if entry.copy_of is not None:
            return self.size(entry.copy_of)
        source = entry.effect.source if isinstance(entry.effect, Created) else None
        if source is None or self.context is None:
            return entry.size
        taken = self.context.taken(source)
        return UNSIZED if taken.truncated or not taken.files else Size(taken.bytes, "measured")

    def alive(self) -> list[Entry]:
        """What the image surely still shows at the end."""
        return [e for e in self.entries if e.alive and not e.doubtful]

    @cached_property
    def own(self) -> range:
        """Indexes of the layers that this stage itself adds."""
        return range(len(self.layers) - len(self.stage.steps), len(self.layers))

    def maker(self, entry: Entry) -> Invocation | None:
        """The command that wrote an entry; None for COPY, ADD and what a script's text did."""
        actions = self.layers[entry.layer].actions
        return next((a.invocation for a in actions if any(e is entry.effect for e in a.effects)), None)


def ledgers(graph: BuildGraph, context: Context | None) -> tuple[Ledger, ...]:
    """The ledger of every stage, by stage index."""
    done: dict[int, LayerEffects] = {}
    return tuple(_ledger(graph, stage, context, done) for stage in graph.stages)


def _ledger(graph: BuildGraph, stage: Stage, context: Context | None, done: dict[int, LayerEffects]) -> Ledger:
    ledger = Ledger(stage, graph, context)
    book = Book(ledger)
    for ancestor in graph.lineage(stage):
        for step in ancestor.steps:
            if step.index not in done:
                done[step.index] = effects_of(step, context, ledger)
            book.post(done[step.index])
    return ledger
