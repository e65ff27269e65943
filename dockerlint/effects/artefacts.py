"""What a build makes, and what of it the program needs: data/splits.json, where another tool is another line."""

from __future__ import annotations

import json
import os
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import translate
from functools import cache
from itertools import pairwise
from typing import Any

from dockerlint.model.builds import Build
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import absolute, matches, under
from dockerlint.record import record
from dockerlint.values import Unknown, Value

_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "data", "splits.json")
_DIRECTORY_OPTIONS = {"make": ("-C", "--directory"), "gmake": ("-C", "--directory"), "ninja": ("-C",), "go": ("-C",)}
_TREE_OPTIONS = {"npm": ("--prefix", "-C"), "yarn": ("--cwd",), "pnpm": ("--dir", "-C"), "mvn": ("-f", "--file")}
_STANDARD_PREFIX = "/usr/local"


@record
class Made:
    """A path that a build surely makes, with all below it."""

    path: str
    text: str
    """The words that say so, for messages."""


@record
class Recipe:
    """How one ecosystem's build is split off. The fields are described in the data file."""

    name: str
    entry: Mapping[str, Any]

    @property
    def folder(self) -> bool:
        """Whether the program is its folder: an interpreter reads the sources."""
        return bool(self.entry.get("scope") == "folder")

    @property
    def alone(self) -> bool:
        """Whether what the build makes holds all that the program reads."""
        return bool(self.entry.get("alone"))

    @property
    def small(self) -> bool:
        """Whether the sources weigh little."""
        return bool(self.entry.get("small"))

    @property
    def stores(self) -> tuple[str, ...]:
        """Folders of downloads and caches."""
        return tuple(self.entry["stores"])

    def fetches(self, inv: Invocation) -> bool:
        """Whether a command leaves nothing that the program reads: it downloads, configures, tests or cleans."""
        expression = self.entry["fetches"].get(inv.program)
        words = [a.value if isinstance(a.value, str) else "?" for a in inv.arguments]
        texts = (" ".join(words), " ".join(w for w in words if not w.startswith("-")))
        return expression is not None and any(re.fullmatch(expression, text, re.S) for text in texts)

    def is_source(self, name: str) -> bool:
        """Whether a file or folder of that name is there for the build alone."""
        return _named(name, tuple(self.entry["sources"])) or is_noise(name)

    def is_manifest(self, name: str) -> bool:
        """Whether a file of that name shows a project of this ecosystem."""
        return _named(name, tuple(self.entry["manifests"]))

    def product(self, path: str, root: str, program: bool, guess: bool) -> str | None:
        """The file or folder that holds `path` and that a build in `root` makes; `guess`: by its place alone as well.

        `program`: it is what the image starts; Go and C put that where nothing else of theirs is told from sources.
        """
        if not program and (self.small or guess):
            guess = False
        if not program and self.small:
            return None
        inside = path[len(root.rstrip("/")) + 1 :] if under(path, root) and path != root else ""
        parts = inside.split("/") if inside else []
        for pattern in (*self.entry.get("products", ()), *(self.entry.get("guess", ()) if guess else ())):
            depth = pattern.count("/") + 1
            head = "/".join(parts[:depth])
            if len(parts) >= depth and matches("/" + head, "/" + pattern):
                return posixpath.join(root, head)
        return None


@cache
def table() -> Mapping[str, Any]:
    """The data file."""
    with open(_FILE, encoding="utf-8") as file:
        found: Mapping[str, Any] = json.load(file)
    return found


@cache
def recipe(name: str) -> Recipe | None:
    """The recipe of an ecosystem; None when the table has none."""
    entry = table()["ecosystems"].get(name)
    return None if entry is None else Recipe(name, entry)


def root_of(inv: Invocation) -> Value:
    """The folder in which a command builds."""
    names = {**_DIRECTORY_OPTIONS, **_TREE_OPTIONS}.get(inv.program, ())
    given = next(_values(inv, names), None)
    if given is None:
        return inv.cwd
    path = absolute(given, inv.cwd)
    if isinstance(path, str) and path.endswith((".xml", ".pom")):
        return posixpath.dirname(path)
    return path


