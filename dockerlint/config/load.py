"""Files and CLI options → `Settings`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dockerlint.catalogue import Rule, find, hint, rules
from dockerlint.config.keys import FIELDS, KEYS, ConfigError, as_texts, selectors
from dockerlint.config.places import YAML_NAME, nearest, rules_folder, table
from dockerlint.record import replace
from dockerlint.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


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
            changes[key] = selectors(changes[key], f"--{key.replace('_', '-')}", known)
    if "select" in changes:
        named = {
            rule.name
            for selector in as_texts(changes["select"])
            if selector.casefold() != "all"
            for rule in find(selector, known)
        }
        kept = (s for s in settings.ignore if not named.intersection(r.name for r in find(s, known)))
        settings = replace(settings, ignore=tuple(kept))
    for key, before in (("ignore", settings.ignore), ("extend_select", settings.extend_select)):
        if key in changes:
            changes[key] = before + as_texts(changes[key])
    return replace(settings, **changes)


def _read(path: str) -> Any:
    if os.path.basename(path) == "pyproject.toml":
        return table(path) or {}
    if path.endswith(".toml"):
        raise ConfigError(f"{path}: of TOML files only pyproject.toml is read; write {YAML_NAME}")
    from pathlib import Path

    from dockerlint.catalogue.pages import load_yaml  # ruamel.yaml takes 26 ms to load
    from dockerlint.catalogue.schema import PageError

    try:
        data = load_yaml(Path(path))
    except PageError as error:
        raise ConfigError(str(error)) from None
    return {} if data is None else data


def _project_rules(folder: str) -> tuple[Rule, ...]:
    """The rules in the nearest `.dockerlint/rules`."""
    pages = rules_folder(folder)
    if pages is None:
        return ()
    from pathlib import Path

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
        reader = KEYS.get(key)
        if reader is None:
            raise ConfigError(f"{path}: unknown key `{key}`{hint(str(key), KEYS)}")
        values[FIELDS.get(key, key.replace("-", "_"))] = reader(value, f"{path}: {key}", known)
    if values.get("context") is not None:
        values["context"] = os.path.join(root, values["context"])
    return Settings(**values)
