"""CTX001: whole folders of the build context are copied, and no .dockerignore keeps anything out."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.amounts import human
from dockerlint.catalogue import Rule
from dockerlint.context import Context
from dockerlint.context.clutter import Clutter, clutter
from dockerlint.context.sources import ContextSource, context_sources
from dockerlint.file import File
from dockerlint.findings import Finding, Severity
from dockerlint.model.builds import build_of
from dockerlint.record import replace

_MOST_NAMED = 3


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding a file: the instruction that takes most of what does not belong, else the first that takes all."""
    context = file.context
    if context is None or context.has_dockerignore:
        return
    builds = {build.ecosystem.name for inv in file.invocations if (build := build_of(inv)) is not None}
    found = [_judge(file, rule, source, context, builds) for source in context_sources(file.graph)]
    kept = [finding for finding in found if finding is not None]
    if kept:
        yield max(kept, key=lambda finding: (finding.severity, finding.bytes or 0))


def _judge(file: File, rule: Rule, source: ContextSource, context: Context, builds: set[str]) -> Finding | None:
    if not source.whole and context.is_folder(source.path) is not True:
        return None
    entries, truncated = source.entries(context)
    waste = clutter(entries, builds)
    if not waste and not source.whole:
        return None
    what = "the whole build context" if source.whole else f"all of `{source.path}`"
    span = source.step.instruction.span
    finding = Finding(rule.name, span, f"{source.step.instruction.keyword} takes {what}, and there is no .dockerignore")
    if not waste:
        return replace(finding, severity=Severity.INFO)  # nothing is there now: it costs only what may come
    size = sum(item.bytes for item in waste)
    told = f"{finding.message} to keep out {_named(waste)}: {'at least ' if truncated else ''}{human(size)}"
    if not file.graph.stages[source.step.stage].ships:
        return replace(finding, message=told, severity=Severity.INFO)
    return replace(finding, message=told, bytes=size, bytes_basis="measured")


def _named(waste: list[Clutter]) -> str:
    names = ", ".join(f"`{item.path}`" for item in waste[:_MOST_NAMED])
    more = len(waste) - _MOST_NAMED
    return f"{names} and {more} more" if more > 0 else names
