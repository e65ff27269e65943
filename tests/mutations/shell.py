"""Wrong rewrites of shell constructs, words and redirections."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mutations.core import COMMAND, WORD, Sample, mutator


@mutator
def move_cd_behind(s: Sample) -> Iterator[str]:
    yield from s.each(rf"(cd {WORD})( &&|;) ({COMMAND})", lambda m: f"{m[3]}{m[2]} {m[1]}")


@mutator
def lose_cd(s: Sample) -> Iterator[str]:
    yield from s.each(rf"cd {WORD}(?: &&|;) ", "")


@mutator
def lose_a_subshell(s: Sample) -> Iterator[str]:
    yield from s.each(r"\((cd [^()\0]*)\) &&", lambda m: f"{m[1]} &&")


@mutator
def lose_a_group(s: Sample) -> Iterator[str]:
    yield from s.each(r"\{ ([^{}\0]*;) \} (?=>)", lambda m: m[1].rstrip(";") + " ")


@mutator
def drop_quotes(s: Sample) -> Iterator[str]:
    for run in s.runs:
        for match in re.finditer(r"([\"'])([^\"'`\n]*[ $*][^\"'`\n]*)\1", s.text[run.span.start : run.span.end]):
            yield s.replace(run.span.start + match.start(), run.span.start + match.end(), match[2])


@mutator
def eat_one_quote(s: Sample) -> Iterator[str]:
    for run in s.runs:
        for match in re.finditer(r"[\"']", s.text[run.span.start : run.span.end]):
            yield s.replace(run.span.start + match.start(), run.span.start + match.end(), "")


@mutator
def swap_quotes(s: Sample) -> Iterator[str]:
    for run in s.runs:
        for match in re.finditer(r"\"([^\"'`\n]*\$[^\"'`\n]*)\"", s.text[run.span.start : run.span.end]):
            yield s.replace(run.span.start + match.start(), run.span.start + match.end(), f"'{match[1]}'")


@mutator
def name_another_variable(s: Sample) -> Iterator[str]:
    for run in s.runs:
        for match in re.finditer(r"\$\{?[A-Za-z]\w*", s.text[run.span.start : run.span.end]):
            yield s.replace(run.span.start + match.end(), run.span.start + match.end(), "_X")


@mutator
def expand_early(s: Sample) -> Iterator[str]:
    yield from s.each(r"\*", "all")


@mutator
def lose_set(s: Sample) -> Iterator[str]:
    yield from s.each(r"set -[a-z]+(?:;| &&) ", "")


@mutator
def weaken_set(s: Sample) -> Iterator[str]:
    yield from s.each(r"set -[a-z]*e[a-z]*", "set +e")


@mutator
def append_instead(s: Sample) -> Iterator[str]:
    yield from s.each(r"(?<![>&\d])>(?![>&])", ">>")


@mutator
def overwrite_instead(s: Sample) -> Iterator[str]:
    yield from s.each(r">>", ">")


@mutator
def lose_a_redirection(s: Sample) -> Iterator[str]:
    yield from s.each(r" \d?(?:>>?|<) ?/[\w/.]+", "")


@mutator
def redirect_errors_too(s: Sample) -> Iterator[str]:
    yield from s.each(r"2>(?=/)", "1>")


@mutator
def another_mode(s: Sample) -> Iterator[str]:
    yield from s.each(r"(?<= )0?[0-7]{3}(?= )", lambda m: "777" if m[0] != "777" else "000")


@mutator
def lose_sudo(s: Sample) -> Iterator[str]:
    yield from s.each(r"sudo (?=[a-z])", "")


@mutator
def swap_if_branches(s: Sample) -> Iterator[str]:
    yield from s.each(r"then ([^;\0]+); else ([^;\0]+);", lambda m: f"then {m[2]}; else {m[1]};")


@mutator
def lose_else(s: Sample) -> Iterator[str]:
    yield from s.each(r" else [^;\0]+;", "")


@mutator
def shorten_a_loop(s: Sample) -> Iterator[str]:
    yield from s.each(r"(for \w+ in) [\w.]+ (?=[\w.])", lambda m: f"{m[1]} ")


@mutator
def once_instead_of_a_loop(s: Sample) -> Iterator[str]:
    yield from s.each(r"\bwhile (?=[a-z])", "until ")


@mutator
def change_a_case_pattern(s: Sample) -> Iterator[str]:
    yield from s.each(r"(?<=\w)\*\)", ")")


@mutator
def join_words(s: Sample) -> Iterator[str]:
    yield from s.each(r"(?<=[a-z]) (?=[a-z]{3,})", "")


@mutator
def split_a_word(s: Sample) -> Iterator[str]:
    yield from s.each(r"(?<=/[a-z])(?=[a-z]{3})", " ")


@mutator
def escape_a_variable(s: Sample) -> Iterator[str]:
    yield from s.each(r"\$(?=[A-Za-z])", "\\$")
