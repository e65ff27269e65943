"""Package managers as data: one YAML file each, compiled to `managers.json` beside it (`make compile`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from dockerlint.record import record

COMPILED = Path(__file__).with_name("managers.json")


@record
class Cache:
    """A cache that a manager leaves in the layer."""

    kind: str
    paths: tuple[str, ...]
    """Where it lies, the usual place first; ``~`` is the user's home, ``/~/`` some folder that is not known."""
    root_paths: tuple[str, ...]
    """Where it lies for root, if elsewhere."""
    image_paths: Mapping[str, tuple[str, ...]]
    """Where it lies in official images whose ENV says so."""
    place: str | None
    """Words for where it lies when no path can be named."""
    filled_by: frozenset[str]
    """Sub-commands (one or two words) that fill it; "" for a call without one, ``*`` for a manager that has none."""
    avoided_by: frozenset[str]
    """Options that keep it empty."""
    avoided_env: frozenset[str]
    """Variables that, set to anything but a false value, keep it empty."""
    moved_by: frozenset[str]
    """Options that put it elsewhere."""
    moved_env: frozenset[str]
    option: str | None
    """The manager's own option against the cache."""
    option_for: frozenset[str]
    """Sub-commands that take it."""
    option_fills: frozenset[str]
    """Sub-commands that fill the cache for a later one, so the option alone does not help."""
    option_missing: frozenset[str]
    """Images (``name:tag prefix``) whose manager is too old for the option."""
    clean: tuple[str, ...]
    """The command that empties it; ``{program}`` is the one called, ``{path}`` the first place."""
    old_images: frozenset[str]
    """Images (``name:tag prefix``) whose manager is so old that `old_clean` is the command."""
    old_clean: tuple[str, ...]
    emptied_by: frozenset[str]
    """Sub-commands (one or two words) that empty it."""
    self_cleaning: frozenset[str]
    """Images that empty it by themselves."""
    absent_images: frozenset[str]
    """Images in which what is written there does not get into a layer."""
    needed_by: frozenset[str]
    """Sub-commands that read what an earlier command put there; ``*`` for all."""
    needed_options: frozenset[str]
    """Options with which any sub-command reads it."""
    needed_env: frozenset[str]
    """Variables that, set, do the same."""
    dependencies: bool
    """It is where later builds and the program itself find their libraries: no waste while something may read it."""
    index: bool
    """It is fetched once: a later command finds it there and adds little."""
    cost: str | None
    """Row of the cost table."""


@record
class Manager:
    """One package manager."""

    name: str
    programs: frozenset[str]
    modules: frozenset[str]
    """``python -m`` names."""
    value_options: frozenset[str]
    operations: frozenset[str]
    """Options that say what to do, where there are no sub-commands (``pacman -S``)."""
    operation_letters: frozenset[str]
    """Options that make another operation of it (``-c`` in ``pacman -Sc``)."""
    clusters: bool
    """``-abc`` is three options, not one."""
    goals: bool
    """Each operand is a sub-command (``mvn clean package``)."""
    install: frozenset[str]
    uninstall: frozenset[str]
    uninstall_options: frozenset[str]
    index: frozenset[str]
    """Sub-commands that fetch the package index."""
    system: bool
    images: frozenset[str]
    """Official images it belongs to."""
    costs: str | None
    """Prefix of package rows in the cost table."""
    database: str | None
    """Row of the cost table: one copy of the package database."""
    caches: tuple[Cache, ...]
    empties: frozenset[str]
    """Other managers whose caches its clean-up empties as well."""
    configured_by: frozenset[str]
    """Beginnings of commands after which nothing is known of its caches (``npm config set cache``)."""
    configured_files: frozenset[str]
    """Names of files that do the same when they are copied by name."""

    def cache(self, kind: str) -> Cache:
        """The cache of that kind."""
        return next(c for c in self.caches if c.kind == kind)


_CACHE_SETS = (
    "filled-by avoided-by avoided-env moved-by moved-env option-for option-fills option-missing emptied-by"
    " self-cleaning absent-images old-images needed-by needed-options needed-env"
).split()
_CACHE_KEYS = {
    *_CACHE_SETS,
    *(
        "kind",
        "paths",
        "root-paths",
        "image-paths",
        "place",
        "option",
        "clean",
        "old-clean",
        "cost",
        "dependencies",
        "index",
    ),
}
_SETS = (
    "programs modules value-options operations operation-letters install uninstall uninstall-options index images"
    " empties configured-by configured-files"
).split()
_KEYS = {*_SETS, "name", "system", "costs", "database", "caches", "goals", "clusters"}


def _names(row: Mapping[str, Any], keys: list[str]) -> dict[str, frozenset[str]]:
    return {key.replace("-", "_"): frozenset(row.get(key, ())) for key in keys}


def _cache(row: Mapping[str, Any]) -> Cache:
    if unknown := row.keys() - _CACHE_KEYS:
        raise ValueError(f"unknown cache key {sorted(unknown)[0]!r}")
    return Cache(
        kind=row["kind"],
        paths=tuple(row["paths"]),
        root_paths=tuple(row.get("root-paths", ())),
        image_paths={image: tuple(paths) for image, paths in row.get("image-paths", {}).items()},
        place=row.get("place"),
        dependencies=bool(row.get("dependencies")),
        index=bool(row.get("index")),
        option=row.get("option"),
        clean=tuple(row.get("clean", ())),
        old_clean=tuple(row.get("old-clean", ())),
        cost=row.get("cost"),
        **_names(row, _CACHE_SETS),
    )


def manager(row: Mapping[str, Any]) -> Manager:
    """A manager from its data. Raises ValueError or KeyError on data that is not right."""
    if unknown := row.keys() - _KEYS:
        raise ValueError(f"unknown key {sorted(unknown)[0]!r}")
    return Manager(
        name=row["name"],
        system=bool(row.get("system")),
        goals=bool(row.get("goals")),
        clusters=bool(row.get("clusters", True)),
        costs=row.get("costs"),
        database=row.get("database"),
        caches=tuple(_cache(c) for c in row.get("caches", ())),
        **_names(row, _SETS),
    )


@cache
def managers() -> Mapping[str, Manager]:
    """All managers by name."""
    rows = json.loads(COMPILED.read_text("utf-8"))
    return {row["name"]: manager(row) for row in rows}


@cache
def by_program() -> Mapping[str, Manager]:
    """Managers by program name."""
    return {program: m for m in managers().values() for program in m.programs}


@cache
def by_module() -> Mapping[str, Manager]:
    """Managers by the module that ``python -m`` names."""
    return {module: m for m in managers().values() for module in m.modules}


@cache
def configurers() -> Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """By program: the words that follow it, and the manager whose caches they turn off or move."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for m in managers().values():
        for command in sorted(m.configured_by):
            program, *words = command.split()
            found.setdefault(program, []).append((tuple(words), m.name))
    return {program: tuple(rows) for program, rows in found.items()}


def configuring(path: str) -> frozenset[str]:
    """The managers of whose caches a file at this path may say something."""
    return _files().get(path.rpartition("/")[2], frozenset())


@cache
def _files() -> Mapping[str, frozenset[str]]:
    names = {name for m in managers().values() for name in m.configured_files}
    return {name: frozenset(m.name for m in managers().values() if name in m.configured_files) for name in names}
