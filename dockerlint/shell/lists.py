"""Lists and pipelines, read with the shell's own precedence.

The grammar nests ``&&``, ``|``, ``!`` and redirections loosely (in ``a && b > x`` it redirects the list), so its
nesting is undone and the tokens are read again.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Items
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from dockerlint.shell.text import Text
from dockerlint.shell.tree import AndOr, Item, Node, Pipeline, Sequence
from dockerlint.shell.unsupported import Unsupported
from dockerlint.source import Span

if TYPE_CHECKING:
    from tree_sitter import Node as SyntaxNode

REDIRECTS = frozenset(("file_redirect", "herestring_redirect"))
_NESTING = frozenset(("list", "pipeline", "redirected_statement", "negated_command"))
_OPERATORS = frozenset(("&&", "||", "|", "|&", ";", "&", "!"))
_OPEN_ENDED = REDIRECTS | {"command", "declaration_command", "unset_command", "variable_assignment"}
_PIPES = ("|", "|&")
CommandOf: TypeAlias = "Callable[[list[SyntaxNode]], Node]"
"""Builds a command from its syntax node and the redirections around it, in the order of the text."""


class _Token(NamedTuple):
    start: int
    end: int
    operator: str
    """The operator, "" for a command or redirection."""
    node: SyntaxNode
    newline: bool
    """It is the first of its line."""


def read_list(nodes: Items[SyntaxNode], start: int, end: int, text: Text, command: CommandOf) -> Node | None:
    """The list that the syntax nodes between two offsets form; None when there is no command."""
    tokens: list[_Token] = []
    last, stack = start, list(reversed(nodes))
    while stack:
        node = stack.pop()
        kind = node.type
        if kind in _NESTING:
            stack += reversed(node.children)
        elif kind != "comment":
            at, stop = node.start_byte, node.end_byte
            if text.negations and (mark := text.negation(last, at)) >= 0:
                tokens.append(_Token(mark, mark + 1, "!", node, text.gap(last, mark)))
                last = mark + 1
            if at == last and tokens and tokens[-1].operator and text.code[at] in "&|;":
                raise Unsupported(f"{tokens[-1].operator}{kind}")
            tokens.append(_Token(at, stop, kind if kind in _OPERATORS else "", node, text.gap(last, at)))
            last = stop
    broken = text.gap(last, end)
    keyword = text.code[end : end + 1].isalpha() or text.code.startswith("}", end)
    if keyword and not broken and tokens and not tokens[-1].operator and tokens[-1].node.type in _OPEN_ENDED:
        raise Unsupported(f"{text.code[end : end + 4]} in a command")
    return _ListReader(tokens, text, command).read() if tokens else None


class _ListReader:
    """A recursive descent over the tokens of one list."""

    def __init__(self, tokens: list[_Token], text: Text, command: CommandOf) -> None:
        self.tokens = tokens
        self.text = text
        self.command = command
        self.at = 0

    def operator(self) -> str:
        """The operator at hand; "" at a command and at the end."""
        return self.tokens[self.at].operator if self.at < len(self.tokens) else ""

    def at_newline(self) -> bool:
        """Whether the token at hand is the first of its line."""
        return self.at < len(self.tokens) and self.tokens[self.at].newline

    def read(self) -> Node:
        """``a; b & c`` and lines."""
        items: list[Item] = []
        tokens, text = self.tokens, self.text
        while self.at < len(tokens):
            node = self.and_or()
            if self.operator() in (";", "&"):
                token = tokens[self.at]
                if token.newline:
                    raise Unsupported(f"{token.operator} at the start of a line")
                items.append(Item(node, token.operator, text.span(token.start, token.end)))
                self.at += 1
            elif self.at < len(tokens):
                if not tokens[self.at].newline:
                    raise Unsupported(f"{tokens[self.at].operator or tokens[self.at].node.type} after a command")
                at = text.code.index("\n", tokens[self.at - 1].end)
                items.append(Item(node, "\n", text.span(at, at + 1)))
            else:
                items.append(Item(node, "", Span(node.span.end, node.span.end)))
        if len(items) == 1 and not items[0].terminator:
            return items[0].node
        last = items[-1]
        end = last.terminator_span.end if last.terminator else last.node.span.end
        return Sequence(Span(items[0].node.span.start, end), tuple(items))

    def and_or(self) -> Node:
        """``a && b || c``, which groups to the left."""
        left = self.pipeline()
        while (operator := self.operator()) in ("&&", "||"):
            token = self.take()
            right = self.pipeline()
            span = Span(left.span.start, right.span.end)
            left = AndOr(span, left, operator, right, self.text.span(token.start, token.end))
        return left

    def pipeline(self) -> Node:
        """``! a | b``."""
        negation = self.tokens[self.at] if self.operator() == "!" else None
        if negation is not None:
            self.at += 1
            if self.text.source[negation.end : negation.end + 1] not in (" ", "\t", "(") or self.at_newline():
                raise Unsupported("! without a command")
        commands = [self.simple_or_compound()]
        operators: list[str] = []
        while self.operator() in _PIPES:
            operators.append(self.take().operator)
            commands.append(self.simple_or_compound())
        if len(commands) == 1 and negation is None:
            return commands[0]
        start = commands[0].span.start if negation is None else self.text.span(negation.start, negation.end).start
        span = Span(start, commands[-1].span.end)
        return Pipeline(span, tuple(commands), negation is not None, tuple(operators) if "|&" in operators else ())

    def take(self) -> _Token:
        """The operator at hand, which must not start a line."""
        token = self.tokens[self.at]
        if token.newline:
            raise Unsupported(f"{token.operator} at the start of a line")
        self.at += 1
        return token

    def simple_or_compound(self) -> Node:
        """A command and its redirections: all that follows on the line up to an operator."""
        tokens, first = self.tokens, self.at
        while self.at < len(tokens) and not tokens[self.at].operator:
            if self.at > first and tokens[self.at].newline:
                break
            self.at += 1
        if self.at == first:
            raise Unsupported(f"{self.operator() or 'list'} without a command")
        return self.command([token.node for token in tokens[first : self.at]])
