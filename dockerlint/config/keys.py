"""The keys of a configuration, each with the function that reads and checks its value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dockerlint.catalogue import Rule, find, hint, suggest
from dockerlint.findings import Severity
from dockerlint.settings import CACHE, JOINED, JOINING

LEVELS = ("error", "warning", "info", "style")


class ConfigError(Exception):
    """A configuration that cannot be used: one line for the user, exit code 2."""


def level(text: str, where: str = "--fail-on") -> Severity | None:
    """A severity by name; ``never`` is None. Raises ConfigError."""
    if text == "never":
        return None
    if text not in LEVELS:
        known = (*LEVELS, "never")
        raise ConfigError(f"{where}: `{text}` is none of {', '.join(known)}{hint(text, known)}")
    return Severity[text.upper()]


def as_texts(value: object) -> tuple[str, ...]:
    """A list that was checked already."""
    return tuple(value) if isinstance(value, (list, tuple)) else ()


def _texts(value: object, where: str, _known: tuple[Rule, ...] = ()) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise ConfigError(f"{where}: must be a list of texts")
    return tuple(value)


def selectors(value: object, where: str, known: tuple[Rule, ...]) -> tuple[str, ...]:
    """Names, codes, aliases or prefixes of rules. Raises ConfigError for one that means none."""
    for selector in _texts(value, where):
        _rules_of(selector, where, known)
    return as_texts(value)


def _rules_of(selector: object, where: str, known: tuple[Rule, ...]) -> tuple[Rule, ...]:
    found = find(selector, known) if isinstance(selector, str) else ()
    if not found:
        near = suggest(str(selector), known)
        raise ConfigError(f"{where}: unknown rule `{selector}`" + (f"; did you mean `{near}`?" if near else ""))
    return found


def _one_of(*words: str) -> Callable[[object, str, tuple[Rule, ...]], str]:
    def reader(value: object, where: str, _known: tuple[Rule, ...]) -> str:
        if not isinstance(value, str) or value not in words:
            raise ConfigError(f"{where}: `{value}` is none of {', '.join(words)}{hint(str(value), words)}")
        return value

    return reader


def _text(value: object, where: str, _known: tuple[Rule, ...]) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{where}: must be text")
    return value


def _flag(value: object, where: str, _known: tuple[Rule, ...]) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"{where}: must be true or false")
    return value


def _level(value: object, where: str, _known: tuple[Rule, ...]) -> Severity | None:
    return level(str(value), where)


def _mapping(value: object, where: str) -> dict[object, object]:
    if not isinstance(value, dict):
        raise ConfigError(f"{where}: must be a mapping")
    return value


def _severities(value: object, where: str, known: tuple[Rule, ...]) -> dict[str, Severity]:
    found: dict[str, Severity] = {}
    for selector, name in _mapping(value, where).items():
        _rules_of(selector, where, known)
        wanted = level(str(name), f"{where}.{selector}")
        if wanted is None:
            raise ConfigError(f"{where}.{selector}: `never` is no severity; put the rule into `ignore`")
        found[str(selector)] = wanted
    return found


def _options(value: object, where: str, known: tuple[Rule, ...]) -> dict[str, Mapping[str, object]]:
    from dockerlint.catalogue.schema import option_problem

    found: dict[str, Mapping[str, object]] = {}
    for selector, options in _mapping(value, where).items():
        matching = _rules_of(selector, where, known)
        if len(matching) > 1:
            raise ConfigError(f"{where}: `{selector}` means several rules; options belong to one")
        rule, at = matching[0], f"{where}.{selector}"
        for name, given in _mapping(options, at).items():
            option = rule.options.get(str(name))
            if option is None:
                raise ConfigError(f"{at}: unknown option `{name}`{hint(str(name), rule.options)}")
            problem = option_problem(option.type, option.choices, given)
            if problem:
                raise ConfigError(f"{at}.{name}: {problem}")
        found[rule.name] = {str(name): given for name, given in _mapping(options, at).items()}
    return found


FIELDS = {"rules": "options"}
KEYS: dict[str, Callable[[Any, str, tuple[Rule, ...]], object]] = {
    "select": selectors,
    "ignore": selectors,
    "extend-select": selectors,
    "severity": _severities,
    "fail-on": _level,
    "context": _text,
    "rules": _options,
    "unsafe-fixes": _flag,
    "joining": _one_of(*JOINING),
    "joined": _one_of(*JOINED),
    "cache": _one_of(*CACHE),
    "exclude": _texts,
    "format": _text,
}
