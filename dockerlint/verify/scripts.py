"""RUNs that became a here-document under `set -e`: read as the chain that they were."""

from __future__ import annotations

from dataclasses import replace as with_fields

from dockerlint.edits import Licence
from dockerlint.record import replace
from dockerlint.verify.items import Item, Leaf
from dockerlint.verify.trace import Trace

_SUBSTITUTIONS = ("$(", "`", "<(", ">(")


def as_chains(old: Trace, new: Trace, licence: Licence) -> Trace:
    """The new file with the licensed scripts read as chains: plain commands stop at a failure either way."""
    if not licence.scripts:
        return new
    marks = {f"<<{name} True False" for name in licence.scripts}
    own = {
        index
        for index, chain in new.runs.items()
        if chain and all(isinstance(item, Leaf) and _is_plain(item, marks) for item in chain)
    }
    items = tuple(_unmarked(i, marks) if isinstance(i, Leaf) and i.index in own else i for i in new.items)
    added = {(new.step(index).stage, "set -e") for index in own}
    return replace(new, items=items, sets=new.sets - (added - old.sets))


def _is_plain(leaf: Leaf, marks: set[str]) -> bool:
    marked = not marks.isdisjoint(leaf.state.flags) and leaf.state.changes in ((), ("set -e",))
    return marked and not any(sign in word for word in (*leaf.words, *leaf.rest) for sign in _SUBSTITUTIONS)


def _unmarked(leaf: Leaf, marks: set[str]) -> Item:
    state = leaf.state
    flags = tuple(flag for flag in state.flags if flag not in marks)
    return with_fields(leaf, state=with_fields(state, flags=flags, options=state.options - {"e", "errexit"}))
