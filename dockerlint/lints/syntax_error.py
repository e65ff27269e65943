"""SYN001: what the builder would refuse."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.catalogue import Rule, hint
from dockerlint.file import File
from dockerlint.findings import Finding
from dockerlint.source import Span
from dockerlint.syntax.checks import KEYWORDS
from dockerlint.syntax.tree import SyntaxIssue

_UNKNOWN = "unknown instruction: "


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each error of the parser."""
    for issue in file.dockerfile.errors:
        span = issue.span
        if span.start == span.end:  # something is missing here: show the line
            span = Span(span.start, max(span.start, file.source.line_span(file.source.position(span.start).line).end))
        yield Finding(rule.name, span, f"the build stops here: {issue.message}{_advice(file, issue)}")


def _advice(file: File, issue: SyntaxIssue) -> str:
    """What an unknown instruction was meant to be: one that is spelt alike, or a line of the RUN above."""
    if not issue.message.startswith(_UNKNOWN):
        return ""
    word = issue.message[len(_UNKNOWN) :]
    near = hint(word, KEYWORDS) if len(word) > 2 else ""
    if near:
        return near
    above = [node for node in file.dockerfile.instructions if node.span.end <= issue.span.start]
    if above and above[-1].keyword == "RUN" and not above[-1].heredoc_nodes:
        return f"; does the line above lack a `{file.dockerfile.escape}` at its end?"
    return ""
