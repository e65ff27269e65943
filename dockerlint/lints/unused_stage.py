"""IMG003: no other stage takes anything from a stage."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.catalogue import Rule
from dockerlint.context.targets import asked_for
from dockerlint.file import File
from dockerlint.findings import Finding
from dockerlint.model.purpose import looks_like_target, unused
from dockerlint.rewrite.stage import drop_stage


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each stage that is neither used nor likely to be built by its name."""
    graph = file.graph
    for stage in unused(graph):
        name = stage.name
        if looks_like_target(graph, stage) or (name and file.context is not None and asked_for(file.context, name)):
            continue
        what = f"stage `{name}`" if name else "this stage"
        message = f"no other stage takes anything from {what}: it is skipped unless the build asks for it"
        if name:
            message += f" with `--target {name}`"
        yield Finding(rule.name, stage.source.instruction.span, message, fix=drop_stage(graph, stage))
