"""Where configuration is looked for: from the Dockerfile's folder upwards, as far as the repository's root."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from dockerlint.config.keys import ConfigError

YAML_NAME = ".dockerlint.yaml"
RULES_FOLDER = os.path.join(".dockerlint", "rules")


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


def rules_folder(folder: str) -> str | None:
    """The nearest `.dockerlint/rules` that rules a folder."""
    return next((p for at in _upwards(folder) if os.path.isdir(p := os.path.join(at, RULES_FOLDER))), None)


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
            return b"dockerlint" in file.read() and table(path) is not None
    except OSError:
        return False


def table(path: str) -> Any:
    """`[tool.dockerlint]`, or None. Raises ConfigError for broken TOML."""
    try:
        toml = import_module("tomllib")
    except ModuleNotFoundError:  # Python 3.10
        toml = import_module("tomli")
    try:
        with open(path, "rb") as file:
            tools = toml.load(file).get("tool")
    except (OSError, ValueError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise ConfigError(f"{path}: {error}") from None
    return tools.get("dockerlint") if isinstance(tools, dict) else None
