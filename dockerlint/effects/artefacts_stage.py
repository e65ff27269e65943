"""An account of all that a stage does: what builds, what the program needs of it, and what cannot be told.

Every command must be known to make something that is taken along, something that may stay behind, or nothing. One that
is none of these stops the account: `Withheld` names it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from itertools import pairwise

from dockerlint.effects.artefacts import Made, Recipe, bins, made, recipe, root_of
from dockerlint.effects.layer import makes_others
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.managers import managers
from dockerlint.effects.types import (
    Action,
    AnyEffect,
    Created,
    Deleted,
    Erased,
    Extracted,
    Installed,
    LayerEffects,
    Moved,
    Rewritten,
    Uninstalled,
)
from dockerlint.findings import Withheld
from dockerlint.model.builds import Build, build_or_install
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import STANDARD_FOLDERS, under
from dockerlint.record import field, record
from dockerlint.source import Span
from dockerlint.values import Unknown

USERS = frozenset("useradd adduser groupadd addgroup usermod groupmod".split())
_HARMLESS = frozenset(("setcap", "ldconfig", "tar", "unzip", "gunzip", "bunzip2", "unxz", "gzip", "dos2unix", "gpg"))
_SYSTEM = frozenset("locale-gen update-ca-certificates add-apt-repository apt-key update-alternatives".split())
_SCRATCH = (*"/tmp /var/tmp /root/.cache /var/cache /var/lib/apt /var/log /usr/share/doc /dev /proc".split(),)
_TREE_VERBS = frozenset("checkout config submodule fetch pull reset apply am log describe rev-parse status lfs".split())
_TAKERS = frozenset(("cp", "mv", "install", "ln"))
_GLOBAL = frozenset(("-g", "--global", "--location=global"))


@record
class Package:
    """One install of system packages."""

    manager: str
    invocation: Invocation
    names: tuple[str, ...]


@record(frozen=False, slots=False)
class Account:
    """What the stage does, sorted by what it is for."""

    ledger: Ledger
    builds: list[Build] = field(default_factory=list)
    roots: list[str] = field(default_factory=list)
    """Folders in which something is built."""
    made: list[Made] = field(default_factory=list)
    bins: list[str] = field(default_factory=list)
    """Folders into which programs are installed under names that no word says."""
    packages: list[Package] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    users: list[Invocation] = field(default_factory=list)
    tools: list[Invocation] = field(default_factory=list)
    """Programs that npm installs for all folders."""
    ldconfig: bool = False
    used: set[str] = field(default_factory=set)
    """Every program that a RUN calls."""
    kept: list[str] = field(default_factory=list)
    """Paths outside the folders of the build that are taken along."""
    moved: set[str] = field(default_factory=set)
    """What cp, mv or install put somewhere: files that the build made, as far as their place tells."""
    handed: list[Rewritten] = field(default_factory=list)
    """What is given to another user with all below it."""
    copied: list[Created] = field(default_factory=list)
    """What COPY put into the folders of the build."""

    @property
    def recipes(self) -> list[Recipe]:
        """Those of all its builds, each once, the last build's first."""
        found = [recipe(build.ecosystem.name) for build in reversed(self.builds)]
        return list({r.name: r for r in found if r is not None}.values())

    def root(self, path: str) -> str | None:
        """The folder of the build that holds a path, the innermost one."""
        return max((r for r in self.roots if under(path, r)), key=len, default=None)


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
    return _roots(found) or _made(found) or _files(found) or found


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


def _files(found: Account) -> Withheld | None:
    """Sort every path that the ledger knows, and what commands did to paths of the base image."""
    ledger = found.ledger
    stores = [*_SCRATCH, *(s for r in found.recipes for s in r.stores)]
    for entry in ledger.entries:
        if entry.layer in ledger.own and entry.alive and not (entry.cache or entry.package):
            problem = _path(found, entry.effect, entry.path, entry.doubtful, stores)
            if problem is not None:
                return problem
    for i in ledger.own:
        for effect in (e for a in ledger.layers[i].actions for e in a.effects if isinstance(e, Moved)):
            problem = _path(found, effect, effect.target, False, stores)
            if problem is not None:
                return problem
    return _unpacked(found, stores) or _touched(found, stores)


