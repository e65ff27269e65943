"""What a file does, as a list of items that run one after the other until one fails.

A leaf is one simple command with the shell state it finds. Process borders are not items: they show in that state, for
a command behind the border no longer has what was set before it. So `( cd a && b ) && c` and the two RUNs `cd a && b`
and `c` are the same list, and `cd a && b && c` is another.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from dockerlint.source import Span

Chain: TypeAlias = "tuple[Item, ...]"
NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class State:
    """What a command finds in its shell, as far as it can matter to it."""

    changes: tuple[str, ...] = ()
    """Commands run since the process was fresh that change a shell, or may end it: as written, in order."""
    options: frozenset[str] = frozenset()
    """Shell options that can matter to this command."""
    stale: bool = False
    """The shell remembers a path for the program that something in between may have replaced."""
    caught: int = 0
    """For a command that may end its shell: how many constructs around that shell would hide the failure."""
    flags: tuple[str, ...] = ()
    """The RUN's flags."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A simple command. `words` are as written; `rest` are its assignments and redirections."""

    words: tuple[str, ...]
    rest: tuple[str, ...]
    state: State
    span: Span = field(default=NOWHERE, compare=False)
    index: int = field(default=-1, compare=False)
    """Index of the RUN among the file's instructions."""

    @property
    def text(self) -> str:
        """The command as people read it."""
        return " ".join((*self.rest, *self.words)) if not self.words else " ".join((*self.words, *self.rest))


@dataclass(frozen=True, slots=True)
class Block:
    """A construct that decides whether and how chains run.

    `kind` is ``ignored`` (a list member whose failure does not matter), ``or``, ``exempt`` (``a && b`` in the middle of
    an errexit list: only b's failure matters), ``not``, ``pipe``, ``if``, ``case``, ``loop`` or ``redirected``.
    """

    kind: str
    labels: tuple[str, ...]
    chains: tuple[Chain, ...]
    after: tuple[str, ...] = ()
    """`State.changes` behind it."""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Fixed:
    """What must stay as it is: an instruction, a RUN that cannot be followed, a border between RUNs that matters."""

    kind: str
    """``instruction``, ``opaque`` or ``border``."""
    key: tuple[object, ...]
    span: Span = field(default=NOWHERE, compare=False)
    index: int = field(default=-1, compare=False)
    """Index of the instruction."""


Item: TypeAlias = "Leaf | Block | Fixed"


def linear(chain: Chain) -> list[Leaf | Fixed]:
    """Every leaf and every fixed item, in the order of the text."""
    found: list[Leaf | Fixed] = []
    for item in chain:
        if isinstance(item, Block):
            for inner in item.chains:
                found += linear(inner)
        else:
            found.append(item)
    return found


def leaves(chain: Chain) -> list[Leaf]:
    """Every leaf, in the order of the text."""
    return [item for item in linear(chain) if isinstance(item, Leaf)]
