"""Downloads that a RUN may delete once it has unpacked them: shown on the new text, then left out of the comparison."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from posixpath import basename, normpath

from dockerlint.edits import Licence
from dockerlint.record import replace
from dockerlint.verify.copies import below, path_of
from dockerlint.verify.items import Fixed, Item, Leaf, linear
from dockerlint.verify.trace import Trace

_FETCHERS = frozenset("curl wget aria2c fetch axel".split())
_UNPACKERS = frozenset("tar bsdtar unzip".split())
_SAYS_NOTHING = frozenset(("LABEL", "EXPOSE", "STOPSIGNAL", "MAINTAINER", "FROM"))


class Discards:
    """The new trace without the licensed deletions that do no harm. `refusals` says what was not shown."""

    def __init__(self, new: Trace, licence: Licence) -> None:
        self.new = new
        self.licence = licence
        self.refusals: list[str] = []

    def trace(self) -> Trace:
        """What is to be compared with the old text."""
        if not self.licence.deleted:
            return self.new
        kept: list[Item] = []
        for at, item in enumerate(self.new.items):
            if isinstance(item, Leaf) and item.words in {("rm", path) for path in self.licence.deleted}:
                refused = self._harm(at, item)
                if refused is None:
                    continue
                self.refusals.append(f"`{item.text}`: {refused}")
            kept.append(item)
        return replace(self.new, items=tuple(kept))

    def _harm(self, at: int, leaf: Leaf) -> str | None:
        path = leaf.words[1]
        if not re.fullmatch(r"/[\w./@+-]+", path) or leaf.rest or normpath(path) != path:
            return "it is no plain path"
        before = [i for i in self.new.items[:at] if isinstance(i, Leaf) and i.index == leaf.index]
        fetched = [i for i in before if i.words[:1] and i.words[0] in _FETCHERS and self._names(i, path)]
        opened = [i for i in before if i.words[:1] and i.words[0] in _UNPACKERS and self._opens(i, path)]
        if not fetched or not opened or before.index(fetched[0]) > before.index(opened[-1]):
            return "nothing in its RUN downloads and unpacks it"
        if any(flag.startswith("--mount") and f"={path[: path.rfind('/')]}" in flag for flag in leaf.state.flags):
            return "something is mounted there"
        if any(re.match(r"function |alias |\. |source ", change) for change in leaf.state.changes):
            return "the shell was changed before it"
        return next(self._later(at, leaf, path), None)

    def _later(self, at: int, leaf: Leaf, path: str) -> Iterator[str]:
        stage = self.new.step(leaf.index).stage
        graph = self.new.graph
        if any(edge.source == stage for edge in graph.edges):
            yield "another stage takes from this one"
        for item in linear(tuple(self.new.items[at + 1 :])):
            if self.new.step(item.index).stage != stage:
                continue
            if isinstance(item, Leaf):
                if self._names(item, path):
                    yield f"`{item.text}` names it later"
            elif item.kind != "border" and (item.kind == "opaque" or self._speaks(item, path)):
                yield "a later instruction may need it"

    def _speaks(self, item: Fixed, path: str) -> bool:
        return item.key[0] not in _SAYS_NOTHING and basename(path) in str(item.key[2])

    def _names(self, leaf: Leaf, path: str) -> bool:
        step = self.new.step(leaf.index)
        for word in (*leaf.words, *leaf.rest):
            place = path_of(word, leaf, step)
            if place is not None and below(path, place) and place != "/" and not word.startswith("-"):
                return place == path or leaf.words[0] not in ("cd", "mkdir")
            if basename(path) in word:
                return True
            if place is not None and self._may_match(place, path):
                return True
        return False

    def _may_match(self, pattern: str, path: str) -> bool:
        """Whether a pattern may stand for the path or for a folder on the way."""
        depth = pattern.strip("/").count("/") + 1
        head = "/" + "/".join(path.strip("/").split("/")[:depth])
        return bool(re.search(r"[*?\[]", pattern)) and fnmatchcase(head, pattern)

    def _opens(self, leaf: Leaf, path: str) -> bool:
        step = self.new.step(leaf.index)
        return any(path_of(word, leaf, step) == path for word in leaf.words[1:])
