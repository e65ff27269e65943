"""Installs of a project's packages that take its development dependencies along."""

from __future__ import annotations

import re
from itertools import pairwise

from dockerlint.model.graph import BuildGraph
from dockerlint.model.images import base_image
from dockerlint.model.invocations import Invocation
from dockerlint.model.node_packages import installs_project, without_dev
from dockerlint.record import record
from dockerlint.values import Unknown

_NODE = {"npm": "--omit=dev", "yarn": "--production", "pnpm": "--prod", "bun": "--production"}
_NODE_ENV = (
    "NPM_CONFIG_PRODUCTION npm_config_production NPM_CONFIG_OMIT npm_config_omit NPM_CONFIG_ONLY npm_config_only"
    " YARN_PRODUCTION"
).split()
_DEV = r"(?:dev|devel|develop|development)"
_REQUIREMENTS = re.compile(rf"(?:^(?:-r)?|[/_.-]){_DEV}(?:[_.-][\w.-]*)?\.(?:txt|in)$", re.I)
_EXTRA = re.compile(rf"\[(?:[^\]]*,)?\s*{_DEV}\s*(?:,[^\]]*)?\]", re.I)
_FALSE = ("", "0", "false", "no")
_OLD_NODE = ("argon", "boron", "carbon", "dubnium", "erbium", "fermium")
"""The names under which node 4 to 14 had long-term support."""


@record
class Tool:
    """A program that installs development dependencies unless it is told not to."""

    verbs: tuple[str, ...]
    """Its first operand; "" for none at all."""
    options: tuple[str, ...]
    """What leaves them out, the usual one first."""
    variables: tuple[str, ...] = ()
    """Environment variables that do the same."""
    cost: str | None = None
    """Row of the cost table."""


_TOOLS = {
    "composer": Tool(("install", "i"), ("--no-dev",), ("COMPOSER_NO_DEV",), "composer-dev"),
    "bundle": Tool(("install", ""), ("--without", "--only"), ("BUNDLE_WITHOUT", "BUNDLE_ONLY")),
    "poetry": Tool(("install",), ("--only", "--without", "--no-dev", "--only-root"), ("POETRY_WITHOUT",)),
    "pdm": Tool(("install", "sync"), ("--prod", "--production", "--without", "-G"), ()),
    "uv": Tool(("sync",), ("--no-dev", "--no-default-groups", "--only-group", "--no-group"), ("UV_NO_DEV",)),
}
_ASKING = frozenset(("--help", "-h", "--version", "-V", "--dry-run", "--package-lock-only", "--lockfile-only"))


@record
class Installing:
    """What an install takes along, and how to leave that out."""

    family: str
    """``node`` or the program: installs of one family undo each other."""
    cure: str
    cost: str | None = None


def with_dev(inv: Invocation) -> Installing | None:
    """Whether a command surely installs development dependencies; words that are not known make it unsure."""
    words = _words(inv)
    if words is None or not _ASKING.isdisjoint(words):
        return None
    if inv.program in _NODE:
        silent = isinstance(inv.variables.get("NODE_ENV"), Unknown) or "-v" in words
        if silent or not installs_project(inv) or without_dev(inv) or _node_is_told(inv, words):
            return None
        return Installing("node", f"`{_NODE[inv.program]}`", "npm-dev-deps")
    tool = _TOOLS.get(inv.program)
    if tool is not None:
        if _verb(words) not in tool.verbs or _left_out(inv, words, tool):
            return None
        option = {"--without": "--without development", "--only": "--only main"}.get(tool.options[0], tool.options[0])
        return Installing(inv.program, f"`{option}`", tool.cost)
    named = _requirement(inv, words)
    return Installing("pip", f"leaving out `{named}`") if named else None


def leaves_out(inv: Invocation) -> str | None:
    """The family of which a command installs, or leaves, only what is needed to run."""
    words = _words(inv)
    if words is None:
        return None
    if inv.program in _NODE:
        pruned = words[:1] == ["prune"] and without_dev(inv)
        return "node" if pruned or (installs_project(inv) and (without_dev(inv) or _node_is_told(inv, words))) else None
    tool = _TOOLS.get(inv.program)
    return inv.program if tool is not None and words and _left_out(inv, words, tool) else None


def old_npm(graph: BuildGraph, inv: Invocation) -> bool:
    """Whether a command runs on an image of node's with npm 6 or older (node 14 and before): no ``--omit``."""
    image = base_image(graph, graph.stages[inv.step.stage])
    if image is None or image.name != "node":
        return False
    tag = image.tag or ""
    number = re.match(r"\d+", tag)
    return int(number[0]) < 15 if number else tag.startswith(_OLD_NODE)


def _words(inv: Invocation) -> list[str] | None:
    words = [a.value for a in inv.arguments]
    return None if any(isinstance(w, Unknown) for w in words) else [str(w) for w in words]


def _verb(words: list[str]) -> str:
    return next((word for word in words if not word.startswith("-")), "")


def _is_set(inv: Invocation, name: str) -> bool:
    value = inv.variables.get(name, "")
    return isinstance(value, Unknown) or value.casefold() not in _FALSE


def _node_is_told(inv: Invocation, words: list[str]) -> bool:
    pairs = (("--only", "production"), ("--prod", "true"), ("--omit", "dev"))
    joined = {word.partition("=")[0] for word in words if "=" in word}
    told = any(_is_set(inv, name) for name in _NODE_ENV) or any(p in pairwise(words) for p in pairs)
    return told or not joined.isdisjoint(("--only", "--omit", "--prod", "--production"))


def _left_out(inv: Invocation, words: list[str], tool: Tool) -> bool:
    given = {word.partition("=")[0] for word in words}
    return not given.isdisjoint(tool.options) or any(_is_set(inv, name) for name in tool.variables)


def _requirement(inv: Invocation, words: list[str]) -> str | None:
    """The requirements file, or the package with its extra, that pip is given for development."""
    if re.fullmatch(r"python[\d.]*", inv.program) and words[:2] == ["-m", "pip"]:
        words = words[2:]
    elif not re.fullmatch(r"pip[\d.]*", inv.program):
        return None
    if _verb(words) != "install":
        return None
    for before, word in pairwise(words):
        if before not in ("-c", "--constraint") and (_REQUIREMENTS.search(word) or _EXTRA.search(word)):
            return word
    return None
