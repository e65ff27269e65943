"""The command tree of a shell body. Every span is in the Dockerfile, whatever continuations lie between.

Nodes are what POSIX calls them. A body that cannot be followed has no tree: `ShellBody.root` is None and
`ShellBody.opaque` says why.
"""

from __future__ import annotations

from typing import TypeAlias

from dockerlint.record import record
from dockerlint.source import Span
from dockerlint.syntax.tree import Logical


@record
class Literal:
    """Text with quotes and escapes resolved."""

    text: str
    quoted: bool = False


@record
class Glob:
    """Unquoted text with ``*``, ``?`` or ``[…]`` in it, as a pattern."""

    text: str


@record
class Parameter:
    """``$name`` or ``${name<operator>operand}``; `name` may be special (``@``, ``?``, ``1``)."""

    name: str
    operator: str = ""
    operand: tuple[Part, ...] = ()
    quoted: bool = False


@record
class Substitution:
    """``$(…)``, backquotes, ``<(…)`` (kind ``command`` or ``process``) or ``$((…))`` (kind ``arithmetic``).

    Kind ``quote`` is ``$'…'`` or ``$"…"`` in a shell that may not know them: its value is open. `body` is None for
    these, for arithmetic, and for an empty substitution.
    """

    kind: str
    body: Node | None
    quoted: bool = False


@record
class Braces:
    """A brace list ``{a,b}`` or range ``{1..3}``, as written; each shell decides whether it is one."""

    text: str


@record
class Tilde:
    """An unquoted ``~`` or ``~user`` at the start of a word."""

    text: str


Part: TypeAlias = Literal | Glob | Parameter | Substitution | Braces | Tilde


@record
class Word:
    """A shell word. `text` is as written in the joined body, `parts` what it is made of."""

    text: str
    span: Span
    parts: tuple[Part, ...]

    @property
    def literal(self) -> str | None:
        """The value when it depends on nothing (no expansion, no glob), else None."""
        out = ""
        for part in self.parts:
            if not isinstance(part, Literal):
                return None
            out += part.text
        return out


@record
class Assignment:
    """``name=value`` (`append` for ``+=``); `value` is None for an array."""

    name: str
    value: Word | None
    append: bool
    span: Span
    text: str = ""
    """As written in the joined body, the array's elements included."""


@record
class Redirect:
    """``2>/dev/null``, ``<<EOF``. `operator` has no descriptor; `descriptor` is "" when not written."""

    operator: str
    descriptor: str
    target: Word | None
    span: Span
    heredoc: str | None = None
    """The body of a here-document."""


@record
class Simple:
    """A simple command: assignments, words, redirections. `words` is empty for an assignment alone.

    ``export``, ``local``, ``declare``, ``readonly`` and ``unset`` are simple commands here, their arguments words.
    """

    span: Span
    words: tuple[Word, ...]
    assignments: tuple[Assignment, ...] = ()
    redirects: tuple[Redirect, ...] = ()


@record
class Pipeline:
    """``a | b``, or one command after ``!``."""

    span: Span
    commands: tuple[Node, ...]
    negated: bool = False
    operators: tuple[str, ...] = ()
    """The ``|`` and ``|&`` between the commands; () when all are ``|``."""


@record
class AndOr:
    """``left && right`` or ``left || right``; `operator_span` is the operator's place."""

    span: Span
    left: Node
    operator: str
    right: Node
    operator_span: Span


@record
class Item:
    """A member of a list and what ends it: ``;``, ``&``, a newline, or "" for the last."""

    node: Node
    terminator: str
    terminator_span: Span


@record
class Sequence:
    """A list of two or more commands, or of one that ends in ``;`` or ``&``."""

    span: Span
    items: tuple[Item, ...]


@record
class Subshell:
    """``( body )``."""

    span: Span
    body: Node
    redirects: tuple[Redirect, ...] = ()


@record
class Group:
    """``{ body; }``."""

    span: Span
    body: Node
    redirects: tuple[Redirect, ...] = ()


@record
class If:
    """``if``: pairs (condition, body) and the ``else`` body."""

    span: Span
    branches: tuple[tuple[Node, Node], ...]
    orelse: Node | None
    redirects: tuple[Redirect, ...] = ()


@record
class Loop:
    """``for``, ``while``, ``until`` or ``select``; `words` is None where ``in`` is missing."""

    span: Span
    kind: str
    variable: str | None
    words: tuple[Word, ...] | None
    condition: Node | None
    body: Node
    redirects: tuple[Redirect, ...] = ()


@record
class Case:
    """``case``: the subject and pairs (patterns, body or None)."""

    span: Span
    subject: Word
    arms: tuple[tuple[tuple[Word, ...], Node | None], ...]
    redirects: tuple[Redirect, ...] = ()
    endings: tuple[str, ...] = ()
    """What ends each arm (``;;``, ``;&``, ``;;&``, "" for the last); () when none falls through."""


@record
class Function:
    """A function definition."""

    span: Span
    name: str
    body: Node


@record
class Test:
    """``[[ … ]]`` or ``(( … ))``, as written."""

    span: Span
    text: str
    redirects: tuple[Redirect, ...] = ()


Node: TypeAlias = Simple | Pipeline | AndOr | Sequence | Subshell | Group | If | Loop | Case | Function | Test


@record
class ShellKind:
    """Which shell runs a body.

    `name` is ``sh``, ``bash``, ``dash``, ``ash``, ``zsh``, ``ksh``, ``powershell``, ``cmd`` or the program's base name;
    `options` are the words between program and body (``-eo``, ``pipefail``, ``-c``).
    """

    name: str
    options: tuple[str, ...] = ("-c",)

    @property
    def posix(self) -> bool:
        """Whether its language is read here."""
        return self.name in ("sh", "bash", "dash", "ash", "zsh", "ksh", "busybox")

    def letters(self) -> set[str]:
        """Single-letter options, and the names given to ``-o``."""
        found: set[str] = set()
        for word in self.options:
            found |= set(word[1:]) if word.startswith("-") and not word.startswith("--") else {word}
        return found


@record
class ShellComment:
    """A ``#`` comment that the shell itself reads (not a Dockerfile comment line)."""

    text: str
    span: Span


@record(eq=False, slots=False)
class ShellBody:
    """What one instruction hands to a shell. `logical` is the shell's own text, mapped to the file."""

    logical: Logical
    kind: ShellKind
    root: Node | None
    opaque: str = ""
    """Why `root` is None: "powershell", "syntax error", "exec form", "script for python3", …; "" when it is not."""
    comments: tuple[ShellComment, ...] = ()
    heredoc_script: bool = False
    """The body is that of a sole heredoc (``RUN <<EOF``), not of the instruction's line."""
