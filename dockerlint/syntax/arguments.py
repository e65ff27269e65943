"""Flags and JSON forms of an instruction, and what the builder says when arguments are wrong."""

from __future__ import annotations

import json
import re

from dockerlint.syntax import words
from dockerlint.syntax.tree import Flag, Instruction, Logical, SyntaxIssue, Word

KEYWORDS = frozenset(
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER"
    " VOLUME WORKDIR".split()
)
JSON_KEYWORDS = frozenset(("ADD", "COPY", "RUN", "CMD", "ENTRYPOINT", "SHELL", "VOLUME", "HEALTHCHECK"))
_FLAG = re.compile(r"""--(?:[^\s'"\\]|\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|["'\\])*""", re.S)
_BLANKS = re.compile(r"\s*")
_ONE_ARGUMENT = frozenset(("WORKDIR", "USER", "STOPSIGNAL", "MAINTAINER"))
_SOME_ARGUMENT = frozenset(("LABEL", "ENV", "ARG", "EXPOSE", "VOLUME", "ONBUILD", "HEALTHCHECK", "FROM", "SHELL"))
_KNOWN_FLAGS = {
    "FROM": {"platform"},
    "RUN": {"mount", "network", "security", "device"},
    "COPY": {"from", "chown", "chmod", "link", "parents", "exclude"},
    "ADD": {"chown", "chmod", "link", "keep-git-dir", "checksum", "exclude", "unpack"},
    "HEALTHCHECK": {"interval", "timeout", "start-period", "start-interval", "retries"},
}


def flags(logical: Logical, at: int) -> tuple[tuple[Flag, ...], int]:
    """The ``--flag`` words from offset `at` on, and the offset where the arguments start."""
    text, found = logical.text, []
    while True:
        at = _BLANKS.match(text, at).end()  # type: ignore[union-attr]  # always matches
        if not text.startswith("--", at):
            return tuple(found), at
        end = _FLAG.match(text, at).end()  # type: ignore[union-attr]  # starts with --
        word = text[at:end]
        if word == "--":
            return tuple(found), _BLANKS.match(text, end).end()  # type: ignore[union-attr]
        name, eq, value = _dequoted(word)[2:].partition("=")
        found.append(Flag(name, value if eq else None, word, logical.span(at, end), at))
        at = end


def _dequoted(word: str) -> str:
    if not any(c in word for c in "'\"\\"):
        return word
    try:
        return words.unquote(word)
    except ValueError:
        return word


def json_words(keyword: str, body: Logical) -> tuple[Word, ...] | None:
    """The elements of a JSON form with their spans; None when the text is not an array of strings."""
    text, shift = body.text, 0
    if keyword == "HEALTHCHECK":
        head = re.match(r"(?i)CMD\s+(?=\[)", text)
        if head is None:
            return None
        shift = head.end()
    if keyword not in JSON_KEYWORDS or not text.startswith("[", shift):
        return None
    try:
        value = json.loads(text[shift:])
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(item, str) for item in value):
        return None
    return tuple(
        Word(item, body.span(m.start(), m.end()))
        for item, m in zip(value, re.finditer(r'"(?:[^"\\]|\\.)*"', text[shift:]) if not shift else _strings(text, shift), strict=True)
    )


def _strings(text: str, start: int) -> list[re.Match[str]]:
    return list(re.compile(r'"(?:[^"\\]|\\.)*"').finditer(text, start))


def problems(node: Instruction, nested: bool) -> list[SyntaxIssue]:
    """What the builder would refuse in this instruction."""
    message = _problem(node, nested)
    return [] if message is None else [SyntaxIssue(message, node.keyword_span.cover(node.keyword_span))]


def _problem(node: Instruction, nested: bool) -> str | None:
    keyword, text = node.keyword, node.arguments
    if keyword not in KEYWORDS:
        return f"unknown instruction: {keyword}"
    if nested and keyword in ("FROM", "MAINTAINER"):
        return f"{keyword} isn't allowed as an ONBUILD trigger"
    if nested and keyword == "ONBUILD":
        return "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"
    if not text:
        if keyword in _ONE_ARGUMENT:
            return f"{keyword} requires exactly one argument"
        if keyword in _SOME_ARGUMENT:
            return f"{keyword} requires at least one argument"
    for flag in node.flag_nodes:
        if flag.name not in _KNOWN_FLAGS.get(keyword, ()):
            return f"unknown flag: --{flag.name}"
    if node.json_words is None and keyword in JSON_KEYWORDS and _is_json_array(text):
        return "When using JSON array syntax, arrays must be comprised of strings only."
    check = _CHECKS.get(keyword)
    return check(node, text) if check else None


def _is_json_array(text: str) -> bool:
    if not text.startswith("["):
        return False
    try:
        return isinstance(json.loads(text), list)
    except (ValueError, RecursionError):
        return False


def _pairs(node: Instruction, text: str) -> str | None:
    try:
        parts = words.ranges(text)
    except ValueError:
        return None
    if not parts:
        return None
    if "=" not in text[slice(*parts[0])]:
        return None if len(text.split(None, 1)) > 1 else f"{node.keyword} must have two arguments"
    for start, end in parts:
        word = text[start:end]
        if "=" not in word:
            return f"Syntax error - can't find = in {word!r}. Must be of the form: name=value"
        if word.startswith("="):
            return f"{node.keyword} names can not be blank"
    return None


def _copy(node: Instruction, text: str) -> str | None:
    count = len(node.words)
    if count >= 2:
        return None
    found = "only one was provided" if count else "but no arguments were provided"
    return f"{node.keyword} requires at least two arguments, but {found}. Destination could not be determined"


def _from(node: Instruction, text: str) -> str | None:
    parts = text.split()
    if len(parts) == 1 or (len(parts) == 3 and parts[1].lower() == "as"):
        if len(parts) == 3 and not re.fullmatch(r"[a-z][a-z0-9\-_.]*", parts[2].lower()):
            return f"invalid name for build stage: {parts[2]!r}, name can't start with a number or contain symbols"
        return None
    return "FROM requires either one or three arguments"


def _shell(node: Instruction, text: str) -> str | None:
    return None if node.json_words else "SHELL requires the arguments to be in JSON form"


def _healthcheck(node: Instruction, text: str) -> str | None:
    kind = text.split(None, 1)[0].upper()
    if kind == "NONE":
        return "HEALTHCHECK NONE takes no arguments" if len(text.split()) > 1 else None
    if kind != "CMD":
        return f"Unknown type {kind!r} in HEALTHCHECK (try CMD)"
    return "Missing command after HEALTHCHECK CMD" if len(text.split()) < 2 else None


_CHECKS = {
    "ENV": _pairs,
    "LABEL": _pairs,
    "COPY": _copy,
    "ADD": _copy,
    "FROM": _from,
    "SHELL": _shell,
    "HEALTHCHECK": _healthcheck,
}
