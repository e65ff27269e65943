"""What an image is for, as far as its names tell."""

from __future__ import annotations

import re

from dockerlint.model.graph import BuildGraph

_WORK = re.compile(
    r"(?:^|[-_./:])(?:dev|devel|develop|development|debug|tests?|testing|ci|e2e|lint|builder|devcontainer)(?:$|[-_./:])",
    re.I,
)


def named_for_work(graph: BuildGraph, path: str) -> bool:
    """Whether the file, or a stage that ships, has a name such as ``dev``, ``test`` or ``builder``."""
    file = path.replace("\\", "/").rpartition("/")[2]
    names = [stage.name or "" for stage in graph.lineage(graph.stages[-1])] if graph.stages else []
    return any(_WORK.search(name) for name in (file, *names))
