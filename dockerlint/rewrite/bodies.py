"""What a RUN body leaves behind in its shell: whether another body may follow in the same process, and how.

State is isolated by a subshell, lists are grouped, errexit forbids both: the table of merge hazards in the project's
references. What cannot be joined at all is in `hazards`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from dockerlint.findings import Withheld
from dockerlint.model.graph import Step
from dockerlint.record import record
from dockerlint.shell.tree import (
    AndOr,
    Case,
    Function,
    Group,
    If,
    Literal,
    Loop,
    Node,
    Parameter,
    Pipeline,
    Sequence,
    ShellBody,
    Simple,
    Subshell,
    Test,
    Word,
)
from dockerlint.shell.walk import children, simple_commands
from dockerlint.source import Span

STATEFUL = frozenset(
    "cd pushd popd export readonly declare typeset local unset set shopt umask ulimit trap exit return exec source"
    " . shift getopts read hash enable let mapfile readarray unalias".split()
)


@record(slots=False)
class Body:
    """One RUN body and what stands against joining it."""

    step: Step
    shell: ShellBody
    root: Node

    @cached_property
    def items(self) -> tuple[Node, ...]:
        """The members of the top-level list."""
        return tuple(i.node for i in self.root.items) if isinstance(self.root, Sequence) else (self.root,)

    @property
    def end(self) -> int:
        """File offset behind the last command, a final ``;`` left out."""
        return self.items[-1].span.end

    @property
    def start(self) -> int:
        """File offset of the first character of the body."""
        return self.root.span.start

    @cached_property
    def is_list(self) -> bool:
        """Whether the top level is a list of several commands."""
        return len(self.items) > 1

    @cached_property
    def ends_in_or(self) -> bool:
        """Whether the last and-or list has a top-level ``||``."""
        node = self.root
        while isinstance(node, AndOr):
            if node.operator == "||":
                return True
            node = node.left
        return False

    @cached_property
    def commands(self) -> tuple[Simple, ...]:
        """Every simple command, whichever process runs it."""
        return tuple(simple_commands(self.root))

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of the programs called."""
        return frozenset(name_of(c) for c in self.commands)

    @cached_property
    def sets(self) -> tuple[str, ...]:
        """The ``set`` commands at the start of the body, as written."""
        found = []
        for node in _leading(self.root):
            if not isinstance(node, Simple) or name_of(node) != "set":
                break
            found.append(" ".join(w.text for w in node.words))
        return tuple(found)

    @cached_property
    def errexit(self) -> bool:
        """Whether ``-e`` is ever in force, by SHELL or by ``set``."""
        letters = self.shell.kind.letters()
        if "e" in letters or "errexit" in letters:
            return True
        return any(_sets_errexit(c) for c in self.commands)

    @cached_property
    def stateful(self) -> str | None:
        """The first construct whose effect on the shell would reach a following body; None when there is none."""
        return next((label for label, _ in _states(self.root)), None)

    @cached_property
    def stateful_beyond_sets(self) -> str | None:
        """The same, the ``set`` commands at the start left out."""
        count = len(self.sets)
        return next((label for label, _ in list(_states(self.root))[count:]), None)

    def trailing_comment(self) -> tuple[str, Span] | None:
        """The shell comment behind the last command."""
        return next(((c.text, c.span) for c in self.shell.comments if c.span.start >= self.end), None)


def body(step: Step) -> Body | Withheld:
    """The body of a RUN as a candidate for joining."""
    shell = step.body
    if shell is None or shell.root is None:
        why = shell.opaque if shell is not None else "no command"
        return Withheld(
            f"the RUN on line {step.instruction.start_line} cannot be followed ({why})", step.instruction.keyword_span
        )
    if shell.heredoc_script or step.instruction.heredoc_nodes:
        return Withheld(
            "a here-document cannot be joined with `&&`",
            step.instruction.heredoc_nodes[0].span,
            "write both RUNs as here-documents with `set -e`, or neither",
        )
    return Body(step, shell, shell.root)


def name_of(command: Simple) -> str:
    """The literal program name without its folder, "" when it is not literal."""
    literal = command.words[0].literal if command.words else None
    return literal.rsplit("/", 1)[-1] if literal else ""


def by_path(command: Simple) -> bool:
    """Whether a program that is not literal has a ``/`` in its name: then it is no builtin and no function."""
    parts = command.words[0].parts if command.words else ()
    return any(isinstance(p, Literal) and "/" in p.text for p in parts)


def _sets_errexit(command: Simple) -> bool:
    if name_of(command) != "set":
        return False
    words = [w.text for w in command.words[1:]]
    return "errexit" in words or any(re.match(r"-[a-zA-Z]*e", w) for w in words)


def _leading(node: Node) -> Iterator[Node]:
    """The commands of the body in order, as far as lists and chains go."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _leading(item.node)
    elif isinstance(node, AndOr) and node.operator == "&&":
        yield from _leading(node.left)
        yield from _leading(node.right)
    else:
        yield node


def _in_process(node: Node) -> Iterator[Node]:
    """Nodes that the body's own shell process runs: not those of subshells and of pipelines of several commands."""
    yield node
    if isinstance(node, Subshell) or (isinstance(node, Pipeline) and len(node.commands) > 1):
        return
    for child in children(node):
        yield from _in_process(child)


def _states(root: Node) -> Iterator[tuple[str, Node]]:
    """(name, node) of each construct that changes the body's own shell."""
    for node in _in_process(root):
        if isinstance(node, Function):
            yield f"function {node.name}", node
        elif isinstance(node, Loop) and node.variable:
            yield f"{node.kind} {node.variable}", node
        elif isinstance(node, Simple):
            name = name_of(node)
            if not node.words and node.assignments:
                yield f"{node.assignments[0].name}=", node
            elif name in STATEFUL or not (name or by_path(node)):
                yield name or (node.words[0].text if node.words else "redirection"), node
            elif _assigns_by_default(node):
                yield "${…:=…}", node


def parameters(words: tuple[Word, ...]) -> Iterator[Parameter]:
    """Every parameter expansion in words."""
    for word in words:
        for part in word.parts:
            if isinstance(part, Parameter):
                yield part


def _assigns_by_default(command: Simple) -> bool:
    return any(p.operator in (":=", "=") for p in parameters(command.words))


def insensitive(node: Node) -> bool:
    """Whether a node means the same with errexit ignored: no list, loop or function in which it could stop."""
    if isinstance(node, Simple | Test):
        return True
    if isinstance(node, AndOr):
        return insensitive(node.left) and insensitive(node.right)
    if isinstance(node, Pipeline):
        return all(insensitive(c) for c in node.commands)
    if isinstance(node, Subshell | Group):
        return insensitive(node.body)
    if isinstance(node, If):
        bodies = [b for _, b in node.branches] + ([node.orelse] if node.orelse else [])
        return all(insensitive(b) for b in bodies)
    if isinstance(node, Case):
        return all(insensitive(b) for _, b in node.arms if b is not None)
    if isinstance(node, Sequence):
        return len(node.items) == 1 and insensitive(node.items[0].node)
    return False


def stops_when_it_fails(node: Node) -> bool:
    """Under errexit: whether a failure of this command, last in its list, ends the shell."""
    if isinstance(node, AndOr):
        return node.operator == "||" and stops_when_it_fails(node.right)
    if isinstance(node, Pipeline):
        return not node.negated
    return isinstance(node, Simple | Subshell)
