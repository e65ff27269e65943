"""CTX002: the ignore file lets through what does not belong in the image."""

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
from dockerlint.rewrite.ignore_file import ignore_also, own_lines


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each instruction; without an ignore file missing-dockerignore speaks."""
    if file.context is None or not file.context.has_dockerignore:
        return
    found = survey(file.graph, file.context)
    least = file.options.get(rule.name, rule.defaults)["at-least-kb"]
    for waste in found.waste():
        if not waste.worth:
            if len(waste.items) > 1 or waste.items[0].path != ".dockerignore":  # that alone hardly ever changes
                yield _itself(rule, found, waste)
            continue
        much = isinstance(least, int) and waste.bytes >= least * 1000
        yield _judged(rule, found, waste, Severity.WARNING if much else Severity.INFO)


def _judged(rule: Rule, found: Survey, waste: Waste, severity: Severity) -> Finding:
    node = waste.step.instruction
    least = "at least " if waste.truncated or waste.unreadable else ""
    message = (
        f"{node.keyword} takes {named(waste.worth)} along: {least}{human(waste.bytes)} that no image needs"
    )
    fix = ignore_also(found, (item.pattern for item in waste.worth), own_lines(found))
    finding = Finding(rule.name, node.span, message, bytes=waste.bytes, bytes_basis="measured", severity=severity)
    return replace(finding, fix=fix) if isinstance(fix, Fix) else replace(finding, withheld=fix)


def _itself(rule: Rule, found: Survey, waste: Waste) -> Finding:
    """Nothing but the Dockerfile and its ignore file: small, and each change of them makes the layer anew."""
    node = waste.step.instruction
    them = "it" if len(waste.items) == 1 else "them"
    message = f"{node.keyword} takes {named(waste.items)} along: each change of {them} makes this layer anew"
    fix = ignore_also(found, own_lines(found))
    finding = Finding(rule.name, node.span, message, bytes=waste.bytes, bytes_basis="measured", severity=Severity.STYLE)
    return replace(finding, fix=fix) if isinstance(fix, Fix) else replace(finding, withheld=fix)
