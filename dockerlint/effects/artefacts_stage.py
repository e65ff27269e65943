"""An account of all that a stage does: what builds, what the program needs of it, and what cannot be told.

Every command must be known to make something that is taken along, something that may stay behind, or nothing. One that
is none of these stops the account: `Withheld` names it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from dockerlint.effects.artefacts import bins, made, recipe, root_of
from dockerlint.effects.artefacts_account import Account, Package
from dockerlint.effects.artefacts_paths import paths_problem
from dockerlint.effects.layer import makes_others
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.managers import managers
from dockerlint.effects.types import (
    Action,
    Erased,
    Installed,
    LayerEffects,
    Uninstalled,
)
from dockerlint.findings import Withheld
from dockerlint.model.builds import build_or_install
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import STANDARD_FOLDERS, absolute
from dockerlint.values import UNKNOWN, Unknown

USERS = frozenset("useradd adduser groupadd addgroup usermod groupmod".split())
_HARMLESS = frozenset(("setcap", "ldconfig", "tar", "unzip", "gunzip", "bunzip2", "unxz", "gzip", "dos2unix", "gpg"))
_SYSTEM = frozenset("locale-gen update-ca-certificates add-apt-repository apt-key update-alternatives".split())
_TREE_VERBS = frozenset("checkout config submodule fetch pull reset apply am log describe rev-parse status lfs".split())
_GLOBAL = frozenset(("-g", "--global", "--location=global"))


def builds_of(ledger: Ledger) -> Account:
    """The stage's builds alone, whatever else it does."""
    found = Account(ledger)
    _find_builds(found, [ledger.layers[i] for i in ledger.own])
    return found


def account(ledger: Ledger) -> Account | Withheld:
    """The account of the stage that ships, which must stand on an image."""
    found = builds_of(ledger)
    layers = [ledger.layers[i] for i in ledger.own]
    for build in found.builds:
        if recipe(build.ecosystem.name) is None:
            return Withheld(f"what `{build.text}` makes is not in the table", build.invocation.span)
    for layer in layers:
        problem = _layer(found, layer)
        if problem is not None:
            return problem
    return _roots(found) or _made(found) or paths_problem(found) or found


def _find_builds(found: Account, layers: Sequence[LayerEffects]) -> None:
    for layer in layers:
        for action in layer.actions:
            if action.invocation is not None:
                found.used.add(action.invocation.program)
                build = build_or_install(action.invocation)
                if build is not None and action.invocation.certain:
                    found.builds.append(build)


def _roots(found: Account) -> Withheld | None:
    for build in found.builds:
        root = root_of(build.invocation)
        if isinstance(root, Unknown):
            return Withheld(f"the folder in which `{build.text}` runs is not known", build.invocation.span)
        if root in STANDARD_FOLDERS - {"/usr/src", "/tmp", "/root", "/srv"}:
            return Withheld(f"`{build.text}` runs in `{root}`, among all else", build.invocation.span)
        found.roots.append(root)
    return None


def _made(found: Account) -> Withheld | None:
    earlier: list[Invocation] = []
    invocations = [a.invocation for i in found.ledger.own for a in found.ledger.layers[i].actions if a.invocation]
    wanted = {id(build.invocation): build for build in found.builds}
    for inv in invocations:
        build = wanted.get(id(inv))
        earlier.append(inv)
        for result in made(build, earlier) if build else ():
            if isinstance(result, Unknown):
                return Withheld(f"where `{build.text if build else ''}` puts what it makes is not known", inv.span)
            found.made.append(result)
        found.bins += bins(build) if build else ()
    return None


def _layer(found: Account, layer: LayerEffects) -> Withheld | None:
    node = layer.step.instruction
    if node.keyword == "ONBUILD":
        return Withheld("it has triggers for other builds", node.keyword_span)
    if layer.opaque:
        return Withheld(f"the RUN on line {node.start_line} cannot be followed", node.keyword_span)
    for action in layer.actions:
        problem = _action(found, action)
        if problem is not None:
            return problem
    return None


def _action(found: Account, action: Action) -> Withheld | None:
    inv = action.invocation
    if inv is None:
        return None
    for redirect in inv.redirects:
        if redirect.operator == ">>" and redirect.target is not None:
            found.appended.append((redirect.span, absolute(redirect.target.literal or UNKNOWN, inv.cwd)))
    if inv.program == "tee" and any(a.value in ("-a", "--append") for a in inv.arguments):
        found.appended += [(inv.span, absolute(a.value, inv.cwd)) for a in inv.arguments[1:]]
    if any(isinstance(effect, Erased) and not effect.named for effect in action.effects):
        return _unseen(inv)
    for effect in action.effects:
        if isinstance(effect, Uninstalled):
            found.removed |= {p for p in effect.packages if p}
    system = [e for e in action.effects if isinstance(e, Installed) and managers()[e.manager].system]
    for effect in system:
        names = tuple(p for p in effect.packages if p)
        if len(names) < len(effect.packages) or not inv.certain:
            return Withheld(f"not all that `{_text(inv)}` installs is known", inv.span)
        found.packages.append(Package(effect.manager, inv, names))
    if system or build_or_install(inv) is not None:
        return None
    return _other(found, action, inv)


def _other(found: Account, action: Action, inv: Invocation) -> Withheld | None:
    words = {a.value for a in inv.arguments}
    if inv.program in USERS:
        found.users.append(inv)
        return None if inv.certain else _unseen(inv)
    if inv.program in ("npm", "yarn", "pnpm") and (words & _GLOBAL or "global" in words):
        found.tools.append(inv)
        return None if inv.certain else _unseen(inv)
    if inv.program == "ldconfig":
        found.ldconfig = True
    if inv.program in _SYSTEM:
        return _unseen(inv)
    if inv.program in _HARMLESS or _prints(inv) or any(r.fetches(inv) for r in found.recipes):
        return None
    return _unseen(inv) if makes_others(action) else None


def _prints(inv: Invocation) -> bool:
    """Whether a command writes to its output alone, or to the work tree in which it stands."""
    words = [a.value for a in inv.arguments if isinstance(a.value, str)]
    if len(words) < len(inv.arguments):
        return False
    if inv.program == "curl":
        return not any(re.match(r"-\w*[oOJ]|--output|--remote", w) for w in words)
    if inv.program == "wget":
        return any(re.fullmatch(r"-\w*O-|--output-document=-", w) for w in words) or ("-O", "-") in pairwise(words)
    return inv.program == "git" and bool(_TREE_VERBS & set(words[:1]))


def _unseen(inv: Invocation) -> Withheld:
    return Withheld(f"what `{_text(inv)}` leaves for the program is not known", inv.span)


def _text(inv: Invocation) -> str:
    words = [word if isinstance(word, str) else "…" for word in inv.argv]
    return " ".join(words[:3]) + (" …" if len(words) > 3 else "")
