"""Which paths that a stage writes are taken along when its build is split off, and what of it cannot be told."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from dockerlint.effects.artefacts_account import Account
from dockerlint.effects.types import AnyEffect, Created, Deleted, Extracted, Moved, Rewritten
from dockerlint.findings import Withheld
from dockerlint.model.paths import STANDARD_FOLDERS, under
from dockerlint.source import Span

_SCRATCH = (
    *"/tmp /var/tmp /root/.cache /var/lib/apt /var/log/apt /usr/share/doc /dev /proc".split(),
    *(f"/var/cache/{name}" for name in "apt apk yum dnf debconf man ldconfig".split()),
)
_TAKERS = frozenset(("cp", "mv", "install", "ln"))


def paths_problem(found: Account) -> Withheld | None:
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
    for span, path in found.appended:
        whole = [*found.roots, *found.kept, *(m.path for m in found.made), *stores]
        if not isinstance(path, str) or not any(under(path, k) for k in whole):
            return Withheld(f"`{path if isinstance(path, str) else 'a file'}` of the base image is changed", span)
    known = [*found.roots, *found.kept, *(m.path for m in found.made), *found.bins, *stores]
    for i in found.ledger.own:
        for action in found.ledger.layers[i].actions:
            for effect in action.effects:
                if isinstance(effect, Rewritten) and effect.how in ("chown", "chmod") and action.invocation is not None:
                    found.changed.append((effect, action.invocation))
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
