"""Settings from the nearest `.dockerlint.yaml` or `[tool.dockerlint]` of pyproject.toml, and the CLI's over them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from dockerlint.catalogue import Rule, find, hint, rules, suggest
from dockerlint.findings import Severity
from dockerlint.settings import CACHE, JOINING, Settings

YAML_NAME = ".dockerlint.yaml"
RULES_FOLDER = os.path.join(".dockerlint", "rules")
LEVELS = ("error", "warning", "info", "style")


class ConfigError(Exception):
    """A configuration that cannot be used: one line for the user, exit code 2."""


def load(folder: str | Path) -> Settings:
    """The settings for a Dockerfile in `folder`. Raises ConfigError."""
    found = nearest(os.path.abspath(folder))
    project = _project_rules(os.path.abspath(folder))
    if found is None:
        return Settings(user_rules=project)
    return _settings(found, _read(found), project)


def load_file(path: str | Path) -> Settings:
    """The settings of a file named by --config. Raises ConfigError."""
    name = os.path.abspath(path)
    if not os.path.isfile(name):
        raise ConfigError(f"{path}: no such file")
    return _settings(name, _read(name), _project_rules(os.path.dirname(name)))


def nearest(folder: str) -> str | None:
    """The configuration file that rules a folder: searched upwards, as far as the repository's root."""
    for at in _upwards(folder):
        own = os.path.join(at, YAML_NAME)
        if os.path.isfile(own):
            return own
        project = os.path.join(at, "pyproject.toml")
        if os.path.isfile(project) and _mentions_us(project):
            return project
    return None


class Resolver:
    """Settings by path, each configuration file read once; `engine.check_paths` takes `resolver.settings_for`."""

    def __init__(self, config: str | None = None, isolated: bool = False, overlay: Mapping[str, object] | None = None):
        self._fixed = Settings() if isolated else load_file(config) if config else None
        self._overlay = dict(overlay or {})
        if self._fixed is not None:
            self._fixed = merge(self._fixed, **self._overlay)
        self._by_folder: dict[str, Settings] = {}
        self._by_file: dict[tuple[str | None, str | None], Settings] = {}

    def settings_for(self, path: str) -> Settings:
        """The settings for a Dockerfile, CLI options laid over. Raises ConfigError."""
        if self._fixed is not None:
            return self._fixed
        folder = os.path.dirname(os.path.abspath(path))
        known = self._by_folder.get(folder)
        if known is None:
            # Folders ruled by the same files share one Settings, which the engine prepares once.
            key = (nearest(folder), rules_folder(folder))
            if key not in self._by_file:
                self._by_file[key] = merge(load(folder), **self._overlay)
            known = self._by_folder[folder] = self._by_file[key]
        return known


def merge(settings: Settings, **given: object) -> Settings:
    """`settings` with what the CLI was given laid over them; None means not given. Raises ConfigError.

    ``ignore`` and ``extend_select`` are added to those of the file, all else takes their place; ``select`` also frees
    the rules that it names from the file's ``ignore``.
    """
    changes = {key: value for key, value in given.items() if value is not None}
    known = rules() + settings.user_rules
    for key in ("select", "ignore", "extend_select"):
        if key in changes:
            changes[key] = _selectors(changes[key], f"--{key.replace('_', '-')}", known)
    if "select" in changes:
        named = {
            rule.name
            for selector in _as_texts(changes["select"])
            if selector.casefold() != "all"
            for rule in find(selector, known)
        }
        kept = (s for s in settings.ignore if not named.intersection(r.name for r in find(s, known)))
        settings = replace(settings, ignore=tuple(kept))
    for key, before in (("ignore", settings.ignore), ("extend_select", settings.extend_select)):
        if key in changes:
            changes[key] = before + _as_texts(changes[key])
    return replace(settings, **changes)  # type: ignore[arg-type]  # the CLI's names and types are those of Settings


