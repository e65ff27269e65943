"""IMG004: a COPY takes all that another stage or image has."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.catalogue import Rule
from dockerlint.effects.copying import words_of
from dockerlint.file import File
from dockerlint.findings import Finding, Severity
from dockerlint.images import facts
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.model.images import parse_image
from dockerlint.record import replace

_ALL = frozenset(("/", "/.", "/*", "./", ".", "*", "//"))


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each COPY of everything to the root folder."""
    graph = file.graph
    for step in graph.steps:
        flag = step.instruction.flag("from")
        words = words_of(step) if step.instruction.keyword == "COPY" and flag is not None and flag.value else []
        if flag is None or len(words) != 2 or words[0] not in _ALL or not _root(step, words[-1]):
            continue
        source = next((e.source for e in graph.edges if e.kind == "copy" and e.step == step.index), None)
        if not _system(graph, source, flag.value or ""):
            continue
        what = f"stage `{flag.value}`" if source is not None else f"`{flag.value}`"
        message = f"`COPY {flag.text}` takes the whole file system of {what}, its system and its tools included"
        finding = Finding(rule.name, step.instruction.span, message)
        if _onto_nothing(graph, step):
            message = f"`COPY {flag.text}` flattens {what} into one layer: nothing of what it installed is left out"
            finding = replace(finding, message=message)
        alone = step.stage >= 0 and (_onto_nothing(graph, step) or not graph.stages[step.stage].ships)
        yield replace(finding, severity=Severity.INFO) if alone else finding


def _root(step: Step, destination: object) -> bool:
    return destination in ("/", "/.", "//") or (destination in (".", "./") and step.scope.workdir == "/")


def _system(graph: BuildGraph, source: int | None, name: str) -> bool:
    """Whether a stage or image is a whole system: none that people make to be copied, such as ``someone/tool``."""
    reference: object = name
    if source is not None:
        lineage = graph.lineage(graph.stages[source])
        reference = lineage[0].base.reference
        if reference != "scratch" and any(s.instruction.keyword == "RUN" for stage in lineage for s in stage.steps):
            return True
    image = parse_image(reference) if isinstance(reference, str) and reference != "scratch" else None
    return image is not None and (image.official or facts(str(reference)) is not None)


def _onto_nothing(graph: BuildGraph, step: Step) -> bool:
    return step.stage >= 0 and graph.stages[step.stage].base.reference == "scratch"