def _path(found: Account, effect: AnyEffect, path: str, doubtful: bool, stores: Sequence[str]) -> Withheld | None:
    """Whether one path is taken along, or why that cannot be told."""
    if isinstance(effect, Created | Moved) and effect.name and (path in STANDARD_FOLDERS or path.endswith("/")):
        path = posixpath.join(path, effect.name)
    folder, name = posixpath.split(path)
    if any(c in name for c in "*?[") and folder not in STANDARD_FOLDERS:
        path = folder  # `cp target/*.jar /app.jar`, or a folder of whatever matches
    if found.root(path) is not None or any(under(path, s) for s in stores):
        if isinstance(effect, Created) and effect.origin in ("COPY", "ADD"):
            found.copied.append(effect)
        elif isinstance(effect, Moved) or (isinstance(effect, Created) and effect.origin in _TAKERS):
            found.moved.add(path)
        return None
    if isinstance(effect, Extracted) or _downloaded(found, path) or any(under(root, path) for root in found.roots):
        return None  # archives have their own check; a folder above those of the build was made on the way
    if isinstance(effect, Created) and effect.keeps and path in STANDARD_FOLDERS:
        return None
    if doubtful or path in STANDARD_FOLDERS or any(c in path for c in "*?["):
        return _unclear(effect.span, path)
    found.kept.append(path)
    if isinstance(effect, Moved) or (isinstance(effect, Created) and effect.origin in _TAKERS):
        found.moved.add(path)
    return None


def _unclear(span: Span, path: str) -> Withheld:
    return Withheld(f"what comes into `{path}` is not known by name", span)


def _downloaded(found: Account, path: str) -> bool:
    """Whether a file is an archive that was unpacked."""
    return any(extracted.archive == path for _, extracted in found.ledger.extractions)


def _unpacked(found: Account, stores: Sequence[str]) -> Withheld | None:
    for layer, extracted in found.ledger.extractions:
        target = extracted.target
        if layer not in found.ledger.own:
            continue
        if target is None:
            return Withheld("the folder into which an archive is unpacked is not known", extracted.span)
        if found.root(target) is not None or any(under(target, s) for s in stores):
            continue
        if any(under(root, target) for root in found.roots):
            continue  # the folder of the build came out of the archive
        if target in STANDARD_FOLDERS:
            return _unclear(extracted.span, target)
        found.kept.append(target)
    return None


def _touched(found: Account, stores: Sequence[str]) -> Withheld | None:
    """A file of the base image that a command changes would be as it was."""
    known = [*found.roots, *found.kept, *(m.path for m in found.made), *found.bins, *stores]
    for i in found.ledger.own:
        for action in found.ledger.layers[i].actions:
            for effect in action.effects:
                if isinstance(effect, Rewritten) and effect.how == "chown" and effect.recursive:
                    found.handed.append(effect)
                if isinstance(effect, Rewritten) and not any(under(effect.path, k) for k in known):
                    made_here = any(under(k, effect.path) for k in known) and effect.path not in STANDARD_FOLDERS
                    if not made_here:
                        return Withheld(f"`{effect.path}` of the base image is changed", effect.span)
                if isinstance(effect, Deleted) and effect.path.rstrip("/*") in ("", "/usr", "/etc"):
                    return Withheld(f"`{effect.path}` is deleted", effect.span)
                if isinstance(effect, Extracted) and effect.target is None:
                    return Withheld("the folder into which an archive is unpacked is not known", effect.span)
    return None


def outermost(paths: Sequence[str]) -> list[str]:
    """The paths that no other of them holds, in order, each once."""
    clean = list(dict.fromkeys(posixpath.normpath(p) for p in paths))
    return [p for p in clean if not any(p != q and under(p, q) for q in clean)]