def level(text: str, where: str = "--fail-on") -> Severity | None:
    """A severity by name; ``never`` is None. Raises ConfigError."""
    if text == "never":
        return None
    if text not in LEVELS:
        known = (*LEVELS, "never")
        raise ConfigError(f"{where}: `{text}` is none of {', '.join(known)}{hint(text, known)}")
    return Severity[text.upper()]


def _upwards(folder: str) -> Iterable[str]:
    """`folder` and those above it, up to the one that has .git or to the root."""
    at = folder
    while True:
        yield at
        parent = os.path.dirname(at)
        if parent == at or os.path.exists(os.path.join(at, ".git")):
            return
        at = parent


def _mentions_us(path: str) -> bool:
    """Whether a pyproject.toml may have our table: most have not, and need no TOML parser."""
    try:
        with open(path, "rb") as file:
            return b"dockerlint" in file.read() and _table(path) is not None
    except OSError:
        return False


def _table(path: str) -> Any:
    """`[tool.dockerlint]`, or None. Raises ConfigError for broken TOML."""
    try:
        toml = import_module("tomllib")
    except ModuleNotFoundError:  # Python 3.10
        toml = import_module("tomli")
    try:
        with open(path, "rb") as file:
            return toml.load(file).get("tool", {}).get("dockerlint")
    except (OSError, ValueError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise ConfigError(f"{path}: {error}") from None


def _read(path: str) -> Any:
    if os.path.basename(path) == "pyproject.toml":
        return _table(path) or {}
    if path.endswith(".toml"):
        raise ConfigError(f"{path}: of TOML files only pyproject.toml is read; write {YAML_NAME}")
    from dockerlint.catalogue.pages import load_yaml  # ruamel.yaml takes 26 ms to load
    from dockerlint.catalogue.schema import PageError

    try:
        data = load_yaml(Path(path))
    except PageError as error:
        raise ConfigError(str(error)) from None
    return {} if data is None else data


def rules_folder(folder: str) -> str | None:
    """The nearest `.dockerlint/rules` that rules a folder."""
    return next((p for at in _upwards(folder) if os.path.isdir(p := os.path.join(at, RULES_FOLDER))), None)


def _project_rules(folder: str) -> tuple[Rule, ...]:
    """The rules in the nearest `.dockerlint/rules`."""
    pages = rules_folder(folder)
    if pages is None:
        return ()
    from dockerlint.catalogue.compile import user_rules
    from dockerlint.catalogue.schema import PageError

    try:
        return user_rules(Path(pages))
    except PageError as error:
        raise ConfigError(str(error)) from None


def _settings(path: str, data: Any, project: tuple[Rule, ...]) -> Settings:
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: must be a mapping of settings")
    known = rules() + project
    root = os.path.dirname(path)
    values: dict[str, Any] = {"root": root, "user_rules": project}
    for key, value in data.items():
        reader = _KEYS.get(key)
        if reader is None:
            raise ConfigError(f"{path}: unknown key `{key}`{hint(str(key), _KEYS)}")
        values[_FIELDS.get(key, key.replace("-", "_"))] = reader(value, f"{path}: {key}", known)
    if values.get("context") is not None:
        values["context"] = os.path.join(root, values["context"])
    return Settings(**values)


def _as_texts(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, (list, tuple)) else ()


def _texts(value: object, where: str, _known: tuple[Rule, ...] = ()) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise ConfigError(f"{where}: must be a list of texts")
    return tuple(value)


def _selectors(value: object, where: str, known: tuple[Rule, ...]) -> tuple[str, ...]:
    for selector in _texts(value, where):
        _rules_of(selector, where, known)
    return _as_texts(value)


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


_FIELDS = {"rules": "options"}
_KEYS: dict[str, Callable[[Any, str, tuple[Rule, ...]], object]] = {
    "select": _selectors,
    "ignore": _selectors,
    "extend-select": _selectors,
    "severity": _severities,
    "fail-on": _level,
    "context": _text,
    "rules": _options,
    "unsafe-fixes": _flag,
    "joining": _one_of(*JOINING),
    "cache": _one_of(*CACHE),
    "exclude": _texts,
    "format": _text,
}
