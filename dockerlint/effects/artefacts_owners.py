"""Owners and rights of folders: COPY makes the folder that it copies to anew, for root."""

from __future__ import annotations

import re

from dockerlint.effects.artefacts_account import Account
from dockerlint.effects.options import parse
from dockerlint.effects.types import Rewritten
from dockerlint.findings import Withheld
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import under

_PLAIN = re.compile(r"[\w.-]+(?::[\w.-]+)?")
_SAME = re.compile(r"0?755|[ugoa]*\+r?[xX]|u\+[rwx]+")  # nothing that the new folder does not allow
_FILES = frozenset("cp mv install curl wget redirection echo tee cat touch go chmod".split())


def owners(found: Account, paths: list[str]) -> dict[str, str] | Withheld:
    """By path the value for ``--chown``, for those that were given to somebody."""
    result: dict[str, str] = {}
    for path in paths:
        for effect, inv in found.changed:
            if not (effect.path == path or (effect.recursive and under(path, effect.path))):
                continue
            told = _told(inv)
            problem = _problem(found, effect, inv, path, told)
            if problem is not None:
                return problem
            if effect.how == "chown" and told is not None:
                result[path] = told if ":" in told else f"{told}:root"
    return result


def _told(inv: Invocation) -> str | None:
    """The owner or the mode that a command is given."""
    operands = parse(inv.arguments).operands
    value = operands[0].value if operands else None
    return value if isinstance(value, str) else None


def _problem(found: Account, effect: Rewritten, inv: Invocation, path: str, told: str | None) -> Withheld | None:
    if effect.how == "chmod":
        folder = effect.recursive or _is_folder(found, path)
        if folder and (told is None or not _SAME.fullmatch(told)):
            return Withheld(f"the folder `{path}` has rights of its own", inv.span)
        return None
    if told is None or not _PLAIN.fullmatch(told):
        return Withheld(f"to whom `{path}` is given is not known", inv.span)
    filled = path in found.roots or any(k != path and under(k, path) for k in found.kept)
    if not effect.recursive and _is_folder(found, path) and filled:
        return Withheld(f"`{path}` alone is given to another user, not what is in it", inv.span)
    return None


def _is_folder(found: Account, path: str) -> bool:
    """Whether a path is known to be one, or not known to be a file."""
    return path in found.roots or not any(e.path == path and e.origin in _FILES for e in found.ledger.alive())
