"""What is known of distributions of the Python Package Index: data/python_packages.json."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "data", "python_packages.json")
_SEPARATORS = re.compile(r"[-_.]+")


def normalised(name: str) -> str:
    """The name as PEP 503 compares it: ``ruamel_yaml`` and ``Ruamel.YAML`` are ``ruamel-yaml``."""
    return _SEPARATORS.sub("-", name).lower()


def modules_of(name: str) -> tuple[str, ...] | None:
    """The modules by which programs import a distribution, dotted where it shares a namespace; None when not known."""
    name = normalised(name)
    known = _table()["imports"].get(name)
    if known is not None:
        return tuple(known)
    return (name.replace("-", "_"),) if name in _table()["same"] else None


def known(name: str) -> bool:
    """Whether the table says anything about a distribution: what it needs is then known, too."""
    name = normalised(name)
    return modules_of(name) is not None or role(name) is not None


def needs_system(name: str) -> bool:
    """Whether it is built, or works, only with compilers, libraries or programs of the system."""
    return normalised(name) in _table()["builds"]


def has_wheel(name: str) -> bool:
    """Whether it is known to install on a slim Linux image without a compiler."""
    name = normalised(name)
    return not needs_system(name) and (known(name) or name.startswith(_table()["pure"]))


def role(name: str) -> str | None:
    """``test``, ``lint`` or ``notebook`` for what only serves to write a program; None for all else."""
    name = normalised(name)
    return next((role for role, names in _table()["roles"].items() if name in names), None)


def brings_torch(name: str) -> bool:
    """Whether installing it installs torch, which then comes from the same index; torch itself does."""
    return normalised(name) == "torch" or normalised(name) in _table()["torch"]


def required(names: Iterable[str]) -> set[str]:
    """The heavy distributions that these need, or use where they are there; themselves only if another needs them."""
    todo, found = [normalised(name) for name in names], set[str]()
    while todo:
        more = _table()["requires"].get(todo.pop(), frozenset()) - found
        found |= more
        todo += more
    return found


@cache
def _table() -> dict[str, Any]:
    with open(_FILE, encoding="utf-8") as file:
        data = json.load(file)
    return {
        "imports": {normalised(name): modules for name, modules in data["imports"].items()},
        "same": frozenset(data["same"].split()),
        "builds": frozenset(data["builds"].split()),
        "pure": tuple(data["pure"].split()),
        "roles": {role: frozenset(names.split()) for role, names in data["roles"].items()},
        "torch": frozenset(data["brings-torch"].split()),
        "requires": {name: frozenset(names.split()) for name, names in data["requires"].items()},
    }
