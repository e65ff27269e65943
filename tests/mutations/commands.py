"""Wrong rewrites of the commands in a RUN."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mutations.core import COMMAND, WORD, Sample, mutator


@mutator
def drop_a_command(s: Sample) -> Iterator[str]:
    yield from s.each(rf"[ \t]*&& {COMMAND}(?=[ \t]*(?:&&|\0|$))", "")


@mutator
def drop_the_first_command(s: Sample) -> Iterator[str]:
    yield from s.each(rf"(?<=\0){COMMAND} && (?=[a-z])", "")


@mutator
def swap_two_commands(s: Sample) -> Iterator[str]:
    yield from s.each(rf"({COMMAND}) && ({COMMAND})(?=[ \t]*(?:&&|\0|$))", lambda m: f"{m[2]} && {m[1]}")


@mutator
def repeat_a_command(s: Sample) -> Iterator[str]:
    yield from s.each(rf"&& ({COMMAND})(?=[ \t]*(?:&&|\0|$))", lambda m: f"{m[0]} && {m[1]}")


@mutator
def add_a_command(s: Sample) -> Iterator[str]:
    yield from s.each(r"&& (?=[a-z])", "&& chmod 777 /etc && ")


@mutator
def lose_an_option(s: Sample) -> Iterator[str]:
    yield from s.each(r"(?<=[\w]) --?[a-zA-Z][\w=-]*(?=[ \n])", "")


@mutator
def lose_an_argument(s: Sample) -> Iterator[str]:
    yield from s.each(r"(?<=[a-z]) [a-z][\w./]{3,}(?= )", "")


@mutator
def change_an_argument(s: Sample) -> Iterator[str]:
    yield from s.each(r"(?<= )[a-z][a-z]{4,}(?= )", lambda m: m[0][::-1] if m[0] != m[0][::-1] else None)


@mutator
def swap_two_arguments(s: Sample) -> Iterator[str]:
    yield from s.each(rf"(?<=[a-z]) ({WORD}) ({WORD})(?=\0|$)", lambda m: f" {m[2]} {m[1]}")


@mutator
def go_on_after_failure(s: Sample) -> Iterator[str]:
    """`a && b` to `a; b`: another thing wherever errexit does not do the same."""
    yield from s.each(rf"({COMMAND}) && ", lambda m: f"{m[1]}; ", outside=r"\bset -")


@mutator
def run_on_failure_instead(s: Sample) -> Iterator[str]:
    yield from s.each("&&", "||", outside=r"\bset -")


@mutator
def run_on_success_instead(s: Sample) -> Iterator[str]:
    yield from s.each(r"\|\|", "&&")


@mutator
def pipe_instead(s: Sample) -> Iterator[str]:
    yield from s.each("&&", "|", outside=r"\bset -")


@mutator
def chain_instead_of_pipe(s: Sample) -> Iterator[str]:
    yield from s.each(r"(?<!\|)\|(?!\|)", "&&")


@mutator
def leave_it_running(s: Sample) -> Iterator[str]:
    yield from s.each("&&", "&")


@mutator
def hide_the_failure(s: Sample) -> Iterator[str]:
    yield from s.each(r"&&", "|| true &&")


@mutator
def hide_the_last_failure(s: Sample) -> Iterator[str]:
    for run in s.runs:
        if not re.search(r"#|\|\| true|[&;\\]\s*$", run.arguments):
            yield s.replace(run.span.end, run.span.end, " || true")


@mutator
def negate(s: Sample) -> Iterator[str]:
    yield from s.each(r"&& (?=[a-z])", "&& ! ")


@mutator
def lose_a_negation(s: Sample) -> Iterator[str]:
    yield from s.each(r"! (?=[a-z])", "")
