"""What the old file does once COPY writes a file where a later `mv` puts it: worked out from the old text."""

from __future__ import annotations

import re
from posixpath import basename, join

from dockerlint.edits import Licence
from dockerlint.verify.copies import SYSTEM_FOLDERS, below, copied, path_of
from dockerlint.verify.items import Block, Chain, Fixed, Item, Leaf, linear
from dockerlint.verify.trace import Trace

_OPTIONS = re.compile(r"-[fvT]+|--(?:force|verbose|no-target-directory)")


class Relocations:
    """The items of an old file with licensed moves done by COPY. `refusals`: reasons for those left out."""

    def __init__(self, old: Trace, items: Chain, new: Trace, licence: Licence) -> None:
        self.old = old
        self.new = new
        self.wanted = licence.relocated
        self.refusals: list[str] = []
        self._items = list(items)

    def items(self) -> Chain:
        """The items that the new text must have."""
        kept = {(self.new.step(i.index).stage, i.words) for i in linear(self.new.items) if isinstance(i, Leaf)}
        at = 0
        while self.wanted and at < len(self._items):
            leaf = _alone(self._items[at])
            at += 1
            if leaf is None or leaf.words not in self.wanted or (self.old.step(leaf.index).stage, leaf.words) in kept:
                continue
            refused = self._move(at - 1, leaf)
            if refused is None:
                at -= 1
                del self._items[at]
            else:
                self.refusals.append(f"`{leaf.text}` has to stay: {refused}")
        return tuple(self._items)

    def _move(self, at: int, leaf: Leaf) -> str | None:
        operands = [w for w in leaf.words[1:] if not _OPTIONS.fullmatch(w)]
        step = self.old.step(leaf.index)
        if leaf.words[0] != "mv" or len(operands) != 2 or leaf.rest or any(w.startswith("-") for w in operands):
            return "it does not move one file"
        source, target = (path_of(word, leaf, step) for word in operands)
        if source is None or target is None or re.search(r"[*?\[]", source + target):
            return "its paths are not known"
        for i in reversed(range(at)):
            item = self._items[i]
            if isinstance(item, Fixed) and item.kind == "instruction" and item.key[0] in ("COPY", "ADD"):
                brought = copied(self.old.step(item.index))
                same = self.old.step(item.index).stage == step.stage
                if same and brought and any(source in one.paths for one in brought):
                    if len(brought) > 1 or not brought[0].file:
                        return "the COPY may bring more than one file"
                    return self._written(i, at, item, source, target, operands[1].endswith("/"))
        return "no COPY is known to bring it"

    def _written(self, i: int, at: int, item: Fixed, source: str, target: str, folder: bool) -> str | None:
        stage = self.old.step(item.index).stage
        made = {p for n in range(at) for p in self._folders(self._items[n], stage)}
        folder = folder or target in SYSTEM_FOLDERS or target in made
        place = join(target, basename(source)) if folder else target
        for between in self._items[i + 1 : at]:
            for one in linear((between,)):
                if isinstance(one, Fixed):
                    mentions = one.kind == "opaque" or basename(source) in str(one.key) or place in str(one.key)
                    if one.kind != "border" and mentions:
                        return "something between may use it"
                elif self._uses(one, source, place):
                    return f"`{one.text}` between may use it"
        words = str(item.key[2]).split()
        changed = (*item.key[:2], f"{words[0]} {place}", *item.key[3:])
        self._items[i] = Fixed(item.kind, changed, item.span, item.index)
        return None

    def _folders(self, item: Item, stage: int) -> set[str]:
        """Folders that an item makes or starts in."""
        found: set[str] = set()
        for one in linear((item,)):
            step = self.old.step(one.index)
            if step.stage == stage and isinstance(step.scope.workdir, str):
                found.add(step.scope.workdir)
            if isinstance(one, Leaf) and one.words[:1] == ("mkdir",) and step.stage == stage:
                found |= {p for w in one.words[1:] if (p := path_of(w, one, step)) is not None}
        return found

    def _uses(self, leaf: Leaf, source: str, target: str) -> bool:
        if leaf.words[:2] == ("mkdir", "-p"):
            return False
        step = self.old.step(leaf.index)
        for word in (*leaf.words, *leaf.rest):
            place = path_of(word, leaf, step)
            known = place is not None and place not in SYSTEM_FOLDERS
            if place is not None and known and any(below(x, place) or below(place, x) for x in (source, target)):
                return True
            if any(f"/{basename(x)}" in word or (place is None and basename(x) in word) for x in (source, target)):
                return True
        return False


def _alone(item: Item) -> Leaf | None:
    if isinstance(item, Block) and item.kind == "ignored" and len(item.chains[0]) == 1:
        item = item.chains[0][0]
    return item if isinstance(item, Leaf) else None
