"""Whether what a licence allows does no harm where it was used."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dockerlint.model.graph import BuildGraph, Stage
from dockerlint.verify.cache_mounts import mounted_store, unserved
from dockerlint.verify.cleanups import STORES, Cleanup, Store, cleanup, store
from dockerlint.verify.compare import Changes, Difference, Drop, describe
from dockerlint.verify.instructions import AUTHORS
from dockerlint.verify.items import Block, Chain, Fixed, Leaf, linear
from dockerlint.verify.trace import Trace
from dockerlint.verify.unseen import may_install

_TARGET = re.compile(r"(?:^|,)(?:target|dst|destination)=([^,]+)")
_SHADOWS = re.compile(r"^(?:function |alias |trap |enable |unalias )|\brm\b.*\(\)")
_ROOT = frozenset(("", "root", "0", "root:root", "0:0"))
_NO_FILL = re.compile(r"\s--no-cache(?:-dir)?\b")
_SHELLS = frozenset("sh bash dash ash zsh ksh source . python python3 perl".split())
_PREFIXES = frozenset("sudo env nice nohup time command exec".split())
_CACHELESS = {"--no-cache": "the apk cache", "--no-cache-dir": "the pip cache"}


class Permits:
    """Checks the changes that a comparison let pass."""

    def __init__(self, after: Trace, changes: Changes) -> None:
        self.after = after
        self.changes = changes
        self.items = linear(after.items)
        self._sure = {id(leaf) for leaf in _surely(after.items)}

    def check(self) -> Difference | None:
        """The first change that may do harm."""
        for at in self.changes.added:
            reason = self._added(at)
            if reason is not None:
                return self._difference(at, reason)
        for drop in self.changes.dropped:
            reason = self._dropped(drop)
            if reason is not None:
                text = f"`{drop.leaf.text}` was dropped: {reason}"
                return Difference(text, drop.leaf.span, in_after=False, index=drop.leaf.index)
        for at, options in self.changes.options:
            reason = self._option(at, options)
            if reason is not None:
                return self._difference(at, reason)
        for at, flags in self.changes.mounts:
            reason = next((r for flag in flags if (r := self._mount(at, flag))), None)
            if reason is not None:
                return self._difference(at, reason)
        return self._labels() or self._stage_names()

    def _difference(self, at: int, reason: str) -> Difference:
        item = self.items[at]
        return Difference(f"{describe(item)}: {reason}", item.span, index=item.index)

    def _added(self, at: int) -> str | None:
        leaf = self.items[at]
        assert isinstance(leaf, Leaf)
        found = cleanup(leaf.words)
        if found is None or leaf.rest:
            return "it is not a known clean-up"
        return (
            self._harmless(at, leaf)
            or self._in_place(at, leaf, found)
            or self._mounts(leaf, found)
            or next((r for name in sorted(found.stores) if (r := self._missed(at, store(name), found))), None)
        )

    def _harmless(self, at: int, leaf: Leaf) -> str | None:
        if leaf.words[0] == "rm":
            for target in leaf.words[2:]:
                if not any(s.removable and re.fullmatch(s.removable, target) for s in STORES):
                    return f"`{target}` is more than the cache"
        if any(_SHADOWS.search(change) for change in leaf.state.changes):
            return "the shell was changed before it"
        if "f" in leaf.state.options and any("*" in word for word in leaf.words):
            return "`set -f` keeps its `*` as it is"
        if any(isinstance(i, Leaf) and i.index == leaf.index and "$?" in i.text for i in self.items[at:]):
            return "a later command of its RUN asks for `$?`"
        return None

    def _in_place(self, at: int, leaf: Leaf, found: Cleanup) -> str | None:
        """It stands in a RUN whose earlier commands fill what it empties, as a user who may empty it."""
        earlier = [i for i in self.items[:at] if isinstance(i, Leaf) and i.index == leaf.index]
        root = self.after.step(leaf.index).scope.user in _ROOT
        for name in found.stores:
            it = store(name)
            fillers = [i for i in earlier if it.tools.search(i.text)]
            if not fillers:
                return f"nothing before it in its RUN fills {name}"
            if any(i.words[:1] == ("sudo",) for i in fillers):
                return "what it empties was filled under sudo"
            if not root and not (it.home and all(p.startswith("~") for p in _named(leaf, found))):
                return "the user of this RUN may not delete it"
        return None

    def _mounts(self, leaf: Leaf, found: Cleanup) -> str | None:
        for flag in self.after.step(leaf.index).instruction.flag_nodes:
            match = _TARGET.search(flag.value or "") if flag.name == "mount" else None
            if match is not None and ("$" in match[1] or found.named_in(match[1] + " ")):
                return f"`{flag.text}` is mounted there"
        return None

    def _missed(self, at: int, it: Store, found: Cleanup) -> str | None:
        """The first later command, of this stage or of one built on it, that would miss what is gone."""
        stage = self.after.step(self.items[at].index).stage
        graph = self.after.graph
        reason = self._reader([i for i in self.items[at + 1 :] if self._stage(i) == stage], it, found)
        if reason is not None or self._served(at, stage, it):
            return reason
        for other in _built_on(graph, stage):
            reason = self._reader([i for i in self.items if self._stage(i) == other.index], it, found)
            if reason is not None:
                return reason
        for step in graph.steps:
            node = step.instruction
            if node.flag("from") is not None or any("from=" in f.text for f in node.flag_nodes):
                text = re.sub("[=,]", " ", " ".join((node.arguments, *node.flags)))
                if step.stage != stage and found.named_in(text):
                    return f"`{node.keyword} {node.arguments}` takes it"
        return None

    def _served(self, at: int, stage: int, it: Store) -> bool:
        later = (i for i in self.items[at + 1 :] if isinstance(i, Leaf) and self._stage(i) == stage)
        return any(id(i) in self._sure and it.restored.search(i.text) for i in later)

    def _reader(self, items: list[Leaf | Fixed], it: Store, found: Cleanup) -> str | None:
        for item in items:
            text = _text(item)
            if isinstance(item, Leaf):
                if item.words[:1] == ("rm",):
                    continue
                if item.words[:1] in (("echo",), ("printf",)) and not found.named_in(text):
                    continue
                if id(item) in self._sure and it.restored.search(text):
                    return None
            fixed = isinstance(item, Fixed) and item.kind == "instruction" and item.key[0] != "ONBUILD"
            reader = it.readers.search(text) if not fixed else None
            if it.scripts and isinstance(item, Leaf) and may_install(item):
                return f"{describe(item)} is a script that may need {it.name}"
            if reader is not None:
                again = it.restored.search(text)
                if again is None or again.start() > reader.start():
                    return f"{describe(item)} would miss {it.name}"
                return None
            if found.named_in(text):
                return f"{describe(item)} names it"
        return None

    def _stage(self, item: Leaf | Fixed) -> int:
        return self.after.step(item.index).stage

    def _dropped(self, drop: Drop) -> str | None:
        """Each store it emptied is emptied by an earlier clean-up, and nothing between fills it again."""
        found = cleanup(drop.leaf.words)
        if found is None or drop.leaf.rest:
            return "it is not a known clean-up"
        for path in found.paths:
            reason = self._refilled(drop.at, path, found)
            if reason is not None:
                return reason
        return None

    def _refilled(self, at: int, path: str, found: Cleanup) -> str | None:
        stores = [store(name) for name in found.stores]
        for item in reversed(self.items[:at]):
            text = _text(item)
            if isinstance(item, Fixed):
                if item.kind == "instruction" and item.key[0] in ("FROM", "USER"):
                    break
                if item.kind == "opaque" or (item.kind == "instruction" and found.named_in(text)):
                    return f"{describe(item)} may fill it again"
                continue
            earlier = cleanup(item.words)
            if earlier is not None and id(item) in self._sure and _covers(earlier, found, path):
                return None
            fills = any(s.tools.search(text) for s in stores) and not _NO_FILL.search(text)
            if fills or (earlier is None and found.named_in(text)) or _is_script(item):
                return f"{describe(item)} may fill it again"
        return "no earlier clean-up empties the same"

    def _option(self, at: int, options: tuple[str, ...]) -> str | None:
        for option in options:
            name = _CACHELESS.get(option)
            leaf = self.items[at]
            if name is None:
                continue
            it = store(name)
            found = Cleanup(frozenset((name,)), it.paths)
            if it.restored.search(_text(leaf)) or name != "the apk cache":
                reason = self._missed(at, it, found)
                if reason is not None:
                    return reason
        return None

    def _mount(self, at: int, flag: str) -> str | None:
        leaf = self.items[at]
        covered = mounted_store(flag)
        if isinstance(covered, str) or not isinstance(leaf, Leaf):
            return covered if isinstance(covered, str) else "it is no command"
        it, _ = covered
        found = Cleanup(frozenset((it.name,)), it.paths)
        before = [i for i in self.items[:at] if isinstance(i, Leaf) and i.index == leaf.index]
        reason = unserved(leaf, before, self.after.graph, it)
        if reason is not None or not it.tools.search(leaf.text):
            return reason
        end = max(i for i in range(at, len(self.items)) if self.items[i].index == leaf.index)
        for other in self.items[: end + 1]:
            if not isinstance(other, Leaf) or other.index != leaf.index:
                continue
            if found.named_in(other.text) and cleanup(other.words) is None:
                return f"`{other.text}` names it"
        return self._missed(end, it, found)

    def _labels(self) -> Difference | None:
        """A label that MAINTAINER became must not meet another one with the same key."""
        written = {new.index for _, new in self.changes.instructions}
        for _, new in self.changes.instructions:
            stage = self._stage(new)
            if new.key[0] != "LABEL":
                continue
            for step in self.after.graph.steps:
                node = step.instruction
                if step.index in written or step.stage != stage or node.keyword != "LABEL":
                    continue
                if any(AUTHORS in pair.name or "$" in pair.name for pair in node.pairs):
                    return Difference(f"the stage has two labels `{AUTHORS}`", new.span, index=new.index)
        return None

    def _stage_names(self) -> Difference | None:
        """A FROM whose image changes must not have meant another stage."""
        names = {stage.name for stage in self.after.graph.stages}
        for old, _ in self.changes.instructions:
            if old.key[0] == "FROM" and str(old.key[2]).split()[0].lower() in names:
                return Difference(f"{describe(old)} is built from another stage", old.span, in_after=False)
        return None


def _named(leaf: Leaf, found: Cleanup) -> tuple[str, ...]:
    return found.paths if leaf.words[0] == "rm" else ("~",)


def _covers(earlier: Cleanup, later: Cleanup, path: str) -> bool:
    """Whether what `later` deletes at `path` is gone after `earlier`, the folder itself included."""
    if not earlier.whole or (earlier.glob and not later.glob):
        return False
    return any((path + "/").startswith(p + "/") for p in earlier.paths)


def _surely(chain: Chain) -> Iterator[Leaf]:
    """The leaves that run in every build that gets to the end of the chain."""
    for item in chain:
        if isinstance(item, Leaf):
            yield item
        elif isinstance(item, Block) and item.kind in ("ignored", "or", "exempt", "redirected"):
            yield from _surely(item.chains[0][:1] if item.kind != "redirected" else item.chains[0])


def _text(item: Leaf | Fixed) -> str:
    if isinstance(item, Leaf):
        return item.text
    if item.kind == "border":
        return ""
    keyword, _, arguments, heredocs = item.key
    bodies = " ".join(str(h[1]) for h in heredocs) if isinstance(heredocs, tuple) else ""
    return f"{keyword} {arguments} {bodies}"


def _is_script(leaf: Leaf) -> bool:
    """Whether it runs a file that may do anything."""
    words = [w for w in leaf.words if w not in _PREFIXES and "=" not in w and not w.startswith("-")]
    return bool(words) and (words[0] in _SHELLS or ("/" in words[0] and "bin/" not in words[0]))


def _built_on(graph: BuildGraph, stage: int) -> Iterator[Stage]:
    """The stages built FROM a stage, and those built FROM them."""
    for other in graph.stages:
        if other.base.stage == stage:
            yield other
            yield from _built_on(graph, other.index)
