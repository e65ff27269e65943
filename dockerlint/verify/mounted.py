"""What the old file does once files are mounted for the RUNs that use them: worked out from the old text.

A licence names ``--mount=type=bind`` flags. For each that the new text has, this module finds the COPY that it stands
for, takes the source out of it, gives the flag to every RUN that names the file, and drops the `rm` that would delete
it. What it cannot show it leaves as it is, and the comparison finds the difference.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from posixpath import basename, normpath

from dockerlint.edits import Licence
from dockerlint.model import frontend
from dockerlint.record import record
from dockerlint.verify.copies import below, copied, folder_of, path_of
from dockerlint.verify.items import Block, Chain, Fixed, Item, Leaf, State, linear
from dockerlint.verify.trace import Trace
from dockerlint.verify.unseen import stays_apart

_FLAG = re.compile(r"--mount=type=bind(?:,from=(?!\d+,)([\w./:@-]+))?,source=([\w./@+-]+),target=(/[\w./@+-]+)(,rw)?")
_CHANGES = frozenset("chmod chown chgrp touch tee truncate".split())
_REPLACES = frozenset(
    "mv rmdir unlink gunzip bunzip2 unxz unzstd gzip bzip2 xz zstd sed perl patch ln dos2unix install rename".split()
)
_KEEPS = re.compile(r"-[a-zA-Z]*[cktl]|--(?:stdout|to-stdout|keep|test|list)")
_SAYS_NOTHING = frozenset(("ENV", "ARG", "LABEL", "EXPOSE", "USER", "FROM", "SHELL", "STOPSIGNAL", "MAINTAINER"))


@record
class Mount:
    """A bind mount, read."""

    flag: str
    origin: str | None
    source: str
    target: str
    writable: bool


class Mounts:
    """The items of an old file with licensed mounts in place of COPYs. `refusals`: reasons for those left out."""

    def __init__(self, old: Trace, items: Chain, new: Trace, licence: Licence) -> None:
        self.old = old
        self.new = new
        self.wanted = [m for flag in sorted(licence.mounted) if (m := _mount(flag)) is not None]
        self.refusals: list[str] = []
        self._items = list(items)

    def items(self) -> Chain:
        """The items that the new text must have."""
        for mount in self.wanted:
            refused = self._place(mount)
            if refused is not None:
                self.refusals.append(f"`{mount.flag}`: {refused}")
        return tuple(self._items)

    def _place(self, mount: Mount) -> str | None:
        if not frontend.allows(self.old.graph.dockerfile, frontend.MOUNTS):
            return "the frontend may not know it"
        at = self._copy(mount)
        if at is None:
            return "no COPY brings this file to this place"
        removal = self._removal(at, mount)
        if removal is None and self._taken(at, mount):
            return "another stage takes it"
        until = removal if removal is not None else len(self._items)
        users = self._users(at, until, mount)
        if isinstance(users, str):
            return users
        if len(users) > 1 and mount.writable:
            return "what one RUN writes there the next would miss"
        if removal is not None:
            self._drop(removal, mount)
        for i, item in enumerate(self._items):
            index = _index(item)
            if index in users:
                self._items[i] = _flagged(item, mount.flag)
        if mount.writable:
            self._borders(users)
        self._without(at, mount)
        return None

    def _taken(self, at: int, mount: Mount) -> bool:
        """Whether an instruction takes the target, or what holds it, from the stage of the COPY."""
        stage = self._stage(self._items[at])
        for edge in self.old.graph.edges:
            node = self.old.step(edge.step).instruction
            text = " ".join((node.arguments, *node.flags))
            words = re.findall(r"/[\w./@+-]*", text) if edge.source == stage and edge.kind != "from" else []
            if any(below(mount.target, normpath(word)) for word in words):
                return True
        return False

    def _copy(self, mount: Mount) -> int | None:
        """The last COPY that brings the source to the target, unless something else is written there."""
        found = None
        for i, item in enumerate(self._items):
            if not (isinstance(item, Fixed) and item.kind == "instruction" and item.key[0] in ("COPY", "ADD")):
                continue
            step = self.old.step(item.index)
            node = step.instruction
            flags = {flag.name: flag.value for flag in node.flag_nodes}
            plain = set(flags) <= {"from", "link", "chown"} and flags.get("from") == mount.origin
            plain = plain and re.fullmatch(r"(?:root|0)(?::root|:0)?", flags.get("chown") or "0") is not None
            for one in copied(step) or ():
                same = _clean(one.source, mount.origin) == mount.source and mount.target in one.paths
                if same and plain and not (node.keyword == "ADD" and re.search(r"://|\.(?:tar|t[gbx]z)", one.source)):
                    found = i
                elif any(below(path, mount.target) for path in one.paths) and found is not None:
                    found = None if self._stage(item) == self._stage(self._items[found]) else found
        return found

    def _stage(self, item: Item) -> int:
        return self.old.step(_index(item)).stage

    def _removal(self, at: int, mount: Mount) -> int | None:
        """The `rm` that names the target, behind the COPY in its stage."""
        for i in range(at + 1, len(self._items)):
            item = self._items[i]
            leaf = item.chains[0][0] if isinstance(item, Block) and item.kind == "ignored" else item
            if isinstance(leaf, Leaf) and self._stage(item) == self._stage(self._items[at]) and _rm(leaf):
                step = self.old.step(leaf.index)
                if any(path_of(word, leaf, step) == mount.target for word in leaf.words[1:]):
                    single = not isinstance(item, Block) or len(item.chains[0]) == 1
                    return i if single and not leaf.rest and "$" not in leaf.text.replace("${", "$") else None
        return None

    def _users(self, at: int, until: int, mount: Mount) -> set[int] | str:
        """The RUNs that name the file; or why one of them, or something else, forbids the mount."""
        users: set[int] = set()
        stage = self._stage(self._items[at])
        for i, item in enumerate(self._items):
            if i in (until, at) or not self._built_on(self._stage(item), stage):
                continue
            if i < at:
                if any(
                    isinstance(x, Leaf) and x.words[:1] == ("mkdir",) and self._names(x, mount) for x in linear((item,))
                ):
                    return "its folder was made before"
                continue
            for one in linear((item,)):
                if isinstance(one, Fixed):
                    if one.kind == "opaque" and i < until:
                        return "a RUN cannot be followed"
                    says = one.kind != "border" and one.key[0] not in _SAYS_NOTHING and _speaks(str(one.key[2]), mount)
                    if says and (until == len(self._items) or i < until) and one.key[0] not in ("COPY", "ADD"):
                        return f"{one.key[0]} names it, too"
                elif i < until and self._names(one, mount):
                    refused = self._unfit(one, mount)
                    if refused is not None:
                        return refused
                    users.add(one.index)
        if not users:
            return "no command names it"
        last = max(i for i, item in enumerate(self._items) if _index(item) in users)
        for item in self._items[at : until if until < len(self._items) else last]:
            for one in linear((item,)):
                if not isinstance(one, Leaf) or not self._built_on(self._stage(one), stage):
                    continue
                if one.index in users and self._deletes(one, mount):
                    return f"`{one.text}` would delete it"
                if one.index not in users and not (_rm(one) or stays_apart(one, mount.target)):
                    return f"`{one.text}` may use it without naming it"
        return users

    def _built_on(self, stage: int, base: int) -> bool:
        return stage >= 0 and base in {s.index for s in self.old.graph.lineage(self.old.graph.stages[stage])}

    def _names(self, leaf: Leaf, mount: Mount) -> bool:
        step = self.old.step(leaf.index)
        here = folder_of(leaf, step)
        for word in (*leaf.words, *leaf.rest):
            place = path_of(word, leaf, step)
            if place is not None and (below(place, mount.target) or fnmatchcase(mount.target, place)):
                return True
            if _speaks(word, mount) and not (place is not None and word.startswith("/")):
                return True
        return mount.writable and here is not None and below(here, mount.target)

    def _unfit(self, leaf: Leaf, mount: Mount) -> str | None:
        name = leaf.words[0].rpartition("/")[2] if leaf.words else ""
        if name in _REPLACES and not any(_KEEPS.fullmatch(word) for word in leaf.words[1:]):
            return f"`{leaf.text}` would replace it"
        if name in _CHANGES and not mount.writable:
            return f"`{leaf.text}` would change it"
        if any(">" in rest and _speaks(rest, mount) for rest in leaf.rest) and not mount.writable:
            return f"`{leaf.text}` writes it"
        return None

    def _deletes(self, leaf: Leaf, mount: Mount) -> bool:
        if leaf.words[:1] not in (("rm",), ("mv",), ("find",), ("rmdir",), ("unlink",)):
            return False
        step = self.old.step(leaf.index)
        for word in leaf.words[1:]:
            place = path_of(word, leaf, step)
            if place is None:
                if not word.startswith("-"):
                    return True
                continue
            depth = place.strip("/").count("/") + 1
            head = "/" + "/".join(mount.target.strip("/").split("/")[:depth])
            if below(mount.target, place) or fnmatchcase(head, place):
                return leaf.words[0] != "find" or "-delete" in leaf.words or "-exec" in leaf.words
        return False

    def _drop(self, at: int, mount: Mount) -> None:
        """Take the target out of the `rm`; without operands the command goes."""
        item = self._items[at]
        leaf = item.chains[0][0] if isinstance(item, Block) else item
        assert isinstance(leaf, Leaf)
        step = self.old.step(leaf.index)
        words = tuple(w for w in leaf.words if w.startswith("-") or path_of(w, leaf, step) != mount.target)
        if any(not w.startswith("-") for w in words[1:]):
            shorter = Leaf(words, leaf.rest, leaf.state, leaf.span, leaf.index)
            self._items[at] = (
                Block(item.kind, item.labels, ((shorter,),), item.after, item.span)
                if isinstance(item, Block)
                else shorter
            )
        else:
            self._items[at] = Fixed("gone", (), leaf.span, leaf.index)

    def _borders(self, users: set[int]) -> None:
        """A RUN with a writable mount has a border behind it."""
        last = {_index(item): i for i, item in enumerate(self._items) if _index(item) in users}
        for index, i in sorted(last.items(), key=lambda pair: -pair[1]):
            span = self.old.step(index).instruction.span
            border = Fixed("border", ("after",), span, index)
            if self._items[i] != border:
                place = i + 1
                if isinstance(self._items[i], Fixed) and self._items[i].kind == "gone":  # type: ignore[union-attr]
                    self._items[i] = border
                else:
                    self._items.insert(place, border)

    def _without(self, at: int, mount: Mount) -> None:
        """Take the source out of its COPY; the last one takes the COPY along. Then drop what is marked as gone."""
        item = self._items[at]
        assert isinstance(item, Fixed)
        node = self.old.step(item.index).instruction
        words = str(item.key[2]).split() if node.json_words is None else [word.text for word in node.json_words]
        kept = [w for w in words[:-1] if _clean(w, mount.origin) != mount.source]
        if kept:
            arguments = " ".join((*kept, words[-1]))
            self._items[at] = Fixed(item.kind, (*item.key[:2], arguments, *item.key[3:]), item.span, item.index)
        else:
            self._items[at] = Fixed("gone", (), item.span, item.index)
        self._items = [i for i in self._items if not (isinstance(i, Fixed) and i.kind == "gone")]


def _mount(flag: str) -> Mount | None:
    match = _FLAG.fullmatch(flag)
    return Mount(flag, match[1], match[2], match[3], bool(match[4])) if match is not None else None


def _clean(source: str, origin: str | None) -> str:
    return source if origin is not None else normpath("/" + source).lstrip("/") or "."


def _rm(leaf: Leaf) -> bool:
    return leaf.words[:1] == ("rm",) and all(
        re.fullmatch(r"-[rfvR]+", w) or not w.startswith("-") for w in leaf.words[1:]
    )


def _speaks(text: str, mount: Mount) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(basename(mount.target))}(?![\w-]|\.\w)", text) is not None


def _index(item: Item) -> int:
    if isinstance(item, Block):
        inner = linear((item,))
        return inner[0].index if inner else -1
    return item.index


def _flagged(item: Item, flag: str) -> Item:
    """The item as it is in a RUN with one flag more."""
    if isinstance(item, Block):
        chains = tuple(tuple(_flagged(inner, flag) for inner in chain) for chain in item.chains)
        return Block(item.kind, item.labels, chains, item.after, item.span)
    if isinstance(item, Leaf):
        old = item.state
        state = State(old.changes, old.options, old.stale, old.caught, tuple(sorted((*old.flags, flag))))
        return Leaf(item.words, item.rest, state, item.span, item.index)
    return item
