"""What a shell body runs: each command with its words resolved, its directory, and whether it surely runs."""

from __future__ import annotations

from collections.abc import Mapping

from dockerlint.model.graph import Step
from dockerlint.record import record
from dockerlint.shell.tree import Literal, Redirect, Simple, Word
from dockerlint.source import Source, Span
from dockerlint.values import UNKNOWN, Value


@record
class Argument:
    """One argument after expansion. An unquoted variable may give several arguments that share a word."""

    value: Value
    word: Word
    glob: bool = False
    """`value` is a pattern: it has an active ``*``, ``?`` or ``[…]``."""


@record
class Invocation:
    """One command as it is run, prefixes like ``sudo``, ``env X=1`` and ``sh -c '…'`` looked through."""

    step: Step
    node: Simple
    program: str
    """Base name of the program: ``apt-get`` for ``/usr/bin/apt-get``; "" when unknown."""
    arguments: tuple[Argument, ...]
    """What follows the program."""
    program_word: Word | None
    cwd: Value
    variables: Mapping[str, Value]
    """Shell and environment variables in force; a name that is missing is not known to be set."""
    certain: bool
    """Runs in every build that succeeds: not in a branch, a loop, a function, or behind ``||``."""
    redirects: tuple[Redirect, ...] = ()
    prefixes: tuple[str, ...] = ()
    """The wrappers looked through, outermost first: ``("sudo",)``."""
    nested: bool = False
    """Comes from a string given to ``sh -c``, or from ``xargs``: its words are no place to edit at."""

    @property
    def span(self) -> Span:
        """The command's place."""
        return self.node.span

    @property
    def argv(self) -> tuple[Value, ...]:
        """Program and arguments."""
        return (self.program or UNKNOWN, *(a.value for a in self.arguments))

    @property
    def first_words(self) -> str:
        """The program and two arguments, as a message quotes the command; what is not known is ``…``."""
        words = [word if isinstance(word, str) else "…" for word in self.argv]
        return " ".join(words[:3]) + (" …" if len(words) > 3 else "")


def stands_plainly(source: Source, word: Word) -> bool:
    """Whether a word stands in the file as it is run: no quotes, no variable, no line break inside."""
    bare = all(isinstance(part, Literal) and not part.quoted for part in word.parts)
    return bare and word.text == word.literal == source.slice(word.span)


def own_word(source: Source, invocation: Invocation, argument: Argument) -> bool:
    """Whether an argument's word stands plainly and is nothing but this argument: a place to edit at."""
    alone = sum(other.word is argument.word for other in invocation.arguments) == 1
    return alone and argument.word.literal == argument.value and stands_plainly(source, argument.word)


def of_step(step: Step) -> tuple[Invocation, ...]:
    """The commands of a RUN as they run; empty when the body is opaque. Followed once for each step."""
    return step.invocations


def follow(step: Step) -> tuple[Invocation, ...]:
    """`of_step`, worked out anew."""
    body = step.body
    if body is None or body.root is None:
        return ()
    from dockerlint.model.interpret import Interpreter

    interpreter = Interpreter(step, body.kind, step.scope.user)
    interpreter.run(body.root, certain=True, must=True)
    interpreter.finish()
    return tuple(interpreter.found)
