"""What an instruction hands to a shell, as BuildKit builds it."""

from __future__ import annotations

import re
from posixpath import basename

from dockerlint.shell.parse import parse
from dockerlint.shell.tree import ShellBody, ShellKind
from dockerlint.syntax.heredoc import parse_mark
from dockerlint.syntax.tree import Heredoc, Instruction, Logical
from dockerlint.syntax.words import ranges

_SHELL_KEYWORDS = frozenset(("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"))
_HEALTH_COMMAND = re.compile(r"(?i:CMD)(?:\s+|$)")


def body_of(instruction: Instruction, kind: ShellKind) -> ShellBody | None:
    """The shell body of RUN, CMD, ENTRYPOINT and HEALTHCHECK CMD, run by the shell `kind`; None for all else."""
    if instruction.keyword not in _SHELL_KEYWORDS:
        return None
    logical = instruction.body
    if instruction.keyword == "HEALTHCHECK":
        match = _HEALTH_COMMAND.match(logical.text)
        if match is None:
            return None
        logical = logical.slice(match.end(), len(logical.text))
    if instruction.json_words is not None:
        return ShellBody(logical, kind, None, "exec form")
    heredocs = instruction.heredoc_nodes
    if not heredocs:
        return parse(logical, kind)
    if any(heredoc.end_span.start == heredoc.end_span.end and heredoc.name for heredoc in heredocs):
        return ShellBody(logical, kind, None, "unterminated heredoc")
    if _is_sole(logical.text):
        return _script(heredocs[0], kind)
    return parse(_with_heredocs(logical, heredocs), kind)


def _is_sole(text: str) -> bool:
    """Whether a here-document is all that the line has, and so a script of its own."""
    words = ranges(text, heredocs=True)
    try:
        return len(words) == 1 and parse_mark(text[slice(*words[0])]) is not None
    except ValueError:
        return False


def _script(heredoc: Heredoc, kind: ShellKind) -> ShellBody:
    """A here-document that is run as a script: by the program its first line names, else by the shell."""
    logical = Logical(*_pieces(heredoc, 0))
    # The builder looks for #! before it strips tabs.
    if heredoc.body.startswith("#!") and heredoc.line_offsets[0] == heredoc.body_span.start:
        interpreter = _interpreter(heredoc.body.partition("\n")[0][2:])
        if not interpreter.posix:
            return ShellBody(logical, interpreter, None, f"script for {interpreter.name}", heredoc_script=True)
        kind = interpreter
    return parse(logical, kind, heredoc_script=True)


def _interpreter(line: str) -> ShellKind:
    """The program that a ``#!`` line names, with its options."""
    words = line.split()
    if words and basename(words[0]) == "env":
        if words[1:2] == ["-S"]:
            words = words[2:]
        elif len(words) != 2:  # the kernel hands all that follows to env as one word
            return ShellKind(" ".join(["env", *words[1:]]), ())
        else:
            words = words[1:]
    if not words:
        return ShellKind("nothing", ())
    return ShellKind(basename(words[0]), tuple(words[1:]))


def _with_heredocs(logical: Logical, heredocs: tuple[Heredoc, ...]) -> Logical:
    """The line followed by the bodies and their terminators: what the shell gets to read."""
    text = logical.text
    starts, offsets = [list(column) for column in zip(*logical.pieces, strict=True)]
    for heredoc in heredocs:
        text += "\n"
        body, body_starts, body_offsets = _pieces(heredoc, len(text))
        text += body
        starts += body_starts
        offsets += body_offsets
        starts.append(len(text))
        offsets.append(heredoc.end_span.end - len(heredoc.name))
        text += heredoc.name
    return Logical(text, starts, offsets)


def _pieces(heredoc: Heredoc, at: int) -> tuple[str, list[int], list[int]]:
    """A body's text, and where its lines start: in a text that has the body at `at`, and in the file."""
    body = heredoc.body
    if not body:
        return "", [], []
    if not heredoc.strip_tabs:
        return body, [at], [heredoc.body_span.start]
    starts = []
    for line in body.split("\n")[: len(heredoc.line_offsets)]:
        starts.append(at)
        at += len(line) + 1
    return body, starts, list(heredoc.line_offsets)
