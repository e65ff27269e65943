"""A RUN's command tree to the list of what it does.

Errexit is worked out here: under it a `;` list is a chain like `&&`, with POSIX's exemptions (the left side of `&&` and
`||`, conditions, `!`), inside subshells too. What this reading cannot follow raises `Unfollowed`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from dockerlint.shell.tree import (
    AndOr,
    Case,
    Function,
    Group,
    If,
    Loop,
    Node,
    Pipeline,
    Sequence,
    ShellKind,
    Simple,
    Subshell,
    Test,
)
from dockerlint.shell.walk import canonical, redirects_of
from dockerlint.source import Span
from dockerlint.verify import commands
from dockerlint.verify.commands import blocked
from dockerlint.verify.items import Block, Chain, Item
from dockerlint.verify.options import set_options
from dockerlint.verify.process import Process, redirect_text


class Unfollowed(Exception):
    """The message names the token for which a RUN must stay as it is."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.span = span


class _Place(NamedTuple):
    """Where a node stands: whether errexit is ignored there, and whether its status is the shell's own."""

    ignored: bool
    tail: bool


_CHECKED = _Place(ignored=True, tail=True)


class Flow:
    """Reads one body. `sets` collects the `set` commands, which are no items: their effect is in the items."""

    def __init__(self, kind: ShellKind, flags: tuple[str, ...], index: int = -1) -> None:
        self.kind = kind
        self.sets: set[str] = set()
        self._out: list[Item] = []
        self._process = Process(kind, flags, index)
        self._catching = 0
        self._branches = 0
        self._uncertain = False

    def read(self, root: Node) -> Chain:
        """The items of a whole body. Raises `Unfollowed`."""
        found = blocked(root, self.kind)
        if found is not None:
            raise Unfollowed(*found)
        self._node(root, _Place(ignored=False, tail=True))
        return tuple(self._out)

    def _errexit(self, place: _Place) -> bool:
        return "e" in self._process.options and not place.ignored

    def _node(self, node: Node, place: _Place) -> None:
        if isinstance(node, Simple):
            self._simple(node, place)
        elif isinstance(node, AndOr):
            self._and_or(node, place)
        elif isinstance(node, Sequence):
            self._sequence(node, place)
        elif isinstance(node, Pipeline):
            self._pipeline(node, place)
        elif isinstance(node, Function):
            self._construct(("function", canonical(node)), node.span, place, changes=True)
        elif redirects_of(node):
            self._redirect(node, place)
        else:
            self._compound(node, place)

    def _compound(self, node: Node, place: _Place) -> None:
        if isinstance(node, Group):
            self._node(node.body, place)
        elif isinstance(node, Subshell):
            with self._process.child(self._catching):
                self._node(node.body, _Place(place.ignored, tail=True))
        elif isinstance(node, If):
            self._if(node, place)
        elif isinstance(node, Case):
            self._case(node, place)
        elif isinstance(node, Loop):
            self._loop(node, place)
        elif isinstance(node, Test):
            self._construct((node.text,), node.span, place, changes=commands.test_changes_shell(node))

    def _chain(self, node: Node | None, place: _Place, catching: bool = False) -> Chain:
        """The items of a part that is a chain of its own."""
        if node is None:
            return ()
        out, self._out = self._out, []
        uncertain = self._uncertain
        self._uncertain = uncertain or (self._catching > 0 and bool(out))
        self._catching += catching
        self._node(node, place)
        self._catching -= catching
        self._uncertain = uncertain
        found, self._out = self._out, out
        return tuple(found)

    @contextmanager
    def _branch(self, span: Span) -> Iterator[None]:
        """A part that may not run, or run again: options must not change in it."""
        before = self._process.options
        self._branches += 1
        yield
        self._branches -= 1
        if self._process.options != before:
            raise Unfollowed("shell options change in a branch", span)

    def _block(self, kind: str, labels: tuple[str, ...], chains: tuple[Chain, ...], span: Span) -> None:
        self._out.append(Block(kind, labels, chains, self._process.changes, span))

    def _sequence(self, node: Sequence, place: _Place) -> None:
        last = len(node.items) - 1
        for i, item in enumerate(node.items):
            if i == last:
                self._node(item.node, place)
            else:
                self._member(item.node, place)

    def _member(self, node: Node, place: _Place) -> None:
        """A member of a list that is not its last: errexit decides whether its failure matters."""
        before = self._errexit(place)
        if before:
            self._node(node, _Place(ignored=False, tail=False))
        elif isinstance(node, Simple) and (_is_set(node) or commands.cannot_fail(node, self._process.options)):
            self._node(node, place)
        else:
            chain = self._chain(node, _Place(place.ignored, tail=False), catching=True)
            self._ignored(chain, node.span)
        if self._errexit(place) != before and not _is_set(node):
            raise Unfollowed("`set` stands inside a list of commands", node.span)

    def _ignored(self, chain: Chain, span: Span) -> None:
        """Hoist what is ignored already: `{ a; b; }; c` is `a; b; c`."""
        for at, item in enumerate(chain):
            if not (isinstance(item, Block) and item.kind == "ignored"):
                if chain[at:]:
                    self._block("ignored", (), (chain[at:],), span)
                return
            self._out.append(item)

    def _and_or(self, node: AndOr, place: _Place) -> None:
        if node.operator == "||":
            left = self._chain(node.left, _CHECKED, catching=True)
            with self._branch(node.span):
                right = self._chain(node.right, place)
            self._block("or", (), (left, right), node.span)
        elif self._errexit(place) and not place.tail:
            left = self._chain(node.left, _CHECKED, catching=True)
            with self._branch(node.span):
                right = self._chain(node.right, place)
            self._block("exempt", (), (left, right), node.span)
        else:
            self._all_of(node, place)

    def _all_of(self, node: AndOr, place: _Place) -> None:
        """`a && b && c`, which is deep on its left."""
        rest = [node.right]
        left = node.left
        while isinstance(left, AndOr) and left.operator == "&&":
            rest.append(left.right)
            left = left.left
        before = _Place(ignored=True, tail=place.tail)
        self._node(left, before)
        for member in rest[:0:-1]:
            self._node(member, before)
        self._node(rest[0], place)

    def _pipeline(self, node: Pipeline, place: _Place) -> None:
        if node.negated:
            inner = self._chain(Pipeline(node.span, node.commands, False, node.operators), _CHECKED, catching=True)
            kind = "ignored" if self._errexit(place) and not place.tail else "not"
            negated = Block("not", (), (inner,), self._process.changes, node.span)
            self._out.append(
                negated if kind == "not" else Block(kind, (), ((negated,),), self._process.changes, node.span)
            )
        elif len(node.commands) == 1:
            self._node(node.commands[0], place)
        else:
            chains = []
            for command in node.commands:
                with self._process.child(self._catching):
                    chains.append(self._chain(command, _Place(place.ignored, tail=True), catching=True))
            labels = (*node.operators, *(("pipefail",) if "pipefail" in self._process.options else ()))
            self._block("pipe", labels, tuple(chains), node.span)

    def _if(self, node: If, place: _Place) -> None:
        chains = []
        for i, (condition, body) in enumerate(node.branches):
            if i == 0:
                chains.append(self._chain(condition, _CHECKED, catching=True))
            else:
                with self._branch(node.span):
                    chains.append(self._chain(condition, _CHECKED, catching=True))
            with self._branch(node.span):
                chains.append(self._chain(body, place))
        with self._branch(node.span):
            chains.append(self._chain(node.orelse, place))
        self._block("if", (), tuple(chains), node.span)

    def _case(self, node: Case, place: _Place) -> None:
        labels = [node.subject.text, *node.endings]
        chains = []
        for patterns, body in node.arms:
            labels.append(" | ".join(p.text for p in patterns))
            with self._branch(node.span):
                chains.append(self._chain(body, place))
        self._block("case", tuple(labels), tuple(chains), node.span)

    def _loop(self, node: Loop, place: _Place) -> None:
        words = node.words or ()
        errexit = self._errexit(place)
        labels = (node.kind, node.variable or "", "in" if node.words is not None else "", *(w.text for w in words))
        labels += ("errexit", "last" if place.tail else "") if errexit else ()
        if node.variable:
            self._process.changes += (f"for {node.variable}",)
        with self._branch(node.span):
            condition = self._chain(node.condition, _CHECKED, catching=True)
            body = self._chain(node.body, _Place(place.ignored, tail=False), catching=not errexit)
        self._block("loop", labels, (condition, body), node.span)

    def _redirect(self, node: Node, place: _Place) -> None:
        """A compound command with redirections of its own."""
        redirects = redirects_of(node)
        out, self._out = self._out, []
        self._process.redirected += 1
        self._compound(node, place)
        self._process.redirected -= 1
        chain, self._out = tuple(self._out), out
        self._block("redirected", tuple(redirect_text(r) for r in redirects), (chain,), node.span)

    def _simple(self, node: Simple, place: _Place) -> None:
        change = set_options(node)
        if change is None:
            self._out.append(self._process.command(node, self._errexit(place)))
            return
        caught = self._catching and (self._out or "e" in change.on | change.off)
        if self._branches or self._uncertain or caught:
            raise Unfollowed("`set` stands in a branch", node.span)
        self.sets.add(" ".join(w.text for w in node.words))
        self._process.set(change)

    def _construct(self, words: tuple[str, ...], span: Span, place: _Place, changes: bool) -> None:
        self._out.append(self._process.construct(words, span, self._errexit(place), changes))


def _is_set(node: Node) -> bool:
    return isinstance(node, Simple) and set_options(node) is not None
