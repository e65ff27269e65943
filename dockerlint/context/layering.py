"""Where sources are copied before the packages are installed that a manifest among them lists."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from dockerlint.context.folder import Context
from dockerlint.context.places import destination, directory
from dockerlint.context.sources import ContextSource, context_sources
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.model.paths import absolute, under
from dockerlint.model.project_installs import Install, installs
from dockerlint.record import record
from dockerlint.values import Unknown


@record
class Early:
    """A COPY or ADD of everything, and the first install behind it that reads only manifests from there."""

    source: ContextSource
    install: Install
    folder: str
    """The folder of the context in which the manifests lie, clean; "." for the root."""
    files: tuple[str, ...]
    """Files that the command names, by their paths in the context."""


def early_copies(graph: BuildGraph, context: Context | None) -> Iterator[Early]:
    """One for each such COPY, in file order."""
    sources = list(context_sources(graph))
    for stage in graph.stages:
        seen: set[str] = set()
        copied: set[int] = set()
        for step in stage.steps:
            if step.instruction.keyword != "RUN":
                continue
            for install in installs(step.invocations):
                name = install.ecosystem.name
                early = name not in seen and not _mounts_sources(step)
                found = _before(install, step, sources, context, graph) if early else None
                seen.add(name)
                if found is not None and found.source.step.index not in copied:
                    copied.add(found.source.step.index)
                    yield found


def _mounts_sources(step: Step) -> bool:
    """A bind mount brings the manifests itself."""
    for flag in step.instruction.flag_nodes:
        value = flag.value or ""
        if flag.name == "mount" and ("type=bind" in value or "type=" not in value):
            return True
    return False


def _before(
    install: Install, step: Step, sources: list[ContextSource], context: Context | None, graph: BuildGraph
) -> Early | None:
    place = directory(install.invocation, graph)
    if isinstance(place, Unknown):
        return None
    for source in sources:
        if source.step.stage != step.stage or source.step.index >= step.index or source.path == "*":
            continue
        if source.path != "." and (context is None or context.is_folder(source.path) is not True):
            continue
        found = destination(source.step, graph)
        if found is None or not under(place, found[0]):
            continue
        folder = _back(place, found[0], source.path)
        files = [absolute(name, place) for name in install.files]
        if not all(isinstance(name, str) and under(name, found[0]) for name in files):
            return None
        listed = tuple(_back(str(name), found[0], source.path) for name in files)
        return Early(source, install, folder, listed) if _has_more(source, listed, install, context) else None
    return None


def _back(place: str, top: str, source: str) -> str:
    """The path in the context of a place in the image."""
    return posixpath.normpath(posixpath.join(source, place[len(top) :].lstrip("/")))


def _has_more(source: ContextSource, listed: tuple[str, ...], install: Install, context: Context | None) -> bool:
    """Whether the source has anything but manifests; the whole context has, sooner or later."""
    if context is None or source.path == ".":
        return True
    known = {*install.ecosystem.needs, *install.ecosystem.reads}
    files = [entry.path for entry in context.taken(source.path).entries if not entry.folder]
    return any(path not in listed and posixpath.basename(path) not in known for path in files)
