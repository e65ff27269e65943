"""The commands of a last stage whose build was split off: a part of the original ones, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dockerlint.edits import Licence
from dockerlint.verify.cleanups import cleanup
from dockerlint.verify.insertion import inserted
from dockerlint.verify.items import Leaf

_INSTALLERS = {
    "apt-get": "install",
    "apt": "install",
    "apk": "add",
    "yum": "install",
    "dnf": "install",
    "microdnf": "install",
    "zypper": "install",
}
_OPTIONS = frozenset("-y --yes --assume-yes -q -qq -yq -qy -yqq --no-install-recommends --no-cache --nodocs".split())
_VALUED = frozenset(("-t", "--virtual", "--target-release", "-o", "--repository", "-X"))
_CLEANING = frozenset(
    (
        ("apt-get", "update"),
        ("apt", "update"),
        ("rm", "-rf", "/var/lib/apt/lists/*"),
        ("apt-get", "clean"),
        ("yum", "clean", "all"),
        ("dnf", "clean", "all"),
        ("microdnf", "clean", "all"),
        ("zypper", "clean", "--all"),
        ("ldconfig",),
    )
)
_USERS = frozenset("useradd adduser groupadd addgroup usermod groupmod".split())
_VERSION = re.compile(r"[=<>~@].*$", re.S)
_HEADERS = ("-dev", "-devel", "-headers", "-compat")


class Runs:
    """Compares the simple commands of the original stage and of the new last one."""

    def __init__(
        self, old: Sequence[Leaf], new: Sequence[Leaf], data: Mapping[str, Any], base: str, licence: Licence
    ) -> None:
        self.old = {leaf.words for leaf in old}
        self.licence = licence
        self.old_leaves, self.new = old, new
        self.data = data
        self.base = base

    def problem(self) -> str:
        """The first command that is new, or package or user that is gone without being a tool of the build."""
        asked = {p for leaf in self.old_leaves for p in packages(leaf)}
        for leaf in self.new:
            if (leaf.rest and leaf.rest != ("DEBIAN_FRONTEND=noninteractive",)) or leaf.state.changes:
                return f"`{leaf.text}` of the last stage runs in a shell that was changed"
            if not self._licensed(leaf, asked):
                return f"`{leaf.text}` of the last stage is no part of the original"
        if ("ldconfig",) in self.old and ("ldconfig",) not in {leaf.words for leaf in self.new}:
            return "`ldconfig` is not run in the last stage"
        return self._lost(asked) or self._users()

    def _licensed(self, leaf: Leaf, asked: set[str]) -> bool:
        words = leaf.words
        if words in _CLEANING or (words in self.licence.added and cleanup(words) is not None):
            return words != ("ldconfig",) or words in self.old
        if words[:1] and words[0] in _USERS:
            return any(self._same(old, words) for old in self.old)
        if words[:2] in (("npm", "install"), ("npm", "i"), ("yarn", "global"), ("pnpm", "add")):
            return any(self._same(old, words) for old in self.old)
        if len(words) < 3 or _INSTALLERS.get(words[0]) != words[1]:
            return False
        if any(w.startswith("-") and w not in _OPTIONS for w in words[2:]):
            return False
        return packages(leaf) <= asked | self._known()

    def _known(self) -> set[str]:
        """Packages that the table gives as what remains of others, or as what a language's programs need."""
        table = self.data["packages"]
        found = {"curl", "wget", "libstdc++", "tzdata"}
        found |= {name for row in table["programs"].values() for name in row.values()}
        found |= {name for row in table["apt"].values() for name in row.values()}
        found |= set(table["apk"].values()) | set(table["yum"].values())
        for entry in self.data["ecosystems"].values():
            found |= {name for names in entry.get("needs", {}).values() for name in names}
        for pattern, instead in table["jdk"]:
            for name in (p for leaf in self.old_leaves for p in packages(leaf)):
                match = re.fullmatch(pattern, name)
                found |= {instead.format("", *match.groups())} if match else set()
        return found

    def _lost(self, asked: set[str]) -> str:
        """A package that was installed to stay is still there."""
        table = self.data["packages"]
        kept = {p for leaf in self.new for p in packages(leaf)}
        idle = re.compile(f"{table['tools']}|{table['fetchers']}")
        removed = {w for leaf in self.old_leaves if _removes(leaf) for w in leaf.words[2:]}
        brought = re.compile("|".join(pattern for pattern, _ in table["jdk"]))
        for name in sorted(asked - kept - removed):
            if idle.fullmatch(name) or name.endswith(_HEADERS) or brought.fullmatch(name) or not name:
                continue
            if name in ("nodejs", "npm", "yarn") and self.base.startswith("node"):
                continue
            if name.startswith((".", "$")):  # the name of a group, or a variable: nothing to install
                continue
            return f"the package `{name}` is not in the last stage"
        return ""

    def _users(self) -> str:
        made = [leaf.words for leaf in self.new if leaf.words[:1] and leaf.words[0] in _USERS]
        were = [leaf.words for leaf in self.old_leaves if leaf.words[:1] and leaf.words[0] in _USERS]
        same = len(made) == len(were) and all(self._same(old, new) for old, new in zip(were, made, strict=True))
        return "" if same else "not all users are made as before"

    def _same(self, old: tuple[str, ...], new: tuple[str, ...]) -> bool:
        return old == new or inserted(old, new, self.licence.options) is not None


def packages(leaf: Leaf) -> set[str]:
    """The packages that an install names, without versions."""
    words = leaf.words
    at = next((i for i, w in enumerate(words[1:], 1) if not w.startswith("-")), 0)
    if len(words) < 2 or _INSTALLERS.get(words[0]) != words[at]:
        return set()
    rest = words[at + 1 :]
    valued = {i + 1 for i, w in enumerate(rest) if w in _VALUED}
    bare = (re.sub(r"[\"']", "", w) for i, w in enumerate(rest) if not w.startswith("-") and i not in valued)
    return {_VERSION.sub("", w) for w in bare}


def _removes(leaf: Leaf) -> bool:
    return leaf.words[:2] in (
        ("apt-get", "remove"),
        ("apt-get", "purge"),
        ("apt", "remove"),
        ("apt", "purge"),
        ("apk", "del"),
        ("yum", "remove"),
        ("dnf", "remove"),
    )
