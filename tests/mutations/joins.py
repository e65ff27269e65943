"""Wrong joins and splits of RUNs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from dockerlint.syntax import Instruction
from mutations.core import CONFIGURATION, Sample, followed, mutator


@mutator
def join_across(s: Sample) -> Iterator[str]:
    """`RUN a` / USER / `RUN b` to `RUN a && b` / USER, and whatever else the second RUN notices."""
    nodes = s.tree.instructions
    for a, b, c in zip(nodes, nodes[1:], nodes[2:], strict=False):
        noticed = b.keyword not in CONFIGURATION | {"RUN"}
        if followed(a) and followed(c) and noticed and "#" not in a.arguments and not c.flag_nodes:
            body = s.text[c.body.offset(0) : c.span.end]
            yield s.text[: a.span.end] + f" && {body}" + s.text[a.span.end : c.span.start] + s.text[c.span.end + 1 :]


@mutator
def join_what_changes_the_shell(s: Sample) -> Iterator[str]:
    """A plain `A && B` where A leaves another folder, umask or variable behind and B is a plain command."""
    for a, b in pairwise(s.tree.instructions):
        stateful = re.match(r"(?:cd (?!/\s)|umask|export|trap|[A-Z]+=\S+ ?(?:&&|;))", a.arguments)
        if followed(a) and followed(b) and stateful and not (a.flag_nodes or b.flag_nodes) and "||" not in a.arguments:
            yield _joined(s, a, b, " && ")


@mutator
def join_a_list(s: Sample) -> Iterator[str]:
    """`A && x; y` where B is the list `x; y`: its second half would run after a failed A."""
    for a, b in pairwise(s.tree.instructions):
        shell = any(n.keyword == "SHELL" for n in s.tree.instructions)
        if (
            followed(a)
            and followed(b)
            and re.match(r"(?!(?:if|for|while|until|case|export|cd)\b)[a-z/.\w -]+(?:\|\||;) [a-z]", b.arguments)
            and "set" not in a.arguments + b.arguments
            and not shell
        ):
            yield _joined(s, a, b, " && ")


@mutator
def join_in_the_background(s: Sample) -> Iterator[str]:
    for a, b in pairwise(s.tree.instructions):
        if followed(a) and followed(b):
            yield _joined(s, a, b, " & ")


@mutator
def join_on_failure(s: Sample) -> Iterator[str]:
    for a, b in pairwise(s.tree.instructions):
        if followed(a) and followed(b):
            yield _joined(s, a, b, " || ")


@mutator
def join_without_grouping_errexit(s: Sample) -> Iterator[str]:
    """`(set -e; x; y) && B`: errexit does nothing there."""
    for a, b in pairwise(s.tree.instructions):
        if followed(a) and followed(b) and re.match(r"set -e\w*; [^;]+; ", a.arguments) and not b.flag_nodes:
            text = _joined(s, a, b, ") && ")
            yield text[: a.body.offset(0)] + "(" + text[a.body.offset(0) :]


def _joined(s: Sample, a: Instruction, b: Instruction, operator: str) -> str:
    return s.text[: a.span.end] + operator + s.text[b.body.offset(0) :]


@mutator
def split_what_shares_a_shell(s: Sample) -> Iterator[str]:
    for run in s.runs:
        match = re.match(r"(?:cd (?!/\s)[\w./]+|umask \d+|export \w+=\S+) && ", run.arguments)
        if match and run.body.offset(match.end()) - run.body.offset(0) == match.end():
            at = run.body.offset(match.end())
            yield s.text[: at - 4] + s.tree.source.newline + "RUN " + s.text[at:]
