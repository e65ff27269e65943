"""The packages that a pyproject.toml asks for, as pip, uv, Poetry and PDM read it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from dockerlint.record import record


@record
class Declared:
    """What a project needs to run."""

    dependencies: tuple[str, ...]
    """As PEP 508 writes them; those of Poetry with the name alone."""
    whole: bool
    """Nothing is declared elsewhere, and the project offers no entry points to others."""


def declared(text: str, extras: tuple[str, ...] = ()) -> Declared | None:
    """The main dependencies and those of some extras; None when it is no TOML or declares none."""
    try:
        toml = import_module("tomllib")
    except ModuleNotFoundError:  # Python 3.10
        toml = import_module("tomli")
    try:
        data = toml.loads(text)
    except (ValueError, RecursionError):
        return None
    project, poetry = _table(data, "project"), _table(data, "tool", "poetry")
    if not project and not poetry:
        return None
    found = [*_strings(project.get("dependencies")), *_poetry(_table(poetry, "dependencies"))]
    optional = _table(project, "optional-dependencies")
    for extra in extras:
        found += _strings(optional.get(extra))
    dynamic = "dependencies" in _strings(project.get("dynamic")) and not _table(poetry, "dependencies")
    plugs = project.get("entry-points") or poetry.get("plugins") or any(extra not in optional for extra in extras)
    return Declared(tuple(found), not dynamic and not plugs)


def _table(data: Any, *keys: str) -> dict[str, Any]:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def _strings(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _poetry(table: dict[str, Any]) -> Iterator[str]:
    """Poetry's own table; what is optional there is not installed."""
    for name, value in table.items():
        if name.lower() != "python" and not (isinstance(value, dict) and value.get("optional")):
            elsewhere = isinstance(value, dict) and not {"git", "path", "url"}.isdisjoint(value)
            yield f"{name} @ https://elsewhere" if elsewhere else str(name)
