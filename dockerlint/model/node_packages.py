"""Installs of what a package.json names, and whether its development dependencies are among it."""

from __future__ import annotations

from itertools import pairwise

from dockerlint.model.invocations import Invocation

_VERBS = {
    "npm": ("ci", "install", "i", "clean-install"),
    "yarn": ("", "install"),
    "pnpm": ("install", "i"),
    "bun": ("install", "i"),
}
_VALUED = frozenset(
    "--loglevel --registry --prefix --cache --cwd --network-timeout --network-concurrency --mutex --cache-folder"
    " --modules-folder --include --omit --only --also --dir -C --filter --fetch-retries --fetch-timeout".split()
)
_WITHOUT_DEV = frozenset("--production --production=true --prod -P --omit=dev --only=production --only=prod".split())
_WITH_DEV = frozenset("--include=dev --production=false --also=dev --dev".split())


def installs_project(inv: Invocation) -> bool:
    """Whether a command installs what package.json names: no package by name, nothing globally."""
    verbs = _VERBS.get(inv.program)
    if verbs is None:
        return False
    words = [a.value for a in inv.arguments if isinstance(a.value, str)]
    taken = {i + 1 for i, word in enumerate(words) if word in _VALUED}
    operands = [w for i, w in enumerate(words) if not w.startswith("-") and i not in taken] or [""]
    return operands[0] in verbs and len(operands) == 1 and {"-g", "--global"}.isdisjoint(words)


def without_dev(inv: Invocation) -> bool:
    """Whether an install or prune leaves the development dependencies out."""
    words = [a.value for a in inv.arguments if isinstance(a.value, str)]
    if not _WITHOUT_DEV.isdisjoint(words) or any(p in pairwise(words) for p in (("--omit", "dev"), ("--only", "prod"))):
        return True
    return inv.variables.get("NODE_ENV") == "production" and _WITH_DEV.isdisjoint(words)


def drops_dev(inv: Invocation) -> bool:
    """Whether a command takes the development dependencies out again: a prune, or an install without them."""
    if inv.program in ("npm", "pnpm") and inv.arguments and inv.arguments[0].value == "prune":
        return without_dev(inv)
    return installs_project(inv) and without_dev(inv)
