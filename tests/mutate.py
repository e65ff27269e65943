"""Deliberate wrong rewrites of a Dockerfile, of many kinds. Each is wrong by construction: what might change nothing is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dockerlint.syntax import Dockerfile, Instruction, parse

Mutator = Callable[["Sample"], Iterator[str]]
MUTATORS: dict[str, Mutator] = {}
_WORD = r"[\w./:@%+,=*-]+"
_COMMAND = rf"(?!rm -rf /var/lib/apt|set\b|true\b|:|export\b|cd /(?![\w]))[a-z][\w./-]*(?: {_WORD})*"
_SUFFICES = {"rm", "mkdir", "touch", "chmod", "echo", "make", "cp", "mv"}


@dataclass(frozen=True)
class Sample:
    """A text, its tree, and a mask in which only the live code of shell-form RUNs is left."""

    text: str
    tree: Dockerfile
    mask: str

    @classmethod
    def of(cls, text: str) -> Sample:
        tree = parse(text)
        return cls(text, tree, _mask(text, tree))

    @property
    def runs(self) -> list[Instruction]:
        return [node for node in self.tree.instructions if _followed(node)]

    def replace(self, start: int, end: int, new: str) -> str:
        return self.text[:start] + new + self.text[end:]

    def each(self, pattern: str, new: Callable[[re.Match[str]], str | None], outside: str = "") -> Iterator[str]:
        """One text for each match in live code; `outside`: a pattern that the RUN must not have."""
        for match in re.finditer(pattern, self.mask):
            run = next(n for n in self.runs if n.span.start <= match.start() < n.span.end)
            shell = any(n.keyword == "SHELL" for n in self.tree.instructions)
            if outside and (re.search(outside, run.arguments) or (shell and "set" in outside)):
                continue
            written = new(match)
            if written is not None and written != self.text[match.start() : match.end()]:
                yield self.replace(match.start(), match.end(), written)


def _followed(node: Instruction) -> bool:
    return node.keyword == "RUN" and node.json_words is None and not node.heredoc_nodes


def _mask(text: str, tree: Dockerfile) -> str:
    out = ["\0"] * len(text)
    for node in tree.instructions:
        if not _followed(node) or "`" in node.arguments:
            continue
        body = node.body
        quote, depth = "", 0
        for i, char in enumerate(body.text):
            at = body.offset(i)
            before = body.text[i - 1] if i else " "
            if quote:
                quote = "" if char == quote and before != "\\" else quote
            elif char in "\"'":
                quote = char
            elif char == "(" and before == "$":
                depth += 1
            elif depth:
                depth += (char == "(") - (char == ")")
            elif char == "#" and before in " \t":
                break
            else:
                out[at] = char
    return "".join(out)


def mutator(function: Mutator) -> Mutator:
    """Register a kind of mutation under its function's name."""
    MUTATORS[function.__name__] = function
    return function


def wrong(text: str, kind: str, most: int = 8) -> list[str]:
    """Some mutations of one kind."""
    found: list[str] = []
    for mutated in MUTATORS[kind](Sample.of(text)):
        if mutated != text and mutated not in found:
            found.append(mutated)
        if len(found) == most:
            break
    return found


@mutator
def drop_a_command(s: Sample) -> Iterator[str]:
    yield from s.each(rf"[ \t]*&& {_COMMAND}(?=[ \t]*(?:&&|\0|$))", lambda m: "")


@mutator
def drop_the_first_command(s: Sample) -> Iterator[str]:
    yield from s.each(rf"(?<=\0){_COMMAND} && (?=[a-z])", lambda m: "")


@mutator
def swap_two_commands(s: Sample) -> Iterator[str]:
    yield from s.each(rf"({_COMMAND}) && ({_COMMAND})(?=[ \t]*(?:&&|\0|$))", lambda m: f"{m[2]} && {m[1]}")


@mutator
def repeat_a_command(s: Sample) -> Iterator[str]:
    yield from s.each(rf"&& ({_COMMAND})(?=[ \t]*(?:&&|\0|$))", lambda m: f"{m[0]} && {m[1]}")


