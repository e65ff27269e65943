"""Walks over the command tree, and the text of a node without what does not count."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dockerlint.shell.tree import (
    AndOr,
    Case,
    Function,
    Group,
    If,
    Loop,
    Node,
    Parameter,
    Part,
    Pipeline,
    Redirect,
    Sequence,
    Simple,
    Subshell,
    Substitution,
    Test,
    Word,
)

_ESCAPE = re.compile(r"\\(.)", re.S)


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below, in the order of the text."""
    if isinstance(node, AndOr):
        yield node.left
        yield node.right
    elif isinstance(node, Sequence):
        for item in node.items:
            yield item.node
    elif isinstance(node, Pipeline):
        yield from node.commands
    elif isinstance(node, (Subshell, Group, Function)):
        yield node.body
    elif isinstance(node, If):
        for condition, body in node.branches:
            yield condition
            yield body
        if node.orelse is not None:
            yield node.orelse
    elif isinstance(node, Loop):
        if node.condition is not None:
            yield node.condition
        yield node.body
    elif isinstance(node, Case):
        for _, arm in node.arms:
            if arm is not None:
                yield arm


def descendants(node: Node, substitutions: bool = False) -> Iterator[Node]:
    """The node and all below it, in the order of the text; those in substitutions, when asked, behind their command."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        below = list(children(node))
        if substitutions:
            below = [*(body for word in _own_words(node) for body in _bodies(word.parts)), *below]
        stack += reversed(below)


def simple_commands(node: Node, substitutions: bool = False) -> Iterator[Simple]:
    """The simple commands in the order of the text, those in substitutions only when asked."""
    return (found for found in descendants(node, substitutions) if isinstance(found, Simple))


def words_of(node: Node, substitutions: bool = False) -> Iterator[Word]:
    """All words below a node: of commands, assignments, redirections, loops and cases."""
    return (word for found in descendants(node, substitutions) for word in _own_words(found))


def redirects_of(node: Node) -> tuple[Redirect, ...]:
    """The node's own redirections."""
    return () if isinstance(node, (AndOr, Sequence, Pipeline, Function)) else node.redirects


def _own_words(node: Node) -> Iterator[Word]:
    if isinstance(node, Simple):
        for assignment in node.assignments:
            if assignment.value is not None:
                yield assignment.value
        yield from node.words
    elif isinstance(node, Loop):
        yield from node.words or ()
    elif isinstance(node, Case):
        yield node.subject
        for patterns, _ in node.arms:
            yield from patterns
    for redirect in redirects_of(node):
        if redirect.target is not None:
            yield redirect.target


def _bodies(parts: tuple[Part, ...]) -> Iterator[Node]:
    for part in parts:
        if isinstance(part, Substitution) and part.body is not None:
            yield part.body
        elif isinstance(part, Parameter):
            yield from _bodies(part.operand)


def canonical(node: Node) -> str:
    """Shell text that runs the same as the node: one line, single blanks, here-documents behind it.

    Nodes that share it run the same; the reverse does not hold. Words are kept as written.
    """
    documents: list[str] = []
    line = _text(node, documents)
    return line + "".join(documents)


def _text(node: Node, documents: list[str]) -> str:
    if isinstance(node, Simple):
        found = [_joined(a.text) for a in node.assignments] + [_joined(w.text) for w in node.words]
        return " ".join(found + [_redirect(r, documents) for r in node.redirects])
    if isinstance(node, AndOr):
        return _and_or(node, documents)
    if isinstance(node, Pipeline):
        return _pipeline(node, documents)
    if isinstance(node, Sequence):
        return _sequence(node, documents)
    if isinstance(node, Function):
        return f"{node.name}() {_text(node.body, documents)}"
    text = _compound(node, documents)
    return " ".join([text, *(_redirect(r, documents) for r in node.redirects)])


def _and_or(node: AndOr, documents: list[str]) -> str:
    chain: list[AndOr] = [node]  # a long chain is deep on its left
    while isinstance(chain[-1].left, AndOr):
        chain.append(chain[-1].left)
    text = _text(chain[-1].left, documents)
    for link in reversed(chain):
        text += f" {link.operator} {_text(link.right, documents)}"
    return text


def _pipeline(node: Pipeline, documents: list[str]) -> str:
    operators = node.operators or ("|",) * (len(node.commands) - 1)
    text = ("! " if node.negated else "") + _text(node.commands[0], documents)
    for operator, command in zip(operators, node.commands[1:], strict=True):
        text += f" {operator} {_text(command, documents)}"
    return text


def _sequence(node: Sequence, documents: list[str]) -> str:
    text = ""
    for item in node.items:
        text += _text(item.node, documents) + (" & " if item.terminator == "&" else "; ")
    return text[:-1] if text.endswith("& ") else text[:-2]


def _compound(node: Subshell | Group | If | Loop | Case | Test, documents: list[str]) -> str:
    if isinstance(node, Test):
        return node.text
    if isinstance(node, Subshell):
        return f"( {_text(node.body, documents)} )"
    if isinstance(node, Group):
        return f"{{ {_ended(node.body, documents)} }}"
    if isinstance(node, If):
        keyword, text = "if", ""
        for condition, body in node.branches:
            text += f"{keyword} {_ended(condition, documents)} then {_ended(body, documents)} "
            keyword = "elif"
        if node.orelse is not None:
            text += f"else {_ended(node.orelse, documents)} "
        return text + "fi"
    if isinstance(node, Loop):
        return _loop(node, documents)
    text = f"case {_joined(node.subject.text)} in"
    for i, (patterns, arm) in enumerate(node.arms):
        ending = (node.endings[i] if node.endings else "") or ";;"
        choice = " | ".join(_joined(pattern.text) for pattern in patterns)
        text += f" ({choice}) {_text(arm, documents) + ' ' if arm is not None else ''}{ending}"
    return text + " esac"


def _loop(node: Loop, documents: list[str]) -> str:
    head = node.kind
    if node.variable is not None:
        head += f" {node.variable}"
        if node.words is not None:
            head += "".join([" in", *(f" {_joined(word.text)}" for word in node.words)])
        head += ";"
    elif isinstance(node.condition, Test) and node.kind == "for":
        head += f" {node.condition.text};"
    elif node.condition is not None:
        head += f" {_ended(node.condition, documents)}"
    return f"{head} do {_ended(node.body, documents)} done"


def _ended(node: Node, documents: list[str]) -> str:
    """A list with the terminator that a keyword needs before it."""
    text = _text(node, documents)
    ended = isinstance(node, Sequence) and node.items[-1].terminator == "&"
    return text if ended else text + ";"


def _redirect(redirect: Redirect, documents: list[str]) -> str:
    target = _joined(redirect.target.text) if redirect.target is not None else ""
    if redirect.heredoc is not None:
        documents.append(f"\n{redirect.heredoc}{_delimiter(redirect)}")
    # A blank keeps `< <(a)` and `<< -EOF` from reading as another operator.
    blank = " " if target[:1] in tuple("<>&(-|") and target != "-" else ""
    return f"{redirect.descriptor}{redirect.operator}{blank}{target}"


def _delimiter(redirect: Redirect) -> str:
    return (redirect.target.literal if redirect.target is not None else None) or ""


def _joined(text: str) -> str:
    """A word without line continuations; kept where quotes may make them part of it."""
    if "\\\n" not in text or "'" in text:
        return text
    return _ESCAPE.sub(lambda match: "" if match[1] == "\n" else match[0], text)
