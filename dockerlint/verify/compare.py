"""Two traces, item by item: equal but for what the licence names."""

from __future__ import annotations

from dockerlint.edits import Licence
from dockerlint.record import field, record
from dockerlint.source import Span
from dockerlint.verify.bases import another_variant
from dockerlint.verify.cache_mounts import new_mounts
from dockerlint.verify.cleanups import cleanup
from dockerlint.verify.insertion import inserted
from dockerlint.verify.instructions import same_instruction
from dockerlint.verify.items import Block, Chain, Fixed, Item, Leaf, State, linear


@record
class Difference:
    """The first thing that is not the same."""

    reason: str
    span: Span
    in_after: bool = True
    index: int = -1
    """Index of the instruction in its file, when it is known."""


@record
class Drop:
    """A clean-up that is gone; `at` is its place among the linear items of the new trace."""

    leaf: Leaf
    at: int


@record(frozen=False)
class Changes:
    """What was used of the licence, by place among the linear items of the new trace."""

    added: list[int] = field(default_factory=list)
    dropped: list[Drop] = field(default_factory=list)
    options: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    instructions: list[tuple[Fixed, Fixed]] = field(default_factory=list)
    mounts: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)

    def lengths(self) -> tuple[int, int, int, int]:
        """A mark to go back to."""
        return len(self.added), len(self.dropped), len(self.options), len(self.mounts)

    def cut(self, mark: tuple[int, int, int, int]) -> None:
        """Forget what came behind the mark."""
        del self.added[mark[0] :], self.dropped[mark[1] :], self.options[mark[2] :], self.mounts[mark[3] :]


class Comparison:
    """Walks two chains side by side."""

    def __init__(self, licence: Licence, escape: str = "\\") -> None:
        self.licence = licence
        self.escape = escape
        self.changes = Changes()
        self._at = 0

    def compare(self, before: Chain, after: Chain) -> Difference | None:
        """The first difference that is not licensed; else None, and `changes` says what was licensed."""
        return self._chains(before, after, may_change=True)

    def _chains(self, before: Chain, after: Chain, may_change: bool) -> Difference | None:
        i = j = 0
        while i < len(before) or j < len(after):
            old = before[i] if i < len(before) else None
            new = after[j] if j < len(after) else None
            if old is not None and new is not None:
                found = self._pair(old, new, may_change)
                if found is None:
                    i, j = i + 1, j + 1
                    continue
            else:
                found = _unpaired(old, new)
            if may_change and new is not None and self._is_added(new):
                self.changes.added.append(self._at)
                self._at += 1
                j += 1
            elif may_change and old is not None and self._is_dropped(old):
                self.changes.dropped += [Drop(leaf, self._at) for leaf in linear((old,)) if isinstance(leaf, Leaf)]
                i += 1
            else:
                return found
        return None

    def _pair(self, old: Item, new: Item, may_change: bool) -> Difference | None:
        """None when the two are the same, and then counted."""
        if old == new:
            self._at += len(linear((new,)))
            return None
        if isinstance(old, Block) and isinstance(new, Block):
            return self._blocks(old, new, may_change)
        if isinstance(old, Leaf) and isinstance(new, Leaf):
            options = inserted(old.words, new.words, self.licence.options)
            if may_change and options is not None and old.rest == new.rest and old.state == new.state:
                self.changes.options.append((self._at, options))
                self._at += 1
                return None
            mounts = new_mounts(old.state, new.state, self.licence.cached)
            if mounts is not None and (old.words, old.rest) == (new.words, new.rest):
                self.changes.mounts.append((self._at, mounts))
                self._at += 1
                return None
        if isinstance(old, Fixed) and isinstance(new, Fixed) and self._licensed(old, new):
            self.changes.instructions.append((old, new))
            self._at += 1
            return None
        return _difference(old, new)

    def _licensed(self, old: Fixed, new: Fixed) -> bool:
        return same_instruction(old, new, self.licence, self.escape) or another_variant(old, new, self.licence)

    def _blocks(self, old: Block, new: Block, may_change: bool) -> Difference | None:
        if (old.kind, old.labels, old.after, len(old.chains)) != (new.kind, new.labels, new.after, len(new.chains)):
            return _difference(old, new)
        at, kept = self._at, self.changes.lengths()
        for n, (x, y) in enumerate(zip(old.chains, new.chains, strict=True)):
            found = self._chains(x, y, may_change and _may_change(old, n))
            if found is not None:
                self._at = at
                self.changes.cut(kept)
                return found
        return None

    def _is_added(self, item: Item) -> bool:
        return isinstance(item, Leaf) and item.words in self.licence.added and cleanup(item.words) is not None

    def _is_dropped(self, item: Item) -> bool:
        if isinstance(item, Block):
            return item.kind == "ignored" and all(self._is_dropped(inner) for inner in item.chains[0])
        return isinstance(item, Leaf) and item.words in self.licence.dropped and cleanup(item.words) is not None