@mutator
def add_a_command(s: Sample) -> Iterator[str]:
    yield from s.each(r"&& (?=[a-z])", lambda m: "&& chmod 777 /etc && ")


@mutator
def lose_an_option(s: Sample) -> Iterator[str]:
    yield from s.each(r"(?<=[\w]) --?[a-zA-Z][\w=-]*(?=[ \n])", lambda m: "")


@mutator
def lose_an_argument(s: Sample) -> Iterator[str]:
    yield from s.each(r"(?<=[a-z]) [a-z][\w./]{3,}(?= )", lambda m: "")


@mutator
def change_an_argument(s: Sample) -> Iterator[str]:
    yield from s.each(r"(?<= )[a-z][a-z]{4,}(?= )", lambda m: m[0][::-1] if m[0] != m[0][::-1] else None)


@mutator
def swap_two_arguments(s: Sample) -> Iterator[str]:
    yield from s.each(rf"(?<=[a-z]) ({_WORD}) ({_WORD})(?=\0|$)", lambda m: f" {m[2]} {m[1]}")


@mutator
def go_on_after_failure(s: Sample) -> Iterator[str]:
    """`a && b` to `a; b`: another thing wherever errexit does not do the same."""
    yield from s.each(rf"({_COMMAND}) && ", lambda m: f"{m[1]}; ", outside=r"\bset -")


@mutator
def run_on_failure_instead(s: Sample) -> Iterator[str]:
    yield from s.each("&&", lambda m: "||", outside=r"\bset -")


@mutator
def run_on_success_instead(s: Sample) -> Iterator[str]:
    yield from s.each(r"\|\|", lambda m: "&&")


@mutator
def pipe_instead(s: Sample) -> Iterator[str]:
    yield from s.each("&&", lambda m: "|", outside=r"\bset -")


@mutator
def chain_instead_of_pipe(s: Sample) -> Iterator[str]:
    yield from s.each(r"(?<!\|)\|(?!\|)", lambda m: "&&")


@mutator
def leave_it_running(s: Sample) -> Iterator[str]:
    yield from s.each("&&", lambda m: "&")


@mutator
def hide_the_failure(s: Sample) -> Iterator[str]:
    yield from s.each(r"&&", lambda m: "|| true &&")


@mutator
def hide_the_last_failure(s: Sample) -> Iterator[str]:
    for run in s.runs:
        if not re.search(r"#|\|\| true|[&;\\]\s*$", run.arguments):
            yield s.replace(run.span.end, run.span.end, " || true")


@mutator
def negate(s: Sample) -> Iterator[str]:
    yield from s.each(r"&& (?=[a-z])", lambda m: "&& ! ")


@mutator
def lose_a_negation(s: Sample) -> Iterator[str]:
    yield from s.each(r"! (?=[a-z])", lambda m: "")


@mutator
def move_cd_behind(s: Sample) -> Iterator[str]:
    yield from s.each(rf"(cd {_WORD})( &&|;) ({_COMMAND})", lambda m: f"{m[3]}{m[2]} {m[1]}")


@mutator
def lose_cd(s: Sample) -> Iterator[str]:
    yield from s.each(rf"cd {_WORD}(?: &&|;) ", lambda m: "")


@mutator
def lose_a_subshell(s: Sample) -> Iterator[str]:
    yield from s.each(r"\((cd [^()\0]*)\) &&", lambda m: f"{m[1]} &&")


@mutator
def lose_a_group(s: Sample) -> Iterator[str]:
    yield from s.each(r"\{ ([^{}\0]*;) \} (?=>)", lambda m: m[1].rstrip(";") + " ")


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
    yield from s.each(r"(?<=[\w/*]) && (?=[a-z])", lambda m: " # && ")


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
    yield from s.each(r"\*", lambda m: "all")


@mutator
def lose_set(s: Sample) -> Iterator[str]:
    yield from s.each(r"set -[a-z]+(?:;| &&) ", lambda m: "")