def made(build: Build, earlier: Sequence[Invocation]) -> Iterator[Made | Unknown]:
    """What a build's words say that it makes; Unknown for an output whose place is not known. `earlier`: before it."""
    found = recipe(build.ecosystem.name)
    if found is None:
        return
    inv, entry = build.invocation, found.entry
    for value in _values(inv, tuple(entry.get("outputs", {}).get(inv.program, ()))):
        yield _made(absolute(value, _base(inv)), build)
    for value in _values(inv, tuple(entry.get("roots", {}).get(inv.program, ()))):
        yield _made(absolute(f"{value}/bin" if isinstance(value, str) else value, inv.cwd), build)
    for value in _values(inv, tuple(entry.get("folders", {}).get(inv.program, ()))):
        yield _made(absolute(value, inv.cwd), build)
    if entry.get("venv"):
        yield from _environment(build)
    if found.name == "c":
        yield from _installed(build, earlier)


def _environment(build: Build) -> Iterator[Made | Unknown]:
    """A virtual environment: ``python -m venv /opt/venv``."""
    inv = build.invocation
    words = [a.value for a in inv.arguments]
    operands = [w for w in words if isinstance(w, Unknown) or not w.startswith("-")]
    if inv.program == "virtualenv" or "venv" in operands[:1]:
        yield _made(absolute(operands[-1], inv.cwd), build)


def bins(build: Build) -> tuple[str, ...]:
    """The folders into which a command installs the programs that it builds, where no word says which."""
    found = recipe(build.ecosystem.name)
    verbs = found.entry.get("bins", {}).get(build.invocation.program, {}) if found is not None else {}
    words = [a.value for a in build.invocation.arguments if isinstance(a.value, str)]
    if found is not None and build.ecosystem.name == "haskell" and "--copy-bins" in words:
        return ("/root/.local/bin",)
    gobin = build.invocation.variables.get("GOBIN")
    if build.invocation.program == "go" and "install" in words and isinstance(gobin, str) and gobin:
        return (gobin,)
    return tuple(verbs.get(next((w for w in words if w in verbs), ""), ()))


def _installed(build: Build, earlier: Sequence[Invocation]) -> Iterator[Made | Unknown]:
    """``make install`` and its kin: below DESTDIR, or below the prefix."""
    inv = build.invocation
    words = [a.value for a in inv.arguments]
    if not any(w == "--install" or (isinstance(w, str) and w.split("/")[0].startswith("install")) for w in words):
        return
    settings = {k: v for k, eq, v in (w.partition("=") for w in words if isinstance(w, str)) if eq}
    destination = settings.get("DESTDIR") or inv.variables.get("DESTDIR")
    prefix = settings.get("PREFIX") or settings.get("prefix") or next(_values(inv, ("--prefix",)), None)
    if destination:
        yield _made(absolute(destination, _base(inv)), build)
    elif prefix:
        yield _made(absolute(prefix, _base(inv)), build)
    else:
        yield _made(_configured(earlier), build)


def _configured(earlier: Sequence[Invocation]) -> Value:
    """The prefix that ``./configure``, cmake or meson was told before, the usual one without."""
    found: Value = _STANDARD_PREFIX
    for inv in earlier:
        words = [a.value for a in inv.arguments]
        for before, word in pairwise(["", *words]):
            text = f"-D{word}" if before == "-D" else word
            if isinstance(text, Unknown) or inv.program in ("make", "gmake"):
                continue
            match = re.match(r"(?:--?prefix|-DCMAKE_INSTALL_PREFIX(?::\w+)?)=(.+)", text, re.S)
            if match:
                found = absolute(match[1], inv.cwd)
            elif before == "--prefix":
                found = absolute(text, inv.cwd)
    return found


def _made(path: Value, build: Build) -> Made | Unknown:
    return path if isinstance(path, Unknown) else Made(path, build.text)


def _base(inv: Invocation) -> Value:
    """The folder that relative words of a command speak of: ``go -C`` and ``make -C`` go there first."""
    return root_of(inv) if inv.program in _DIRECTORY_OPTIONS else inv.cwd


def _values(inv: Invocation, names: tuple[str, ...]) -> Iterator[Value]:
    """The values of options, written as ``-o x``, ``-o=x`` or ``--output=x``."""
    words = [a.value for a in inv.arguments]
    for i, word in enumerate(words):
        if isinstance(word, Unknown):
            continue
        name, eq, value = word.partition("=")
        if name in names:
            if eq:
                yield value
            elif i + 1 < len(words):
                yield words[i + 1]


def is_noise(name: str) -> bool:
    """Whether a file or folder of that name is there for people and tools, never for the program."""
    return _named(name, tuple(table()["noise"]))


def _named(name: str, patterns: tuple[str, ...]) -> bool:
    return _names(patterns).fullmatch(name) is not None


@cache
def _names(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, patterns)) or r"(?!)")
