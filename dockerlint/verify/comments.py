"""Comments: all still there, and those that speak to a linter still before the same commands."""

from __future__ import annotations

import re
from collections import Counter

from dockerlint.edits import Licence
from dockerlint.record import record
from dockerlint.source import Span
from dockerlint.syntax.tree import Comment, Dockerfile
from dockerlint.verify.compare import Comparison
from dockerlint.verify.items import Chain, Fixed, Leaf, linear
from dockerlint.verify.trace import Trace
from dockerlint.verify.verdict import ACCEPTED, Verdict, refused

PRAGMA = re.compile(
    r"#\s*(?:hadolint\b|dockerlint\s*:|check\s*=|nosec\b|noqa\b|shellcheck\b|checkov\s*:|trivy\s*:|tfsec\s*:|kics\b|kics-scan\b"
    r"|semgrep\b|nosemgrep\b|nosonar\b|skipcq\b|grype\b|snyk\b|docker-lock\b|renovate\s*:|dependabot\b|pragma\b|editorconfig\b)",
    re.I,
)


@record
class _Pragma:
    text: str
    span: Span
    adjacent: bool
    """Right above what it speaks of."""
    key: object
    """The instruction it speaks of, by what it is."""
    chain: Chain | None
    """The items of that instruction when it is a RUN that can be followed."""


def same_comments(before: Trace, after: Trace, licence: Licence) -> Verdict:
    """Whether every comment is kept, and every pragma stays with what it speaks of."""
    old, new = _texts(before), _texts(after)
    lost, gained = old - new, new - old
    if lost:
        return refused(f"the comment `{next(iter(lost))}` is gone")
    if gained:
        return refused(f"`{next(iter(gained))}` became a comment")
    return _same_pragmas(_pragmas(before), _pragmas(after), licence, before.graph.dockerfile.escape)


def _texts(trace: Trace) -> Counter[str]:
    dockerfile = trace.graph.dockerfile
    found = [comment.text for comment in _all_comments(dockerfile)]
    for step in trace.graph.steps:
        body = step.body if step.index in trace.runs and step.index not in trace.opaque else None
        if body is not None:
            found += [comment.text for comment in body.comments]
    return Counter(" ".join(text.split()) for text in found)


def _all_comments(dockerfile: Dockerfile) -> list[Comment]:
    inner = [comment for node in dockerfile.instructions for comment in node.comments]
    return sorted([*dockerfile.comments, *inner], key=lambda comment: comment.span)


def _pragmas(trace: Trace) -> list[_Pragma]:
    dockerfile = trace.graph.dockerfile
    found = []
    for comment in dockerfile.comments:
        if PRAGMA.match(comment.text):
            starts = [node.span.start for node in dockerfile.instructions]
            at = next((i for i, start in enumerate(starts) if start > comment.span.start), None)
            found.append(_pragma(trace, comment, at))
    for i, node in enumerate(dockerfile.instructions):
        for comment in node.comments:
            if PRAGMA.match(comment.text):
                found.append(_inner_pragma(trace, comment.text, comment.span, i))
        body = trace.graph.steps[i].body if i in trace.runs and i not in trace.opaque else None
        for shell_comment in body.comments if body is not None else ():
            if PRAGMA.match(shell_comment.text):
                found.append(_inner_pragma(trace, shell_comment.text, shell_comment.span, i))
    return found


def _pragma(trace: Trace, comment: Comment, at: int | None) -> _Pragma:
    if at is None:
        return _Pragma(comment.text, comment.span, False, None, None)
    node = trace.graph.dockerfile.instructions[at]
    chain = trace.runs.get(at)
    key: object = None if chain is not None else (node.keyword, node.arguments)
    return _Pragma(comment.text, comment.span, node.start_line == comment.line + 1, key, chain)


def _inner_pragma(trace: Trace, text: str, span: Span, at: int) -> _Pragma:
    """A pragma inside a RUN speaks of the command behind it; at the end, of the one before it."""
    leaves = [item for item in linear(trace.runs.get(at, ())) if isinstance(item, Leaf)]
    behind = next((leaf for leaf in leaves if leaf.span.start > span.start), None)
    leaf = behind or (leaves[-1] if leaves else None)
    key = ("inside", behind is not None, leaf.words if leaf else None)
    return _Pragma(text, span, True, key, None)


def _same_pragmas(old: list[_Pragma], new: list[_Pragma], licence: Licence, escape: str) -> Verdict:
    for x, y in zip(old, new, strict=True):
        if x.text != y.text or x.adjacent > y.adjacent or not _same_target(x, y, licence, escape):
            return refused(f"the pragma `{y.text}` would speak of other commands", y.span)
    return ACCEPTED


def _same_target(old: _Pragma, new: _Pragma, licence: Licence, escape: str) -> bool:
    if old.chain is None or new.chain is None:
        if old.chain is new.chain and old.key == new.key:
            return True
        return _instruction_changed(old.key, new.key, licence)
    return Comparison(licence, escape).compare(_commands(old.chain), _commands(new.chain)) is None


def _instruction_changed(old: object, new: object, licence: Licence) -> bool:
    """MAINTAINER written as a label, another base: what they say is compared elsewhere."""
    if not isinstance(old, tuple) or not isinstance(new, tuple):
        return False
    if (old[0], new[0]) == ("FROM", "FROM"):
        before, after = str(old[1]).split(), str(new[1]).split()
        return before[1:] == after[1:] and (before[0], after[0]) in licence.bases
    return (old[0], new[0]) == ("MAINTAINER", "LABEL") and "MAINTAINER" in licence.instructions


def _commands(chain: Chain) -> Chain:
    return tuple(item for item in chain if not (isinstance(item, Fixed) and item.kind == "border"))