@mutator
def weaken_set(s: Sample) -> Iterator[str]:
    yield from s.each(r"set -[a-z]*e[a-z]*", lambda m: "set +e")


@mutator
def append_instead(s: Sample) -> Iterator[str]:
    yield from s.each(r"(?<![>&\d])>(?![>&])", lambda m: ">>")


@mutator
def overwrite_instead(s: Sample) -> Iterator[str]:
    yield from s.each(r">>", lambda m: ">")


@mutator
def lose_a_redirection(s: Sample) -> Iterator[str]:
    yield from s.each(r" \d?(?:>>?|<) ?/[\w/.]+", lambda m: "")


@mutator
def redirect_errors_too(s: Sample) -> Iterator[str]:
    yield from s.each(r"2>(?=/)", lambda m: "1>")


@mutator
def another_mode(s: Sample) -> Iterator[str]:
    yield from s.each(r"(?<= )0?[0-7]{3}(?= )", lambda m: "777" if m[0] != "777" else "000")


@mutator
def lose_sudo(s: Sample) -> Iterator[str]:
    yield from s.each(r"sudo (?=[a-z])", lambda m: "")


@mutator
def swap_if_branches(s: Sample) -> Iterator[str]:
    yield from s.each(r"then ([^;\0]+); else ([^;\0]+);", lambda m: f"then {m[2]}; else {m[1]};")


@mutator
def lose_else(s: Sample) -> Iterator[str]:
    yield from s.each(r" else [^;\0]+;", lambda m: "")


@mutator
def shorten_a_loop(s: Sample) -> Iterator[str]:
    yield from s.each(r"(for \w+ in) [\w.]+ (?=[\w.])", lambda m: f"{m[1]} ")


@mutator
def once_instead_of_a_loop(s: Sample) -> Iterator[str]:
    yield from s.each(r"\bwhile (?=[a-z])", lambda m: "until ")


@mutator
def change_a_case_pattern(s: Sample) -> Iterator[str]:
    yield from s.each(r"(?<=\w)\*\)", lambda m: ")")


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
    for a, b in zip(s.tree.instructions, s.tree.instructions[1:], strict=False):
        x, y = (s.text[n.span.start : n.span.end] for n in (a, b))
        if " ".join(x.split()) != " ".join(y.split()):
            yield s.text[: a.span.start] + y + s.text[a.span.end : b.span.start] + x + s.text[b.span.end :]


@mutator
def join_across(s: Sample) -> Iterator[str]:
    """`RUN a` / USER / `RUN b` to `RUN a && b` / USER, whatever stands between."""
    nodes = s.tree.instructions
    for a, b, c in zip(nodes, nodes[1:], nodes[2:], strict=False):
        if _followed(a) and _followed(c) and b.keyword != "RUN" and "#" not in a.arguments and not c.flag_nodes:
            body = s.text[c.body.offset(0) : c.span.end]
            yield s.text[: a.span.end] + f" && {body}" + s.text[a.span.end : c.span.start] + s.text[c.span.end + 1 :]


@mutator
def join_what_changes_the_shell(s: Sample) -> Iterator[str]:
    """A plain `A && B` where A leaves another folder, umask or variable behind and B is a plain command."""
    for a, b in zip(s.tree.instructions, s.tree.instructions[1:], strict=False):
        stateful = re.match(r"(?:cd (?!/\s)|umask|export|trap|[A-Z]+=\S+ ?(?:&&|;))", a.arguments)
        if _followed(a) and _followed(b) and stateful and not (a.flag_nodes or b.flag_nodes) and "||" not in a.arguments:
            yield _joined(s, a, b, " && ")


@mutator
def join_a_list(s: Sample) -> Iterator[str]:
    """`A && x; y` where B is the list `x; y`: its second half would run after a failed A."""
    for a, b in zip(s.tree.instructions, s.tree.instructions[1:], strict=False):
        shell = any(n.keyword == "SHELL" for n in s.tree.instructions)
        if _followed(a) and _followed(b) and re.match(r"(?!(?:if|for|while|until|case|export|cd)\b)[a-z/.\w -]+(?:\|\||;) [a-z]", b.arguments) and "set" not in a.arguments + b.arguments and not shell:
            yield _joined(s, a, b, " && ")


