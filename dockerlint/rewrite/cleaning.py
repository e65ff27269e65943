"""The command that empties a package cache, worded for the RUN that filled it."""

from __future__ import annotations

import re

from dockerlint.effects.ledger import Ledger
from dockerlint.effects.managers import Cache, Manager
from dockerlint.effects.tools.packages import places
from dockerlint.effects.tree import Entry
from dockerlint.effects.types import Action, Deleted, Uninstalled
from dockerlint.findings import Withheld
from dockerlint.model.images import parse_image
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import under
from dockerlint.shell.tree import Node, Pipeline, Subshell
from dockerlint.shell.walk import children
from dockerlint.values import Unknown

_SETTINGS = frozenset(("subscription-manager", "yum-config-manager"))
_ERASES = re.compile(r"-[a-z]*e|--erase")
_VITAL = re.compile(
    r"/(?:usr/)?(?:s?bin|lib\w*)(?:/|$)|/usr/?$|/etc/(?:yum|dnf|zypp|pki)|/var/lib/(?:rpm|dnf|yum|zypp)"
)


def cleaning(
    ledger: Ledger, manager: Manager, cache: Cache, entry: Entry, inv: Invocation
) -> tuple[str, ...] | Withheld:
    """The words to add at the end of the RUN in which `inv` filled the cache."""
    if not cache.clean:
        return Withheld(f"{manager.name} has no command that empties its cache and nothing else")
    if "sudo" in inv.prefixes:
        return Withheld(
            "the command runs under sudo: whether a clean-up without it may is not known",
            inv.span,
            "run it as root, or add the clean-up by hand",
        )
    if inv.variables.get("HOME", "/root") != "/root" and any("~" in path for path in (*cache.paths[:1], *cache.clean)):
        return Withheld(
            "HOME is set: the program may keep its cache elsewhere", inv.span, "delete the cache by hand where it is"
        )
    if "{" not in "".join(cache.clean) and any(under(entry.path, p) for ps in cache.image_paths.values() for p in ps):
        return Withheld(f"in this image the cache lies at `{entry.path}`", inv.span, f"delete `{entry.path}` by hand")
    words = cache.old_clean if base_among(ledger, cache.old_images) else cache.clean
    command = tuple(w.format(program=inv.program, path=places(cache, inv)[0]) for w in words)
    if "{program}" not in cache.clean:
        return command
    if manager.system:
        return _by_path(inv, command[0]) or _sane(ledger, entry, inv) or command
    return _by_path(inv, command[0]) or _reached(inv, command[0]) or _usable(ledger, entry, inv) or command


def base_among(ledger: Ledger, images: frozenset[str]) -> str | None:
    """The base image of a stage, when it is one of these (``name:tag`` or the beginning of a tag)."""
    reference = ledger.graph.lineage(ledger.stage)[0].base.reference
    image = parse_image(reference) if images and isinstance(reference, str) else None
    if image is None:
        return None
    name = f"{image.repository}:{image.tag}"
    return next((str(reference) for i in images if name == i or name.startswith((f"{i}.", f"{i}-"))), None)


def _by_path(inv: Invocation, program: str) -> Withheld | None:
    literal = inv.program_word.literal if inv.program_word is not None else None
    if literal in (program, f"/bin/{program}", f"/usr/bin/{program}", f"/usr/local/bin/{program}"):
        return None
    return Withheld(
        f"`{program}` is called by its path: it may not be found by its name", inv.span, "put its folder on PATH"
    )


def _reached(inv: Invocation, program: str) -> Withheld | None:
    """Why the program may not be found at the end of the RUN by its bare name, or be another one."""
    if any(a.name == "PATH" for a in inv.node.assignments) or "env" in inv.prefixes:
        return Withheld(f"`{program}` is called with a PATH of its own", inv.span)
    root = inv.step.body.root if inv.step.body is not None else None
    if inv.nested or root is None or not _in_shell(root, inv.node):
        return Withheld(f"`{program}` is called in a shell of its own", inv.span, "call it in the shell of the RUN")
    return None


def _in_shell(node: Node, wanted: Node) -> bool:
    """Whether the RUN's own shell calls a command: no subshell, no pipeline of several."""
    if node is wanted:
        return True
    if isinstance(node, Subshell) or (isinstance(node, Pipeline) and len(node.commands) > 1):
        return False
    return any(_in_shell(child, wanted) for child in children(node))


def _behind(ledger: Ledger, entry: Entry, inv: Invocation) -> list[Action]:
    """The RUN's commands behind the one that fills the cache."""
    actions = [a for a in ledger.layers[entry.layer].actions if a.invocation is not None]
    return actions[next(i for i, a in enumerate(actions) if a.invocation is inv) + 1 :]


def _sane(ledger: Ledger, entry: Entry, inv: Invocation) -> Withheld | None:
    """Why a system's package manager may fail at the end of the RUN: what it is made of, or its settings, are gone."""
    if any(isinstance(a.value, str) and a.value.startswith("--disablerepo") for a in inv.arguments):
        return Withheld("without the disabled repositories there may be none to clean", inv.span)
    for action in _behind(ledger, entry, inv):
        other = action.invocation
        words = [] if other is None else [a.value for a in other.arguments]
        if other is not None and (other.program in _SETTINGS or "config-manager" in words):
            return Withheld(f"`{other.program}` behind it may disable the repositories", other.span)
        if other is not None and other.program == "rpm" and any(_ERASES.match(str(w)) for w in words):
            return Withheld(f"`rpm` behind it removes packages: {inv.program} may be gone with them", other.span)
        for effect in action.effects:
            if isinstance(effect, Deleted) and _VITAL.match(effect.path):
                return Withheld(f"`{effect.path}` is deleted behind it: {inv.program} may need it", effect.span)
    return None


def _usable(ledger: Ledger, entry: Entry, inv: Invocation) -> Withheld | None:
    """Why the program may not run at the end of the RUN: packages are removed, or the folder it would start in."""
    behind = _behind(ledger, entry, inv)
    last = behind[-1].invocation if behind else inv
    cwd = last.cwd if last is not None else inv.cwd
    for action in behind:
        for effect in action.effects:
            if isinstance(effect, Uninstalled):
                return Withheld("packages are removed behind it: the program may be gone with them", effect.span)
            if isinstance(effect, Deleted) and not isinstance(cwd, Unknown) and under(cwd, effect.path) and cwd != "/":
                return Withheld("the folder in which the clean-up would run is deleted", effect.span)
    if isinstance(cwd, Unknown) and any(a.invocation and a.invocation.program in ("rm", "rmdir") for a in behind):
        return Withheld("the folder in which the clean-up would run may be deleted", inv.span)
    return None
