"""The text itself: directives, line endings, the final newline, the byte order mark, and syntax errors."""

from __future__ import annotations

from collections import Counter

from dockerlint.source import Span
from dockerlint.syntax.tree import Dockerfile
from dockerlint.verify.verdict import ACCEPTED, Verdict, refused


def same_form(before: Dockerfile, after: Dockerfile) -> Verdict:
    """Whether the new text is written like the old one and has no new error."""
    for check in (_bytes, _directives, _errors, _continuations):
        verdict = check(before, after)
        if not verdict.ok:
            return verdict
    return ACCEPTED


def _bytes(before: Dockerfile, after: Dockerfile) -> Verdict:
    old, new = before.text, after.text
    if old.startswith("\ufeff") != new.startswith("\ufeff"):
        return refused("the byte order mark changes")
    if old.endswith("\n") != new.endswith("\n"):
        return refused("the newline at the end of the file changes")
    if not _line_endings(new) <= _line_endings(old):
        return refused("the new text mixes line endings")
    for character in "\0\r":
        if new.replace("\r\n", "\n").count(character) > old.replace("\r\n", "\n").count(character):
            return refused(f"the new text has a stray {character!r}")
    return ACCEPTED


def _line_endings(text: str) -> set[str]:
    crlf = text.count("\r\n")
    counts = {"\r\n": crlf, "\n": text.count("\n") - crlf}
    return {ending for ending, count in counts.items() if count}


def _directives(before: Dockerfile, after: Dockerfile) -> Verdict:
    old = [(d.name, d.value) for d in before.directives]
    new = [(d.name, d.value) for d in after.directives]
    if old == new:
        return ACCEPTED
    span = after.directives[0].span if after.directives else None
    return refused("the parser directives change", span)


def _errors(before: Dockerfile, after: Dockerfile) -> Verdict:
    known = Counter(error.message for error in before.errors)
    for error in after.errors:
        if not known[error.message]:
            return refused(f"the new text does not parse: {error.message}", error.span)
        known[error.message] -= 1
    return ACCEPTED


def _continuations(before: Dockerfile, after: Dockerfile) -> Verdict:
    old, new = _loose_ends(before), _loose_ends(after)
    if len(new) > len(old):
        return refused("a continued line is followed by a blank one or by the end of the file", new[-1])
    return ACCEPTED


def _loose_ends(dockerfile: Dockerfile) -> list[Span]:
    """Instructions that end in a continuation, and blank lines inside instructions: the builder warns of both."""
    source, found = dockerfile.source, []
    for node in dockerfile.instructions:
        for line in range(node.start_line, node.head_end_line + 1):
            text = source.slice(source.line_span(line)).strip()
            last = line == node.head_end_line
            if (not text) if not last else (text.endswith(dockerfile.escape) and not text.startswith("#")):
                found.append(source.line_span(line))
    return found
