"""SYN001: what the builder would refuse."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.catalogue import Rule, hint
from dockerlint.file import File
from dockerlint.findings import Finding
from dockerlint.source import Span
from dockerlint.syntax.checks import KEYWORDS

_UNKNOWN = "unknown instruction: "


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each error of the parser."""
    for issue in file.dockerfile.errors:
        near = hint(issue.message[len(_UNKNOWN) :], KEYWORDS) if issue.message.startswith(_UNKNOWN) else ""
        end = file.source.line_span(file.source.position(issue.span.start).line).end
        span = issue.span if issue.span.end > issue.span.start else Span(issue.span.start, max(issue.span.start, end))
        yield Finding(rule.name, span, f"the build stops here: {issue.message}{near}")
