"""CTX001: whole folders of the build context are copied, and no .dockerignore keeps anything out."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.amounts import human
from dockerlint.catalogue import Rule
from dockerlint.context.naming import named
from dockerlint.context.survey import Survey, Waste, survey
from dockerlint.edits import Fix
from dockerlint.file import File
from dockerlint.findings import Finding, Severity
from dockerlint.record import replace
from dockerlint.rewrite.ignore_file import ignore_also, own_lines, secret_lines, usual_lines, waste_lines


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding a file: the instruction that takes most of what does not belong, else the first that takes all."""
    if file.context is None or file.context.has_dockerignore:
        return
    found = survey(file.graph, file.context)
    wastes = [waste for waste in found.waste() if waste.worth]
    if wastes:
        worst = max(wastes, key=lambda waste: waste.bytes)
        yield _fixed(replace(_finding(rule, found, worst), bytes=worst.bytes, bytes_basis="measured"), found)
        return
    whole = next((source for source in found.sources if source.whole), None)
    if whole is not None:  # nothing is there now: it costs only what may come
        node = whole.step.instruction
        cut = ", which is too big to be looked at as a whole" if file.context.taken(whole.path).truncated else ""
        message = f"{node.keyword} takes the whole build context{cut}, and there is no .dockerignore"
        yield _fixed(Finding(rule.name, node.span, message, severity=Severity.INFO), found)


def _finding(rule: Rule, found: Survey, waste: Waste) -> Finding:
    node = waste.step.instruction
    mine = [source for source in found.sources if source.step is waste.step]
    whole = any(source.whole for source in mine)
    what = "the whole build context" if whole else f"all of `{mine[0].path}`"
    least = "at least " if waste.truncated or waste.unreadable else ""
    to_keep = f"to keep out {named(waste.worth)}: {least}{human(waste.bytes)}"
    return Finding(rule.name, node.span, f"{node.keyword} takes {what}, and there is no .dockerignore {to_keep}")


def _fixed(finding: Finding, found: Survey) -> Finding:
    lines = [*waste_lines(found), *secret_lines(found), *usual_lines(found), *own_lines(found)]
    fix = ignore_also(found, lines)
    return replace(finding, fix=fix) if isinstance(fix, Fix) else replace(finding, withheld=fix)
