"""CTX003: COPY or ADD names what the ignore file keeps from the builder."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.catalogue import Rule
from dockerlint.context.sources import ContextSource, context_sources
from dockerlint.file import File
from dockerlint.findings import Finding


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each source of which nothing is left."""
    context = file.context
    if context is None or not context.ignore_file.patterns or context.ignore_file.cut:
        return
    name = context.dockerignore_path.name if context.dockerignore_path is not None else ".dockerignore"
    for source in context_sources(file.graph):
        lines = source.kept_out_by(context)
        if lines:
            yield Finding(rule.name, source.step.instruction.span, _message(source, name, lines))


def _message(source: ContextSource, name: str, lines: tuple[int, ...]) -> str:
    keyword = source.step.instruction.keyword
    if source.whole:
        return f"{keyword} takes the whole build context, and `{name}` keeps all of it from the builder"
    return f"{keyword} names `{source.written}`, which line {lines[0]} of `{name}` keeps from the builder"
