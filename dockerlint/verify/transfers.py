"""What the old file does once COPY says owner and mode itself: worked out from the old text, then compared as ever.

A licence names commands. For each that is gone from the new text, or has fewer words there, this module shows that
options of COPY may stand for it, and puts them on; what it cannot show it leaves, and the comparison finds the command
missing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from posixpath import dirname

from dockerlint.edits import Licence
from dockerlint.model import frontend
from dockerlint.verify.between import Between, flags_of
from dockerlint.verify.copies import SYSTEM_FOLDERS, Copied, below, copied, path_of
from dockerlint.verify.items import Block, Chain, Fixed, Item, Leaf, linear
from dockerlint.verify.owners import Change, change_of, says
from dockerlint.verify.trace import Trace

_ROOT = frozenset(("", "root", "0", "root:root", "0:0"))
_ARCHIVE = re.compile(r"\.(?:tar|tgz|tbz2?|txz|tar\.\w+)$", re.I)


class Transfers:
    """The items of the old file with licensed chmods and chowns said by COPY. `refusals` says what was not shown."""

    def __init__(self, old: Trace, new: Trace, licence: Licence) -> None:
        self.old = old
        self.new = new
        self.licence = licence
        self.refusals: list[str] = []
        self._items = list(old.items)
        self._between = Between(old, self._items)
        self._known_new = Counter((new.step(i.index).stage, i.words) for i in linear(new.items) if isinstance(i, Leaf))
        self._known_old = Counter((old.step(i.index).stage, i.words) for i in linear(old.items) if isinstance(i, Leaf))

    def items(self) -> Chain:
        """The items that the new text must have."""
        wanted = self.licence.restated | self.licence.intended
        at = 0
        while wanted and at < len(self._items):
            leaf = _alone(self._items[at])
            if leaf is not None and leaf.words in wanted and self._fewer(leaf):
                left = self._left(leaf)
                refused = self._carry(at, leaf, left)
                if refused is None:
                    self._known_old[self._key(leaf)] -= 1
                    if left is None:
                        del self._items[at]
                        continue
                    self._items[at] = _with(self._items[at], replace_leaf(leaf, left))
                else:
                    self.refusals.append(f"`{leaf.text}` has to stay: {refused}")
            at += 1
        return tuple(self._items)

    def _key(self, leaf: Leaf) -> tuple[int, tuple[str, ...]]:
        return self.old.step(leaf.index).stage, leaf.words

    def _fewer(self, leaf: Leaf) -> bool:
        key = self._key(leaf)
        return self._known_new[key] < self._known_old[key]

    def _left(self, leaf: Leaf) -> tuple[str, ...] | None:
        """The words that the new text has of the command, where it has some."""
        stage = self.old.step(leaf.index).stage
        for (where, words), count in self._known_new.items():
            shorter = where == stage and words[:1] == leaf.words[:1] and 2 < len(words) < len(leaf.words)
            if shorter and self._known_old[(where, words)] < count and _part(words, leaf.words):
                return words
        return None

    def _carry(self, at: int, leaf: Leaf, left: tuple[str, ...] | None) -> str | None:
        """Put options on COPYs for what the command does no more; or why not."""
        exact = leaf.words in self.licence.restated
        whole, rest = change_of(leaf.words), change_of(left) if left is not None else None
        step = self.old.step(leaf.index)
        if whole is None or leaf.rest or (left is not None and rest is None):
            return "it is nothing that COPY says"
        if any(re.match(r"umask|alias|function|trap|\. |source", change) for change in leaf.state.changes):
            return "the shell was changed before it"
        if whole.kind == "chown" and step.scope.user not in _ROOT:
            return "it does not run as root"
        if not frontend.allows(self.old.graph.dockerfile, frontend.CHMOD):
            return "the frontend may not know it"
        gone = _gone(whole, rest)
        paths = [path_of(word, leaf, step) for word in gone]
        if not gone or None in paths or (exact and (whole.recursive or rest is not None or "$" in "".join(gone))):
            return "what it changes is not known"
        if any(_mounted(flag, path) for flag in leaf.state.flags for path in paths if path is not None):
            return "something is mounted there"
        shallow = rest is not None and not rest.recursive and whole.recursive
        known = [p for p in paths if p is not None]
        return self._options(at, leaf, whole, known, exact, shallow)

    def _options(self, at: int, leaf: Leaf, change: Change, paths: list[str], exact: bool, shallow: bool) -> str | None:
        places: dict[int, Fixed] = {}
        for path in paths:
            found = list(self._writers(at, path, change.recursive))
            if not found:
                return f"no COPY is known to write `{path}`"
            if not change.recursive and not _pattern(path):
                found = found[-1:]
            problem = self._between.problem(at, found[0][0], leaf, path, change, exact)
            if problem is not None:
                return problem
            places |= dict(found)
        for i, item in places.items():
            problem = self._one(i, item, at, leaf, change, paths, exact, shallow)
            if problem is not None:
                return problem
        return None

    def _writers(self, at: int, path: str, recursive: bool) -> Iterator[tuple[int, Fixed]]:
        """Places of the COPYs of the same stage that write the path."""
        leaf = _alone(self._items[at])
        stage = self.old.step(leaf.index).stage if leaf is not None else -1
        for i, item in enumerate(self._items[:at]):
            if isinstance(item, Fixed) and item.kind == "instruction" and item.key[0] in ("COPY", "ADD"):
                step = self.old.step(item.index)
                if step.stage == stage and any(_hits(one, path, recursive) for one in copied(step) or ()):
                    yield i, item

    def _one(
        self, i: int, item: Fixed, at: int, leaf: Leaf, change: Change, paths: list[str], exact: bool, shallow: bool
    ) -> str | None:
        step = self.old.step(item.index)
        sources = copied(step)
        if sources is None:
            return "what the COPY writes is not known"
        for one in sources:
            if not any(_hits(one, path, change.recursive) for path in paths):
                return f"the COPY brings `{one.source}`, too"
            if exact and (not one.file or _pattern(one.source) or "$" in str(item.key[2])):
                return f"`{one.source}` may be a folder"
            if not change.recursive and any(one.ambiguous(path) for path in paths) and "x" not in change.value:
                return f"`{one.paths[0]}` may be a folder"
            if item.key[0] == "ADD" and change.kind == "chmod" and _ARCHIVE.search(one.source):
                return f"ADD may unpack `{one.source}`"
            if change.kind == "chown" and not shallow and self._folder_there(i, one, change, paths, exact):
                return f"the folder of `{one.source}` may be there before, or not"
        flags = flags_of(item)
        prefix = f"--{change.kind}="
        old = next((f[len(prefix) :] for f in flags if f.startswith(prefix)), None)
        inner = any(f.startswith("--from=") for f in flags)
        option = self._written(item, prefix)
        symbols = self.old.graph.dockerfile.directive("syntax") is not None
        symbols = symbols and frontend.allows(self.old.graph.dockerfile, frontend.SYMBOLIC_CHMOD)
        since = frontend.CHMOD if option is not None and option.isdigit() else frontend.SYMBOLIC_CHMOD
        if exact and change.kind == "chmod" and not frontend.commits(self.old.graph.dockerfile, since):
            return "another builder may read the file"
        if option is None or not says(change, option, old, inner, symbols, exact):
            return f"COPY does not say `{change.value}`"
        problem = self._between.names(i, at, leaf, change, step)
        if problem is not None:
            return problem
        flag = prefix + option
        flags = [flag if f.startswith(prefix) else f for f in flags] if old is not None else [*flags, flag]
        self._items[i] = Fixed(item.kind, (item.key[0], tuple(flags), *item.key[2:]), item.span, item.index)
        return None

    def _written(self, item: Fixed, prefix: str) -> str | None:
        """The option that the new text gives to this COPY."""
        stage = self.old.step(item.index).stage
        for step in self.new.graph.steps:
            node = step.instruction
            same = (node.keyword, node.arguments) == (item.key[0], item.key[2]) and step.stage == stage
            found = next((f[len(prefix) :] for f in node.flags if f.startswith(prefix)), None)
            if same and found is not None:
                return found
        return None

    def _folder_there(self, i: int, one: Copied, change: Change, paths: list[str], exact: bool) -> bool:
        """Whether ``--chown`` would, or would not, also own folders otherwise than the command did."""
        if exact:
            parents = {dirname(path) for path in one.paths if path in paths}
            return any(p not in SYSTEM_FOLDERS and not self._between.made(i, p) for p in parents)
        return change.recursive and any(self._between.made(i, path) for path in paths)


def _alone(item: Item) -> Leaf | None:
    """The command of an item that surely runs: one that stands in the chain itself, or alone in a list."""
    if isinstance(item, Block) and item.kind == "ignored" and len(item.chains[0]) == 1:
        item = item.chains[0][0]
    return item if isinstance(item, Leaf) else None


def _with(item: Item, leaf: Leaf) -> Item:
    return leaf if isinstance(item, Leaf) else Block("ignored", (), ((leaf,),), leaf.state.changes, leaf.span)


def replace_leaf(leaf: Leaf, words: tuple[str, ...]) -> Leaf:
    """The same command with other words."""
    return Leaf(words, leaf.rest, leaf.state, leaf.span, leaf.index)


def _part(words: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Whether words are some of `whole`, in order."""
    rest = iter(whole)
    return all(word in rest for word in words)


def _gone(whole: Change, rest: Change | None) -> tuple[str, ...]:
    """The operands that the command changes no more, or only themselves and not what is below."""
    if rest is None:
        return whole.paths
    if (rest.program, rest.value) != (whole.program, whole.value):
        return ()
    if rest.recursive != whole.recursive:
        return whole.paths if rest.paths == whole.paths and whole.recursive else ()
    return tuple((Counter(whole.paths) - Counter(rest.paths)).elements())


def _mounted(flag: str, path: str) -> bool:
    """Whether a flag of the RUN mounts something over a path, or below it."""
    target = re.search(r"(?:target|dst|destination)=[\"']?([^,\"']+)", flag) if flag.startswith("--mount") else None
    return target is not None and (below(path, target[1]) or below(target[1], path) or "$" in target[1])


def _pattern(path: str) -> bool:
    return bool(re.search(r"[*?\[]", path))


def _hits(one: Copied, path: str, recursive: bool) -> bool:
    """Whether the command's path is, or (recursive) holds, what a source becomes."""
    if recursive:
        return all(below(p, path) for p in one.paths[:1])
    if _pattern(path):
        return any(p == path or (p.count("/") == path.count("/") and fnmatchcase(p, path)) for p in one.paths)
    return path in one.paths
