"""What served the build alone and nothing deletes: source trees, histories of clones, files in /tmp."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from dockerlint.effects.ledger import Ledger
from dockerlint.effects.tree import Entry
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import absolute, under
from dockerlint.model.starts import start_steps
from dockerlint.record import record
from dockerlint.source import Span

_TREES = frozenset(("tar", "git clone", "unzip"))
_BUILDERS = frozenset(("make", "gmake", "ninja", "cmake", "meson", "scons", "waf"))
_TEMPORARY = ("/tmp", "/var/tmp")
# Made on purpose, or brought by a layer that no RUN can make smaller (LAY008 tells of archives).
_MEANT = frozenset(("mkdir", "touch", "ln", "WORKDIR", "COPY", "ADD"))
_WORTH = 10_000  # bytes; a note of a few lines is no bloat
_SHALLOW = ("--depth", "--shallow-", "--bare", "--mirror", "--filter")


@record
class Leftover:
    """Something that stays. `kind`: ``source`` (`used` is the install that ran in it), ``history`` or ``temporary``."""

    entry: Entry
    kind: str
    used: Span | None = None


def leftovers(ledger: Ledger) -> Iterator[Leftover]:
    """What an image keeps of its build, each entry once."""
    entries = [e for e in ledger.alive() if e.effect.certain and not (e.cache or e.package)]
    installs = list(_installs(ledger)) if any(e.origin in _TREES for e in entries) else []
    spans = [e.effect.span for e in entries]
    archives = {extraction.archive for _, extraction in ledger.extractions}
    for entry in entries:
        if entry.origin == "unpacked" and spans.count(entry.effect.span) > 1:
            continue  # the folder in the archive has a name
        install = next((inv for inv in installs if _inside(inv, entry)), None) if entry.origin in _TREES else None
        if install is not None:
            yield Leftover(entry, "source", install.span)
        elif _temporary(entry) and entry.path not in archives and not _needed(entry.path, ledger):
            yield Leftover(entry, "temporary")
        elif entry.origin == "git clone" and _whole_history(entry, ledger):
            yield Leftover(entry, "history")


def _temporary(entry: Entry) -> bool:
    inside = any(under(entry.path, folder) for folder in _TEMPORARY)
    worth = entry.size.bytes is None or entry.size.bytes >= _WORTH
    return inside and worth and entry.origin not in _MEANT and not entry.lost


def _needed(path: str, ledger: Ledger) -> bool:
    """Whether the program in the image is told of the path."""
    scope = ledger.stage.steps[-1].scope
    told = [step.instruction.arguments for step in start_steps(ledger.graph)]
    told += [value for value in scope.env.values() if isinstance(value, str)]
    return any(path in text for text in told)


def _whole_history(entry: Entry, ledger: Ledger) -> bool:
    """Whether all of a repository's history came, and none of it was deleted."""
    command = ledger.maker(entry)
    if command is None or any(not isinstance(a.value, str) or a.value.startswith(_SHALLOW) for a in command.arguments):
        return False
    return not any(path.rpartition("/")[2].startswith((".git", "*", ".*")) for path in entry.lost)


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
