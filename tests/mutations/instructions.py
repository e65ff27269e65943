"""Wrong rewrites of instructions and stages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from mutations.core import CONFIGURATION, Sample, mutator


@mutator
def lose_a_run_flag(s: Sample) -> Iterator[str]:
    for run in s.runs:
        for flag in run.flag_nodes:
            yield s.replace(flag.span.start, flag.span.end + 1, "")


@mutator
def lose_another_flag(s: Sample) -> Iterator[str]:
    for node in s.tree.instructions:
        if node.keyword != "RUN":
            for flag in node.flag_nodes:
                yield s.replace(flag.span.start, flag.span.end + 1, "")


@mutator
def change_a_flag(s: Sample) -> Iterator[str]:
    for node in s.tree.instructions:
        for flag in node.flag_nodes:
            yield s.replace(flag.span.end, flag.span.end, "x")


@mutator
def drop_an_instruction(s: Sample) -> Iterator[str]:
    for node in s.tree.instructions[1:]:
        end = s.text.find("\n", node.span.end) + 1
        if end and not node.comments:
            yield s.replace(node.span.start, end, "")


@mutator
def repeat_an_instruction(s: Sample) -> Iterator[str]:
    newline = s.tree.source.newline
    for node in s.tree.instructions:
        if not node.comments and "#" not in node.arguments:
            yield s.replace(node.span.end, node.span.end, newline + s.text[node.span.start : node.span.end])


@mutator
def swap_instructions(s: Sample) -> Iterator[str]:
    for a, b in pairwise(s.tree.instructions):
        x, y = (s.text[n.span.start : n.span.end] for n in (a, b))
        keywords = {a.keyword, b.keyword}
        apart = "RUN" in keywords and not CONFIGURATION.isdisjoint(keywords)  # neither notices the other
        if " ".join(x.split()) != " ".join(y.split()) and not apart:
            yield s.text[: a.span.start] + y + s.text[a.span.end : b.span.start] + x + s.text[b.span.end :]


@mutator
def reorder_stages(s: Sample) -> Iterator[str]:
    starts = [n.span.start for n in s.tree.instructions if n.keyword == "FROM"]
    for a, b, c in zip(starts, starts[1:], [*starts[2:], len(s.text)], strict=False):
        if s.text[a:b].split() != s.text[b:c].split():
            yield s.text[:a] + s.text[b:c] + s.text[a:b] + s.text[c:]


@mutator
def drop_a_stage(s: Sample) -> Iterator[str]:
    starts = [n.span.start for n in s.tree.instructions if n.keyword == "FROM"]
    for a, b in pairwise(starts):
        yield s.text[:a] + s.text[b:]


@mutator
def another_base(s: Sample) -> Iterator[str]:
    for node in s.tree.instructions:
        if node.keyword == "FROM" and node.words:
            yield s.replace(node.words[0].span.end, node.words[0].span.end, "x")


@mutator
def another_value(s: Sample) -> Iterator[str]:
    for node in s.tree.instructions:
        if (
            node.keyword in ("ENV", "ARG", "WORKDIR", "USER", "EXPOSE", "LABEL", "COPY", "ADD", "STOPSIGNAL")
            and node.words
            and not node.heredoc_nodes
        ):
            yield s.replace(node.words[-1].span.end, node.words[-1].span.end, "x")


@mutator
def shell_form_instead(s: Sample) -> Iterator[str]:
    for node in s.tree.instructions:
        if node.json_words and node.keyword in ("CMD", "ENTRYPOINT", "RUN"):
            yield s.replace(node.body.offset(0), node.span.end, " ".join(w.text for w in node.json_words))


@mutator
def exec_form_instead(s: Sample) -> Iterator[str]:
    for node in s.tree.instructions:
        if node.keyword in ("CMD", "ENTRYPOINT", "RUN") and re.fullmatch(r"[\w ./-]+", node.arguments):
            words = ", ".join(f'"{w}"' for w in node.arguments.split())
            yield s.replace(node.body.offset(0), node.span.end, f"[{words}]")


@mutator
def change_a_heredoc(s: Sample) -> Iterator[str]:
    for node in s.tree.instructions:
        for heredoc in node.heredoc_nodes:
            at = heredoc.body_span.start
            yield s.replace(at, at, f"more{s.tree.source.newline}")
            if heredoc.body.count("\n") > 1:
                yield s.replace(at, s.text.index("\n", at) + 1, "")


@mutator
def quote_a_heredoc(s: Sample) -> Iterator[str]:
    for node in s.tree.instructions:
        for heredoc in node.heredoc_nodes:
            written = s.text[heredoc.span.start : heredoc.span.end]
            other = written.replace("<<", "<<'") + "'" if heredoc.expand else re.sub(r"[\"']", "", written)
            yield s.replace(heredoc.span.start, heredoc.span.end, other)


@mutator
def another_variant(s: Sample) -> Iterator[str]:
    for node in s.tree.instructions:
        if node.keyword == "FROM" and node.words and ":" in node.words[0].text:
            end = node.words[0].span.end
            yield s.replace(end, end, "-slim")


@mutator
def another_version(s: Sample) -> Iterator[str]:
    for node in s.tree.instructions:
        if node.keyword == "FROM" and node.words and re.search(r":\d", node.words[0].text):
            at = node.words[0].span.start + node.words[0].text.index(":") + 1
            yield s.replace(at, at, "1")


@mutator
def drop_a_platform(s: Sample) -> Iterator[str]:
    for node in s.tree.instructions:
        for flag in node.flag_nodes:
            if node.keyword == "FROM":
                yield s.replace(flag.span.start, flag.span.end + 1, "")


@mutator
def drop_a_stage_name(s: Sample) -> Iterator[str]:
    for node in s.tree.instructions:
        if node.keyword == "FROM" and len(node.words) == 3:
            yield s.replace(node.words[0].span.end, node.words[2].span.end, "")