def _may_change(block: Block, chain: int) -> bool:
    """Whether a clean-up more or less in a part of a construct leaves the construct's meaning alone."""
    if block.kind in ("ignored", "or"):
        return True
    if block.kind == "if":
        return chain % 2 == 1 or chain == len(block.chains) - 1
    return block.kind == "case"


def _unpaired(old: Item | None, new: Item | None) -> Difference:
    if old is not None:
        return Difference(f"{describe(old)} is gone", old.span, in_after=False, index=_index(old))
    assert new is not None
    return Difference(f"{describe(new)} is new", new.span, index=_index(new))


def _difference(old: Item, new: Item) -> Difference:
    if isinstance(old, Leaf) and isinstance(new, Leaf) and (old.words, old.rest) == (new.words, new.rest):
        how = _state_difference(old.state, new.state)
        return Difference(f"{describe(new)} would run {how}", new.span, index=new.index)
    if isinstance(old, Fixed) and old.kind == "border":
        reason = f"{describe(new)} may not run in the same process as the RUN before it"
        return Difference(reason, new.span, index=_index(new))
    return Difference(f"{describe(new)} would run in place of {describe(old)}", new.span, index=_index(new))


def _state_difference(old: State, new: State) -> str:
    if old.changes != new.changes:
        more = [c for c in new.changes if c not in old.changes]
        if more:
            return f"after `{_short(more[0])}` in the same shell"
        return f"without `{_short(old.changes[-1] if old.changes else new.changes[-1])}` before it in the same shell"
    if old.options != new.options:
        return f"under other shell options: {_options(old)}, then {_options(new)}"
    if old.flags != new.flags:
        return f"with other RUN flags: {' '.join(old.flags) or 'none'}, then {' '.join(new.flags) or 'none'}"
    if old.stale != new.stale:
        return "from the place that the shell remembers, though something before it may have replaced the program"
    return "in a shell whose end matters otherwise"


def _options(state: State) -> str:
    return " ".join(sorted(state.options)) or "none"


def _index(item: Item) -> int:
    if isinstance(item, Block):
        inner = linear((item,))
        return inner[0].index if inner else -1
    return item.index


def describe(item: Item) -> str:
    """An item as a message names it."""
    if isinstance(item, Leaf):
        return f"`{_short(item.text)}`"
    if isinstance(item, Block):
        inner = linear((item,))
        names = {"ignored": "a list", "or": "`||`", "exempt": "`&&` under errexit", "not": "`!`", "pipe": "a pipeline"}
        inside = f" with {describe(inner[0])}" if inner else ""
        return names.get(item.kind, f"`{item.kind}`") + inside
    if item.kind == "border":
        return "the end of a RUN"
    keyword, _, arguments, _ = item.key
    return f"`{_short(f'{keyword} {arguments}')}`"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "…"
