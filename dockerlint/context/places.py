"""Where COPY and ADD put what they take, and back: which folder of the context lies at a place in the image."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from dockerlint.context.folder import Context
from dockerlint.context.globs import has_wildcards
from dockerlint.context.sources import ContextSource
from dockerlint.effects.copying import words_of
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import absolute, under
from dockerlint.values import Unknown, Value

BASE = "/\0base"
"""Stands for the directory that a base image starts in when that is not known."""


def destination(step: Step, graph: BuildGraph) -> tuple[str, bool] | None:
    """The absolute destination of a COPY or ADD, and whether it is surely a folder; None when it is not known."""
    words = words_of(step)
    if len(words) < 2 or isinstance(words[-1], Unknown) or step.instruction.flag("parents") is not None:
        return None
    place = absolute(words[-1], workdir(step, graph))
    folder = len(words) > 2 or words[-1].endswith(("/", "/.")) or words[-1] in (".", "..")
    return None if isinstance(place, Unknown) else (place, folder)


def workdir(step: Step, graph: BuildGraph) -> Value:
    """The directory in force; `BASE` for a base image's own."""
    if not isinstance(step.scope.workdir, Unknown):
        return step.scope.workdir
    lineage = graph.lineage(graph.stages[step.stage])
    moved = any(s.instruction.keyword == "WORKDIR" and s.index < step.index for stage in lineage for s in stage.steps)
    return step.scope.workdir if moved else BASE


def directory(inv: Invocation, graph: BuildGraph) -> Value:
    """Where a command runs; `BASE` when the RUN starts in a base image's own directory and stays there."""
    text = inv.step.instruction.arguments
    if isinstance(inv.cwd, Unknown) and "cd" not in text and "pushd" not in text and "popd" not in text:
        return workdir(inv.step, graph)
    return inv.cwd


def in_image(source: ContextSource, path: str, context: Context, graph: BuildGraph) -> str | None:
    """Where a path of the context comes to lie when `source` takes it; None when that is not known."""
    found = destination(source.step, graph)
    if found is None:
        return None
    place, folder = found
    if has_wildcards(source.path):
        depth = source.path.count("/") + 1
        names = path.split("/")
        hit, rest = "/".join(names[:depth]), "/".join(names[depth:])
        if rest or context.is_folder(hit):
            return posixpath.join(place, rest) if rest else place
        return posixpath.join(place, names[-1]) if folder else place
    if context.is_folder(source.path):
        rest = "" if path == source.path else path if source.path == "." else path[len(source.path) + 1 :]
        return posixpath.join(place, rest) if rest else place
    return posixpath.join(place, posixpath.basename(path)) if folder else place


def folders_at(place: str, step: Step, sources: list[ContextSource], context: Context, graph: BuildGraph) -> set[str]:
    """The folders of the context whose files lie in `place` of the image before `step`."""
    return set(_folders_at(place, step, sources, context, graph))


def _folders_at(
    place: str, step: Step, sources: list[ContextSource], context: Context, graph: BuildGraph
) -> Iterator[str]:
    stages = {stage.index for stage in graph.lineage(graph.stages[step.stage])}
    for source in sources:
        if source.step.stage not in stages or source.step.index >= step.index:
            continue
        for path in [source.path] if not has_wildcards(source.path) else context.named(source.path)[:100]:
            lies = in_image(source, path, context, graph)
            if lies is None:
                continue
            if path == "." or context.is_folder(path):
                if under(place, lies):
                    folder = posixpath.normpath(posixpath.join(path, place[len(lies) :].lstrip("/")))
                    if folder == "." or context.is_folder(folder):
                        yield folder
            elif posixpath.dirname(lies) == place:
                yield posixpath.dirname(path) or "."
