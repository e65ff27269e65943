"""Which files of the context get into the image: those of stages that ship, and those copied on from others."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.context.folder import Context
from dockerlint.context.places import in_image
from dockerlint.context.sources import ContextSource
from dockerlint.effects.copying import words_of
from dockerlint.model.graph import BuildGraph
from dockerlint.model.paths import absolute, under
from dockerlint.values import Unknown


class Arrival:
    """The ways from the context to the image."""

    def __init__(self, graph: BuildGraph, context: Context) -> None:
        self.graph = graph
        self.context = context
        self._from: dict[int, list[str]] = {}

    def of(self, sources: list[ContextSource], path: str, replaced: bool = False) -> bool:
        """Whether what lies at `path` of the context gets there by the sources of one instruction.

        `replaced`: the Dockerfile makes it anew, so that another stage's copy is not the context's.
        """
        stage = sources[0].step.stage
        if self.graph.stages[stage].ships:
            return True
        if replaced:
            return False
        places = {place for s in sources if (place := in_image(s, path, self.context, self.graph)) is not None}
        return any(under(place, taken) for place in places for taken in self._shipped_from(stage))

    def _shipped_from(self, stage: int) -> list[str]:
        """The paths that stages which ship copy from a stage, or from one that holds its layers."""
        if stage not in self._from:
            lineages = ((s.index, self.graph.lineage(s)) for s in self.graph.stages)
            holders = [index for index, lineage in lineages if any(below.index == stage for below in lineage)]
            self._from[stage] = [path for holder in holders for path in self._taken_from(holder)]
        return self._from[stage]

    def _taken_from(self, stage: int) -> Iterator[str]:
        for edge in self.graph.edges:
            if edge.kind != "copy" or edge.source != stage or not self.graph.stages[edge.target].ships:
                continue
            step = self.graph.steps[edge.step]
            for word in words_of(step)[:-1] if step.instruction.keyword == "COPY" else ():
                place = absolute(word, "/")
                if not isinstance(place, Unknown):
                    yield place
