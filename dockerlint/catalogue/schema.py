"""Checks of what a rule page says. Every key has a check; what has none is an error with "did you mean"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from dockerlint.catalogue.book import hint
from dockerlint.catalogue.rule import FIX_LEVELS

Check = Callable[[Any, str], None]

OPTION_TYPES = {"int": int, "bool": bool, "str": str, "list": list}
FIELDS = ("arguments", "arguments:quoted", "keyword", "command", "subcommand", "operands", "text", "missing")
FIELD = re.compile(r"\{([^{}]*)\}")


class PageError(ValueError):
    """A rule page that cannot be used: one line that names the place."""


def fail(where: str, message: str) -> PageError:
    """An error at a place in a page."""
    return PageError(f"{where}: {message}" if where else message)


def text(value: Any, where: str) -> None:
    """A non-empty string."""
    if not isinstance(value, str) or not value.strip():
        raise fail(where, "must be text")


def flag(value: Any, where: str) -> None:
    """A switch: true or false."""
    if not isinstance(value, bool):
        raise fail(where, "must be true or false")


def number(value: Any, where: str) -> None:
    """A number that counts something."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise fail(where, "must be a whole number")


def texts(value: Any, where: str) -> None:
    """A list of strings."""
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise fail(where, "must be a list of texts (quote numbers and yes/no)")


def regex(value: Any, where: str) -> None:
    """A regular expression."""
    text(value, where)
    try:
        re.compile(value)
    except re.error as error:
        raise fail(where, f"is no regular expression: {error}") from None


def template(value: Any, where: str) -> None:
    """Text with fields such as ``{command}``."""
    text(value, where)
    for name in FIELD.findall(value):
        if name not in FIELDS:
            raise fail(where, f"unknown field `{{{name}}}`{hint(name, FIELDS)}")


def one_of(*known: str) -> Check:
    """One of some words."""

    def check(value: Any, where: str) -> None:
        if value not in known:
            raise fail(where, f"`{value}` is none of {', '.join(known)}{hint(str(value), known)}")

    return check


def pattern(expression: str, what: str) -> Check:
    """Text of a form."""
    compiled = re.compile(expression)

    def check(value: Any, where: str) -> None:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            raise fail(where, f"`{value}` is no {what}")

    return check


def mapping(keys: Mapping[str, Check], required: tuple[str, ...] = ()) -> Check:
    """A mapping with these keys and no others."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise fail(where, "must be a mapping")
        for key, item in value.items():
            if key not in keys:
                raise fail(where, f"unknown key `{key}`{hint(str(key), keys)}")
            keys[key](item, f"{where}.{key}" if where else key)
        for key in required:
            if key not in value:
                raise fail(where, f"`{key}` is missing")

    return check


def table(item: Check) -> Check:
    """A mapping from any text to something."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise fail(where, "must be a mapping")
        for key, entry in value.items():
            text(key, where)
            item(entry, f"{where}.{key}")

    return check


def lines(value: Any, where: str) -> None:
    """A line number or a list of them."""
    for line in value if isinstance(value, list) else [value]:
        number(line, where)


def _anything(_value: Any, _where: str) -> None:
    """Checked where its type is known."""


def _literal(value: Any, where: str) -> None:
    if not isinstance(value, str):
        raise fail(where, "must be text")


def _option(value: Any, where: str) -> None:
    mapping(
        {"type": one_of(*OPTION_TYPES), "default": _anything, "help": text, "choices": texts},
        required=("type", "default", "help"),
    )(value, where)
    problem = option_problem(value["type"], value.get("choices", ()), value["default"])
    if problem:
        raise fail(f"{where}.default", problem)


def option_problem(kind: str, choices: tuple[str, ...] | list[str], value: object) -> str | None:
    """What is wrong with an option's value, or None."""
    wanted = OPTION_TYPES[kind]
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        name = {"int": "a whole number", "bool": "true or false", "str": "text", "list": "a list"}[kind]
        return f"must be {name}, not `{value}`"
    if isinstance(value, list) and not all(isinstance(item, str) for item in value):
        return "must be a list of texts"
    for item in value if isinstance(value, list) else [value]:
        if choices and item not in choices:
            return f"`{item}` is none of {', '.join(choices)}{hint(str(item), choices)}"
    return None