@mutator
def join_in_the_background(s: Sample) -> Iterator[str]:
    for a, b in zip(s.tree.instructions, s.tree.instructions[1:], strict=False):
        if _followed(a) and _followed(b):
            yield _joined(s, a, b, " & ")


@mutator
def join_on_failure(s: Sample) -> Iterator[str]:
    for a, b in zip(s.tree.instructions, s.tree.instructions[1:], strict=False):
        if _followed(a) and _followed(b):
            yield _joined(s, a, b, " || ")


@mutator
def join_without_grouping_errexit(s: Sample) -> Iterator[str]:
    """`(set -e; x; y) && B`: errexit does nothing there."""
    for a, b in zip(s.tree.instructions, s.tree.instructions[1:], strict=False):
        if _followed(a) and _followed(b) and re.match(r"set -e\w*; [^;]+; ", a.arguments) and not b.flag_nodes:
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


@mutator
def reorder_stages(s: Sample) -> Iterator[str]:
    starts = [n.span.start for n in s.tree.instructions if n.keyword == "FROM"]
    for a, b, c in zip(starts, starts[1:], [*starts[2:], len(s.text)], strict=False):
        if s.text[a:b].split() != s.text[b:c].split():
            yield s.text[:a] + s.text[b:c] + s.text[a:b] + s.text[c:]


@mutator
def drop_a_stage(s: Sample) -> Iterator[str]:
    starts = [n.span.start for n in s.tree.instructions if n.keyword == "FROM"]
    for a, b in zip(starts, starts[1:], strict=False):
        yield s.text[:a] + s.text[b:]


@mutator
def another_base(s: Sample) -> Iterator[str]:
    for node in s.tree.instructions:
        if node.keyword == "FROM" and node.words:
            yield s.replace(node.words[0].span.end, node.words[0].span.end, "x")


@mutator
def another_value(s: Sample) -> Iterator[str]:
    for node in s.tree.instructions:
        if node.keyword in ("ENV", "ARG", "WORKDIR", "USER", "EXPOSE", "LABEL", "COPY", "ADD", "STOPSIGNAL") and node.words and not node.heredoc_nodes:
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
def drop_a_continuation(s: Sample) -> Iterator[str]:
    for match in re.finditer(rf"[ \t]*{re.escape(s.tree.escape)}(?=\r?\n)", s.text):
        if any(n.start_line < n.head_end_line and n.span.start < match.start() < n.span.end for n in s.tree.instructions):
            comment = s.text[s.text.rfind("\n", 0, match.start()) + 1 : match.start()].lstrip().startswith("#")
            if not comment:
                yield s.replace(match.start(), match.end(), "")


@mutator
def add_a_continuation(s: Sample) -> Iterator[str]:
    for a, b in zip(s.tree.instructions, s.tree.instructions[1:], strict=False):
        if b.start_line == a.end_line + 1 and not a.heredoc_nodes:
            yield s.replace(a.span.end, a.span.end, f" {s.tree.escape}")


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
        yield s.replace(at, at, s.tree.source.newline) if s.text[:1] != "\ufeff" or at else s.replace(1, 1, s.tree.source.newline)


@mutator
def push_a_pragma_away(s: Sample) -> Iterator[str]:
    for comment in s.tree.comments:
        if re.match(r"# *(?:hadolint|dockerlint:)", comment.text) and any(n.start_line == comment.line + 1 for n in s.tree.instructions):
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


@mutator
def join_words(s: Sample) -> Iterator[str]:
    yield from s.each(r"(?<=[a-z]) (?=[a-z]{3,})", lambda m: "")


@mutator
def split_a_word(s: Sample) -> Iterator[str]:
    yield from s.each(r"(?<=/[a-z])(?=[a-z]{3})", lambda m: " ")


@mutator
def escape_a_variable(s: Sample) -> Iterator[str]:
    yield from s.each(r"\$(?=[A-Za-z])", lambda m: "\\$")
