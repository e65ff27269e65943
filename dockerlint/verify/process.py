"""One shell process as a body runs: what it has changed, its options, the programs it remembers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dockerlint.shell.tree import Redirect, ShellKind, Simple
from dockerlint.source import Span
from dockerlint.verify.commands import changes_shell, may_end_shell
from dockerlint.verify.items import Leaf, State
from dockerlint.verify.options import OptionChange, initial, relevant
from dockerlint.verify.programs import Memory


class Process:
    """Turns commands into leaves, each with the state it finds, and takes note of what they change."""

    def __init__(self, kind: ShellKind, flags: tuple[str, ...], index: int) -> None:
        self.flags = flags
        self.index = index
        self.changes: tuple[str, ...] = ()
        self.options = initial(kind)
        self.redirected = 0
        """How many constructs around redirect what the shell itself prints."""
        self._memory = Memory()
        self._caught = 0

    @contextmanager
    def child(self, catching: int) -> Iterator[None]:
        """A process of its own, forgotten behind it; `catching` constructs around it would hide its failure."""
        kept = self.changes, self.options, self._caught, dict(self._memory.called)
        self._caught = catching
        yield
        self.changes, self.options, self._caught, self._memory.called = kept

    def command(self, node: Simple, errexit: bool) -> Leaf:
        """A simple command that is not a plain `set`."""
        words = tuple(w.text for w in node.words)
        rest = (*(a.text or a.name for a in node.assignments), *(redirect_text(r) for r in node.redirects))
        caught = self._caught if may_end_shell(node, self.options) else 0
        options = relevant(node, self.options, errexit, self._defines(), self.redirected > 0)
        state = State(self.changes, options, self._memory.call(words), caught, self.flags)
        return self._ran(Leaf(words, rest, state, node.span, self.index), changes_shell(node))

    def construct(self, words: tuple[str, ...], span: Span, errexit: bool, changes: bool) -> Leaf:
        """A function definition or a test: as written."""
        options = frozenset(o for o in self.options if o not in "xv" and (o != "e" or errexit))
        return self._ran(
            Leaf(words, (), State(self.changes, options, False, self._caught, self.flags), span, self.index), changes
        )

    def set(self, change: OptionChange) -> None:
        """A plain `set`: what it does shows in the leaves behind it."""
        self.options = (self.options | change.on) - change.off

    def _ran(self, leaf: Leaf, changes: bool) -> Leaf:
        if changes:
            self.changes += (leaf.text,)
        return leaf

    def _defines(self) -> bool:
        """Whether a name may be a function by now, or a trap may run."""
        return any(c.startswith(("function ", ". ", "source ", "trap ")) for c in self.changes)


def redirect_text(redirect: Redirect) -> str:
    """A redirection as written, with the body of its here-document."""
    target = redirect.target.text if redirect.target is not None else ""
    text = f"{redirect.descriptor}{redirect.operator}{target}"
    return text if redirect.heredoc is None else f"{text}\n{redirect.heredoc}"
