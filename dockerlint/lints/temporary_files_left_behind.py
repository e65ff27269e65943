"""LAY007: a source tree that was built and installed from is still there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from dockerlint.catalogue import Rule
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.tree import Entry
from dockerlint.file import File
from dockerlint.findings import Finding, Related
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import absolute, under

_TREES = frozenset(("tar", "git clone", "unzip"))
_BUILDERS = frozenset(("make", "gmake", "ninja", "cmake", "meson", "scons", "waf"))


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each tree below which an install ran and which no command deletes."""
    ledger = file.shipped
    if ledger is None:
        return
    trees = [e for e in ledger.alive() if e.tree and e.origin in _TREES and e.effect.certain]
    installs = list(_installs(ledger)) if trees else []
    for entry in trees:
        install = next((inv for inv in installs if _inside(inv, entry)), None)
        if install is not None:
            message = f"the source tree `{entry.path}` stays in the image after what it builds was installed"
            yield Finding(rule.name, entry.effect.span, message, (Related(install.span, "installed here"),))


def _installs(ledger: Ledger) -> Iterator[Invocation]:
    for layer in ledger.layers:
        for action in layer.actions:
            inv = action.invocation
            if inv is not None and inv.program in _BUILDERS and any("install" in str(a.value) for a in inv.arguments):
                yield inv


def _inside(inv: Invocation, entry: Entry) -> bool:
    """Whether an install runs in the tree, by directory or by ``-C``."""
    places = [inv.cwd]
    for option, value in pairwise(inv.arguments):
        if option.value in ("-C", "--install", "--directory"):
            places.append(absolute(value.value, inv.cwd))
    return any(isinstance(place, str) and under(place, entry.path) for place in places)
