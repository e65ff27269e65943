"""What the builder would refuse in one instruction, and the token it would refuse."""

from __future__ import annotations

import re
from collections.abc import Callable

from dockerlint.source import Span
from dockerlint.syntax import words
from dockerlint.syntax.arguments import json_start
from dockerlint.syntax.mounts import BARE_KEYS, mount_options
from dockerlint.syntax.tree import Instruction, SyntaxIssue

KEYWORDS = frozenset(
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER"
    " VOLUME WORKDIR".split()
)
_ONE_ARGUMENT = frozenset(("WORKDIR", "USER", "STOPSIGNAL", "MAINTAINER"))
_SOME_ARGUMENT = frozenset(("LABEL", "ENV", "ARG", "EXPOSE", "VOLUME", "ONBUILD", "HEALTHCHECK", "SHELL"))
KNOWN_FLAGS = {
    "FROM": frozenset(("platform",)),
    "RUN": frozenset(("mount", "network", "security", "device")),
    "COPY": frozenset(("from", "chown", "chmod", "link", "parents", "exclude")),
    "ADD": frozenset(("chown", "chmod", "link", "keep-git-dir", "checksum", "exclude", "unpack")),
    "HEALTHCHECK": frozenset(("interval", "timeout", "start-period", "start-interval", "retries")),
}
REPEATABLE_FLAGS = frozenset(("mount", "device", "exclude"))
BOOLEAN_FLAGS = frozenset(("link", "parents", "keep-git-dir", "unpack"))
_NO_VARIABLE = (
    "variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a"
    " workaround"
)
_STAGE_NAME = re.compile(r"[a-z][a-z0-9\-_.]*")


def problem(node: Instruction, nested: bool) -> SyntaxIssue | None:
    """The first thing that the builder would refuse in this instruction; `nested` for an ONBUILD trigger."""
    keyword = node.keyword
    if keyword not in KEYWORDS:
        return _at(node, f"unknown instruction: {keyword}")
    if nested and keyword in ("FROM", "MAINTAINER"):
        return _at(node, f"{keyword} isn't allowed as an ONBUILD trigger")
    if nested and keyword == "ONBUILD":
        return _at(node, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")
    if node.flag_nodes:
        wrong = _flags(node)
        if wrong is not None:
            return wrong
    text = node.body.text
    if not text:
        if keyword in _ONE_ARGUMENT:
            return _at(node, f"{keyword} requires exactly one argument")
        if keyword in _SOME_ARGUMENT:
            return _at(node, f"{keyword} requires at least one argument")
    if node.json_words is None:
        start = json_start(keyword, text)
        if start is not None and words.json_array(text[start:]) is not None:
            message = "When using JSON array syntax, arrays must be comprised of strings only."
            return SyntaxIssue(message, node.body.span(start, len(text)))
    check = _CHECKS.get(keyword)
    return check(node) if check else None


def _at(node: Instruction, message: str, span: Span | None = None) -> SyntaxIssue:
    return SyntaxIssue(message, node.keyword_span if span is None else span)


def _flags(node: Instruction) -> SyntaxIssue | None:
    known, seen = KNOWN_FLAGS.get(node.keyword, frozenset()), set()
    for flag in node.flag_nodes:
        if flag.name not in known:
            return SyntaxIssue(f"unknown flag: --{flag.name}", flag.span)
        if flag.name in seen and flag.name not in REPEATABLE_FLAGS:
            return SyntaxIssue(f"Duplicate flag specified: --{flag.name}", flag.span)
        if flag.value is None and flag.name not in BOOLEAN_FLAGS:
            return SyntaxIssue(f"Missing a value on flag: --{flag.name}", flag.span)
        if flag.name == "from" and flag.value and "$" in flag.value:
            return SyntaxIssue(_NO_VARIABLE, flag.span)
        if flag.name == "mount":
            for option in mount_options(node, flag):
                if option.value is None and option.key not in BARE_KEYS:
                    return SyntaxIssue(f"invalid field {option.key!r} must be a key=value pair", option.span)
        seen.add(flag.name)
    return None


def _pairs(node: Instruction) -> SyntaxIssue | None:
    for pair in node.pairs:
        if pair.value is None and node.keyword != "ARG":
            if pair.legacy:
                return _at(node, f"{node.keyword} must have two arguments", pair.span)
            message = f"Syntax error - can't find = in {pair.name!r}. Must be of the form: name=value"
            return _at(node, message, pair.span)
        if not pair.name:
            return _at(node, f"{node.keyword} names can not be blank", pair.span)
    return None


def _copy(node: Instruction) -> SyntaxIssue | None:
    count = len(node.words)
    if count >= 2:
        return None
    found = "but only one was provided" if count else "but no arguments were provided"
    return _at(node, f"{node.keyword} requires at least two arguments, {found}. Destination could not be determined")


def _from(node: Instruction) -> SyntaxIssue | None:
    parts = node.words
    if len(parts) == 3 and parts[1].text.lower() == "as":
        name = parts[2]
        if not _STAGE_NAME.fullmatch(name.text.lower()):
            message = f"invalid name for build stage: {name.text!r}, name can't start with a number or contain symbols"
            return _at(node, message, name.span)
        return None
    return None if len(parts) == 1 else _at(node, "FROM requires either one or three arguments")


def _shell(node: Instruction) -> SyntaxIssue | None:
    if node.json_words is None:
        return _at(node, "SHELL requires the arguments to be in JSON form")
    return None if node.json_words else _at(node, "SHELL requires at least one argument")


def _healthcheck(node: Instruction) -> SyntaxIssue | None:
    parts = node.body.text.split(None, 1)
    kind = parts[0].upper()
    if kind == "NONE":
        return _at(node, "HEALTHCHECK NONE takes no arguments") if len(parts) > 1 else None
    if kind != "CMD":
        return _at(node, f"Unknown type {kind!r} in HEALTHCHECK (try CMD)")
    empty = len(parts) < 2 or (node.json_words is not None and not node.json_words)
    return _at(node, "Missing command after HEALTHCHECK CMD") if empty else None


_CHECKS: dict[str, Callable[[Instruction], SyntaxIssue | None]] = {
    "ENV": _pairs,
    "LABEL": _pairs,
    "ARG": _pairs,
    "COPY": _copy,
    "ADD": _copy,
    "FROM": _from,
    "SHELL": _shell,
    "HEALTHCHECK": _healthcheck,
}
