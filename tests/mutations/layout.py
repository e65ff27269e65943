"""Wrong rewrites of comments, continuations, directives and bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from mutations.core import Sample, mutator


@mutator
def lose_a_comment(s: Sample) -> Iterator[str]:
    for comment in [*s.tree.comments, *(c for n in s.tree.instructions for c in n.comments)]:
        end = s.text.find("\n", comment.span.end) + 1
        start = s.text.rfind("\n", 0, comment.span.start) + 1
        if end and start >= (s.text[:1] == "\ufeff"):
            yield s.replace(start, end, "")


@mutator
def change_a_comment(s: Sample) -> Iterator[str]:
    for comment in s.tree.comments:
        yield s.replace(comment.span.end, comment.span.end, " indeed")


@mutator
def comment_a_command_out(s: Sample) -> Iterator[str]:
    yield from s.each(r"(?<=[\w/*]) && (?=[a-z])", " # && ")


@mutator
def drop_a_continuation(s: Sample) -> Iterator[str]:
    for match in re.finditer(rf"[ \t]*{re.escape(s.tree.escape)}(?=\r?\n)", s.text):
        if any(
            n.start_line < n.head_end_line and n.span.start < match.start() < n.span.end for n in s.tree.instructions
        ):
            comment = s.text[s.text.rfind("\n", 0, match.start()) + 1 : match.start()].lstrip().startswith("#")
            if not comment:
                yield s.replace(match.start(), match.end(), "")


@mutator
def add_a_continuation(s: Sample) -> Iterator[str]:
    for a, b in pairwise(s.tree.instructions):
        if b.start_line == a.end_line + 1 and not a.heredoc_nodes:
            yield s.replace(a.span.end, a.span.end, f" {s.tree.escape}")


@mutator
def other_line_endings(s: Sample) -> Iterator[str]:
    if "\n" in s.text:
        yield s.text.replace("\r\n", "\n") if "\r\n" in s.text else s.text.replace("\n", "\r\n")


@mutator
def mixed_line_endings(s: Sample) -> Iterator[str]:
    if s.text.count("\r\n") in (0, s.text.count("\n")) and s.text.count("\n") > 1:
        at = s.text.rindex("\n")
        yield s.replace(at - 1, at + 1, "\n") if s.text[at - 1] == "\r" else s.replace(at, at + 1, "\r\n")


@mutator
def other_end(s: Sample) -> Iterator[str]:
    if s.text.endswith("\r\n"):
        yield s.text[:-2]
    elif s.text.endswith("\n\n"):
        yield s.text.rstrip("\n")
    elif s.text.endswith("\n"):
        yield s.text[:-1]
    elif s.text:
        yield s.text + "\n"


@mutator
def byte_order_mark(s: Sample) -> Iterator[str]:
    if s.text:
        yield s.text[1:] if s.text[0] == "\ufeff" else "\ufeff" + s.text


@mutator
def change_a_directive(s: Sample) -> Iterator[str]:
    for directive in s.tree.directives:
        if directive.name == "escape":
            new = "\\" if s.tree.escape == "`" else "`"
            yield s.replace(directive.span.end - 1, directive.span.end, new)
        yield s.replace(directive.span.start, directive.span.end, f"# was {directive.name}")


@mutator
def push_a_directive_down(s: Sample) -> Iterator[str]:
    if s.tree.directives:
        at = s.tree.directives[0].span.start
        at = s.text.rfind("\n", 0, at) + 1
        yield (
            s.replace(at, at, s.tree.source.newline)
            if s.text[:1] != "\ufeff" or at
            else s.replace(1, 1, s.tree.source.newline)
        )


@mutator
def push_a_pragma_away(s: Sample) -> Iterator[str]:
    for comment in s.tree.comments:
        if re.match(r"# *(?:hadolint|dockerlint:)", comment.text) and any(
            n.start_line == comment.line + 1 for n in s.tree.instructions
        ):
            yield s.replace(comment.span.end, comment.span.end, s.tree.source.newline + s.tree.source.newline)


@mutator
def move_a_pragma(s: Sample) -> Iterator[str]:
    newline = s.tree.source.newline
    for comment in s.tree.comments:
        target = next((n for n in s.tree.instructions if n.start_line == comment.line + 1), None)
        if re.match(r"# *(?:hadolint|dockerlint:)", comment.text) and target is not None:
            moved = s.replace(target.span.end, target.span.end, newline + comment.text)
            end = moved.index("\n", comment.span.end) + 1
            yield moved[: comment.span.start] + moved[end:]
