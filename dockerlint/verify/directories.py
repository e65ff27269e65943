"""A WORKDIR between RUNs that were joined: `mkdir -p` and `cd` stand for it in the joined RUN, undone here."""

from __future__ import annotations

import re
from dataclasses import replace as with_fields
from posixpath import join, normpath

from dockerlint.edits import Licence
from dockerlint.model.graph import Step
from dockerlint.record import replace
from dockerlint.verify.items import Block, Chain, Fixed, Item, Leaf, leaves
from dockerlint.verify.order import settled
from dockerlint.verify.trace import Trace

_WRITTEN = re.compile(r"[\w./+-]+")
_PLAIN = re.compile(r"/[\w./+-]*")
_ROOT = frozenset(("", "root", "0", "root:root", "0:0"))
_LOOKS_BACK = re.compile(r"OLDPWD|~-|\b(?:cd|pushd|popd|dirs)\b(?:\s+-)?\s*$")


def apart(new: Trace, licence: Licence) -> Trace:
    """The new file as it was before the join: what runs behind a licensed `cd` stands behind its WORKDIR again."""
    if not licence.directories:
        return new
    fixed = {i.index: i for i in new.items if isinstance(i, Fixed) and i.kind == "instruction"}
    items: list[Item] = []
    behind: list[tuple[str, Chain]] = []
    for step in new.graph.steps:
        chain = new.runs.get(step.index)
        if chain is not None:
            if behind:  # no such WORKDIR came
                return new
            first, *rest = _parts(chain, licence.directories) if step.scope.user in _ROOT else [("", chain)]
            items += first[1]
            behind = rest
            continue
        items.append(fixed[step.index])
        if behind and _directory(step) == behind[0][0]:
            items += behind.pop(0)[1]
    return new if behind else replace(new, items=settled(items))


def _directory(step: Step) -> str | None:
    """The folder that a WORKDIR without variables means."""
    written, here = step.instruction.arguments.strip(), step.scope.workdir
    if step.instruction.keyword != "WORKDIR" or not _WRITTEN.fullmatch(written):
        return None
    return normpath(join(here, written)) if isinstance(here, str) else written if written.startswith("/") else None


def _parts(chain: Chain, allowed: frozenset[str]) -> list[tuple[str, Chain]]:
    """The chain cut at each ``mkdir -p W``, ``cd W``, these left out: (W, what runs there), first what runs before."""
    found: list[tuple[str, list[Item]]] = [("", [])]
    at = 0
    while at < len(chain):
        folder = _entered(chain[at : at + 2])
        if folder is not None and folder in allowed and _PLAIN.fullmatch(folder):
            found.append((folder, []))
            at += 2
            continue
        folder, part = found[-1]
        item = _freed(chain[at], f"cd {folder}") if folder else chain[at]
        if item is None:
            return [("", chain)]
        part.append(item)
        at += 1
    return [(folder, tuple(part)) for folder, part in found]


def _entered(pair: Chain) -> str | None:
    """The folder that two commands make and enter, in a shell that nothing has changed."""
    if len(pair) < 2 or not all(isinstance(i, Leaf) and not i.rest and not i.state.changes for i in pair):
        return None
    make, enter = (i.words for i in pair if isinstance(i, Leaf))
    same = len(make) == 3 and make[:2] == ("mkdir", "-p") and enter == ("cd", make[2])
    return make[2] if same else None


def _freed(item: Item, change: str) -> Item | None:
    """An item as if the `cd` had not been; None when it did not run behind it, or may look back."""
    if isinstance(item, Leaf):
        if item.state.changes[:1] != (change,) or _LOOKS_BACK.search(item.text):
            return None
        return with_fields(item, state=with_fields(item.state, changes=item.state.changes[1:]))
    if isinstance(item, Fixed) or any(_LOOKS_BACK.search(leaf.text) for leaf in leaves((item,))):
        return None
    chains = []
    for chain in item.chains:
        inner = [_freed(i, change) for i in chain]
        if any(i is None for i in inner):
            return None
        chains.append(tuple(i for i in inner if i is not None))
    after = item.after[1:] if item.after[:1] == (change,) else item.after
    return Block(item.kind, item.labels, tuple(chains), after, item.span)
