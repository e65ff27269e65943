"""Wrong rewrites of COPY, its options and bind mounts: also of texts in which a fix put them rightly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from dockerlint.syntax import Instruction
from mutations.core import Sample, mutator


def copies(s: Sample) -> list[Instruction]:
    return [n for n in s.tree.instructions if n.keyword in ("COPY", "ADD") and not n.heredoc_nodes]


def flags(s: Sample, name: str) -> Iterator[tuple[Instruction, int, int, str]]:
    """Each flag of that name: instruction, start and end of its value, the value."""
    for node in s.tree.instructions:
        for flag in node.flag_nodes:
            if flag.name == name and flag.value:
                yield node, flag.span.end - len(flag.value), flag.span.end, flag.value


@mutator
def another_owner_by_option(s: Sample) -> Iterator[str]:
    for _, start, end, value in flags(s, "chown"):
        user, _, group = value.partition(":")
        for other in (f"{user}x:{group}", f"{user}:{group}x", f"{group}x:{user}", user, f"{user}:7", f"7:{group}"):
            if other != value:
                yield s.replace(start, end, other)


@mutator
def another_mode_by_option(s: Sample) -> Iterator[str]:
    for _, start, end, value in flags(s, "chmod"):
        for other in ("777", "0644", "4755", "+r", "755"):
            if other.lstrip("0") != value.lstrip("0"):
                yield s.replace(start, end, other)
    for node in copies(s):
        if node.flag("chmod") is None:
            yield s.replace(node.keyword_span.end, node.keyword_span.end, " --chmod=0700")


@mutator
def own_another_copy(s: Sample) -> Iterator[str]:
    nodes = [n for n in s.tree.instructions if n.keyword == "COPY"]
    for a, b in (*pairwise(nodes), *((y, x) for x, y in pairwise(nodes))):
        flag = a.flag("chown") or a.flag("chmod")
        if flag is not None and b.flag(flag.name) is None:
            cut = (flag.span.start - 1, flag.span.end, "")
            put = (b.keyword_span.end, b.keyword_span.end, f" {flag.text}")
            text = s.text
            for start, end, new in sorted((cut, put), reverse=True):
                text = text[:start] + new + text[end:]
            yield text


@mutator
def copy_more(s: Sample) -> Iterator[str]:
    for node in copies(s):
        if node.json_words is None and len(node.words) > 1:
            yield s.replace(node.words[0].span.start, node.words[0].span.start, "other ")


@mutator
def copy_less(s: Sample) -> Iterator[str]:
    for node in copies(s):
        if node.json_words is None and len(node.words) > 2:
            for word, following in pairwise(node.words):
                yield s.replace(word.span.start, following.span.start, "")


@mutator
def copy_elsewhere(s: Sample) -> Iterator[str]:
    for node in copies(s):
        if node.json_words is None and node.words:
            end = node.words[-1].span.end
            yield s.replace(end, end, "2")
            yield s.replace(node.words[-1].span.start, end, "/elsewhere")


@mutator
def copy_later(s: Sample) -> Iterator[str]:
    """A COPY behind the RUN that may read what it brings."""
    newline = s.tree.source.newline
    for node, following in pairwise(s.tree.instructions):
        end = s.text.find("\n", following.span.end) + 1
        if (
            node.keyword == "COPY"
            and following.keyword == "RUN"
            and end
            and not node.heredoc_nodes
            and not node.comments
        ):
            line = s.text[node.span.start : node.span.end]
            yield s.text[: node.span.start] + s.text[following.span.start : end] + line + newline + s.text[end:]


@mutator
def mount_another(s: Sample) -> Iterator[str]:
    for _, start, end, value in flags(s, "mount"):
        for pattern, new in (
            (r"(source=[^,]+)", r"\1x"),
            (r"(target=[^,]+)", r"\1x"),
            (r"type=\w+", "type=tmpfs"),
            (r"$", ",rw"),
            (r",rw$", ""),
            (r"from=[^,]+,", ""),
            (r"(type=bind),(?!from)", r"\1,from=other,"),
        ):
            changed = re.sub(pattern, new, value, count=1)
            if changed != value:
                yield s.replace(start, end, changed)


@mutator
def mount_less(s: Sample) -> Iterator[str]:
    for node, _, _, value in flags(s, "mount"):
        flag = next(f for f in node.flag_nodes if f.value == value)
        yield s.replace(flag.span.start, flag.span.end + 1, "")