def _case(value: Any, where: str) -> None:
    _CASE(value, where)
    if ("bad" in value) == ("good" in value):
        raise fail(where, "needs either `bad` or `good`")
    if "bad" in value and "«" not in value["bad"] and "line" not in value:
        raise fail(where, "mark the finding in `bad` «like this», or say `line:`")
    for key in ("fixed", "bytes", "line", "withheld", "unsafe", "ignored"):
        if "good" in value and key in value:
            raise fail(where, f"`{key}` belongs to a `bad` case")


def _cases(value: Any, where: str) -> None:
    if not isinstance(value, list) or not value:
        raise fail(where, "must be a list of cases")
    for index, case in enumerate(value):
        name = case.get("name", index + 1) if isinstance(case, dict) else index + 1
        _case(case, f"{where}[{name}]")


_CASE = mapping(
    {
        "name": text,
        "bad": text,
        "good": text,
        "fixed": text,
        "ignored": text,
        "unsafe": flag,
        "bytes": number,
        "line": lines,
        "withheld": text,
        "options": table(_anything),
        "context": table(_literal),
    },
    required=("name",),
)

MATCH = mapping(
    {
        "instruction": texts,
        "flags": mapping({"missing": texts, "present": texts}),
        "arguments": regex,
        "command": texts,
        "subcommand": texts,
        "missing": texts,
        "present": texts,
        "argument": regex,
        "value-options": texts,
        "shells": texts,
        "stages": one_of("shipped", "all"),
        "env-unset": texts,
    }
)

EDIT = mapping(
    {
        "title": text,
        "insert": text,
        "after": one_of("command", "subcommand"),
        "remove": pattern(r"command|-.+", "option and not `command`"),
        "replace": mapping(
            {
                "instruction": template,
                "option": table(text),
                "word": table(text),
                "command": table(text),
                "subcommand": table(text),
            }
        ),
    }
)

_PAGE = mapping(
    {
        "code": pattern(r"[A-Z]{2,6}[0-9]{3}", "code such as LAY001"),
        "name": pattern(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "name such as removed-in-later-layer"),
        "severity": one_of("error", "warning", "info", "style"),
        "default": flag,
        "fix": one_of(*FIX_LEVELS),
        "aliases": texts,
        "summary": text,
        "triggers": mapping({"instructions": texts, "commands": texts, "errors": flag}),
        "module": pattern(r"[a-z][a-z0-9_]*", "module name"),
        "options": table(_option),
        "message": template,
        "match": MATCH,
        "edit": EDIT,
        "why": text,
        "fix-safety": text,
        "references": texts,
        "cases": _cases,
    },
    required=("code", "name", "severity", "fix", "summary", "why", "cases"),
)


def check_page(data: Any, stem: str) -> None:
    """Raise PageError for the first thing that is wrong with a page whose file is `<stem>.yaml`."""
    _PAGE(data, "")
    if data["name"] != stem:
        raise fail("name", f"`{data['name']}` must be the file's name, `{stem}`")
    match, edit = data.get("match"), data.get("edit")
    if match is not None:
        if ("command" in match) == ("instruction" in match):
            raise fail("match", "needs either `command` or `instruction`")
        if "message" not in data:
            raise fail("", "a page with `match` needs a `message`")
    if edit is not None:
        if match is None:
            raise fail("edit", "needs a `match`")
        if sum(key in edit for key in ("insert", "remove", "replace")) != 1:
            raise fail("edit", "needs one of `insert`, `remove`, `replace`")
        if ("insert" in edit) != ("after" in edit):
            raise fail("edit", "`insert` and `after` belong together")
        if data["fix"] == "none":
            raise fail("fix", "is `none`, but there is an `edit`")
    if data["fix"] != "none" and "fix-safety" not in data:
        raise fail("", "a rule with a fix needs `fix-safety`")
