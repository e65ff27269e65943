"""The grammar's syntax tree to the command tree: compound commands and substitutions."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from dockerlint.record import replace
from dockerlint.shell.commands import RESERVED, SIMPLE, CommandReader
from dockerlint.shell.lists import REDIRECTS, read_list
from dockerlint.shell.substitutions import Substitutions
from dockerlint.shell.text import Text
from dockerlint.shell.tree import (
    AndOr,
    Case,
    Function,
    Group,
    If,
    Loop,
    Node,
    Pipeline,
    Redirect,
    Sequence,
    ShellComment,
    Simple,
    Subshell,
    Test,
    Word,
)
from dockerlint.shell.unsupported import SYNTAX_ERROR, Unsupported
from dockerlint.shell.words import WordReader
from dockerlint.syntax.tree import Logical

if TYPE_CHECKING:
    from tree_sitter import Node as SyntaxNode

_FUNCTION_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]*(?=[\s(])")
_KEYWORDS = frozenset("{ } if then elif else fi for select in do done while until case esac function".split())
_AFTER_KEYWORD = frozenset(("", *" \t\n;&|()<>`"))
_AFTER_BRACE = frozenset(" \t\n")
_CLAUSES = frozenset(("elif_clause", "else_clause", "do_group"))
Grammar: TypeAlias = "Callable[[str], SyntaxNode]"
"""The syntax tree of a text that is ASCII."""


def convert(logical: Logical, ansi: bool, grammar: Grammar) -> tuple[Node | None, tuple[ShellComment, ...]]:
    """The command tree of a text, None when it has no command, and its comments. Raises Unsupported.

    `ansi`: the shell is known to have ``$'…'``.
    """
    text = Text(logical)
    root = grammar(text.code)
    if root.has_error:
        raise Unsupported(SYNTAX_ERROR)
    return _Converter(text, root, ansi, grammar).convert()


class _Converter:
    """Converts one text whose syntax tree is without errors."""

    def __init__(self, text: Text, root: SyntaxNode, ansi: bool, grammar: Grammar) -> None:
        self._text = text
        self._root = root
        self._found = Substitutions(text, root, self._list, lambda inner: convert(inner, ansi, grammar))
        self._commands = CommandReader(text, WordReader(text.source, ansi, self._found.at))

    def convert(self) -> tuple[Node | None, tuple[ShellComment, ...]]:
        node = self._list(self._root.children, 0, len(self._text.code))
        return node, tuple(self._found.comments)

    def _list(self, nodes: list[SyntaxNode], start: int, end: int) -> Node | None:
        return read_list(nodes, start, end, self._text, self._command)

    def _body(self, nodes: list[SyntaxNode], start: int, end: int) -> Node:
        found = self._list(nodes, start, end)
        if found is None:
            raise Unsupported("empty list")
        return found

    def _command(self, nodes: list[SyntaxNode]) -> Node:
        """A command from its syntax node and the redirections around it."""
        main = [node for node in nodes if node.type not in REDIRECTS]
        if not main or main[0].type in SIMPLE:
            if len(main) > 1:
                raise Unsupported(f"{main[1].type} after {main[0].type}")
            if not (main and main[0].type == "test_command" and main[0].children[0].type != "["):
                return self._commands.simple(nodes)
        if len(main) > 1 or nodes[0] is not main[0]:
            raise Unsupported(f"{nodes[-1].type} around {main[0].type}")
        convert = _COMPOUND.get(main[0].type)
        if convert is None:
            raise Unsupported(main[0].type)
        self._check_keywords(main[0])
        return self._redirected(convert(self, main[0]), nodes[1:])

    def _redirected(self, node: Node, nodes: list[SyntaxNode]) -> Node:
        """A compound command with its redirections; those of a function belong to its body."""
        if not nodes:
            return node
        if isinstance(node, Function):
            body = self._redirected(node.body, nodes)
            return replace(node, body=body, span=node.span.cover(body.span))
        if isinstance(node, (Simple, AndOr, Sequence, Pipeline)):  # none of them comes from a compound command
            raise Unsupported("redirection")
        redirects: list[Redirect] = []
        for syntax in nodes:
            redirect, _, rest = self._commands.redirect(syntax)
            if rest:
                raise Unsupported("word after a redirection")
            redirects.append(redirect)
        span = node.span.cover(redirects[-1].span)
        return replace(node, span=span, redirects=tuple(redirects))

    def _check_keywords(self, node: SyntaxNode) -> None:
        """Make sure that each reserved word is a word: the grammar takes ``{a`` and ``then]`` for two."""
        for child in node.children:
            following = self._text.code[child.end_byte : child.end_byte + 1]
            if child.type in _KEYWORDS and following not in (_AFTER_BRACE if child.type == "{" else _AFTER_KEYWORD):
                raise Unsupported(f"text behind {child.type}")
            if child.type in _CLAUSES:
                self._check_keywords(child)

    def _check_gaps(self, nodes: list[SyntaxNode]) -> None:
        """Make sure that nothing stands between nodes that the grammar has passed over."""
        for before, after in pairwise(nodes):
            self._text.gap(before.end_byte, after.start_byte)

    def _test(self, node: SyntaxNode) -> Node:
        start, end = node.start_byte, node.end_byte
        return Test(self._text.span(start, end), self._text.source[start:end])

    def _subshell(self, node: SyntaxNode) -> Node:
        children = node.children
        if self._text.code.startswith("((", node.start_byte):
            raise Unsupported("((")  # arithmetic to a shell, wherever it may be that
        body = self._body(children[1:-1], children[0].end_byte, children[-1].start_byte)
        return Subshell(self._text.span(node.start_byte, node.end_byte), body)

    def _group(self, node: SyntaxNode) -> Node:
        children = node.children
        if children[0].type != "{":
            return self._test(node)
        body = self._body(children[1:-1], children[0].end_byte, children[-1].start_byte)
        return Group(self._text.span(node.start_byte, node.end_byte), body)

    def _if(self, node: SyntaxNode) -> Node:
        branches: list[tuple[Node, Node]] = []
        orelse: Node | None = None
        children = [c for c in node.children if c.type != "comment"]
        clauses = [c for c in children if c.type in ("elif_clause", "else_clause")]
        first = clauses[0].start_byte if clauses else children[-1].start_byte
        branches.append(self._branch([c for c in children[:-1] if c not in clauses], first))
        for clause, after in zip(clauses, [*clauses, children[-1]][1:], strict=True):
            inner = clause.children
            if clause.type == "elif_clause":
                branches.append(self._branch(inner, after.start_byte))
            else:
                orelse = self._body(inner[1:], inner[0].end_byte, after.start_byte)
        return If(self._text.span(node.start_byte, node.end_byte), tuple(branches), orelse)

    def _branch(self, children: list[SyntaxNode], end: int) -> tuple[Node, Node]:
        """Condition and body from ``if`` or ``elif`` on, up to the next keyword at `end`."""
        then = next(i for i, child in enumerate(children) if child.type == "then")
        condition = self._body(children[1:then], children[0].end_byte, children[then].start_byte)
        return condition, self._body(children[then + 1 :], children[then].end_byte, end)

    def _while(self, node: SyntaxNode) -> Node:
        children = node.children
        condition = self._body(children[1:-1], children[0].end_byte, children[-1].start_byte)
        span = self._text.span(node.start_byte, node.end_byte)
        return Loop(span, children[0].type, None, None, condition, self._do(children[-1]))

    def _do(self, node: SyntaxNode) -> Node:
        if node.type != "do_group":
            raise Unsupported(f"{node.type} as the body of a loop")
        children = node.children
        return self._body(children[1:-1], children[0].end_byte, children[-1].start_byte)

    def _for(self, node: SyntaxNode) -> Node:
        children = [c for c in node.children if c.type != "comment"]
        self._check_gaps(children)
        variable, head = children[1], children[2:-1]
        last = self._same_line(children[0].end_byte, variable)
        has_in = bool(head) and head[0].type == "in"
        if has_in:
            last = head[0].end_byte
        ranges: list[tuple[int, int]] = []
        for value in head[has_in:]:
            if value.type == ";" and value is head[-1]:
                continue
            if ranges and self._text.joined(last, value.start_byte):
                ranges[-1] = (ranges[-1][0], value.end_byte)
            else:
                ranges.append((value.start_byte, value.end_byte))
            last = self._same_line(last, value)
        if ranges and not has_in:
            raise Unsupported("for without in")
        words = tuple(self._commands.word(start, end) for start, end in ranges) if has_in else None
        name = self._text.source[variable.start_byte : variable.end_byte]
        span = self._text.span(node.start_byte, node.end_byte)
        return Loop(span, children[0].type, name, words, None, self._do(children[-1]))

    def _same_line(self, last: int, node: SyntaxNode) -> int:
        """The end of a node that must be on the line of what ends at `last`."""
        if self._text.gap(last, node.start_byte):
            raise Unsupported(f"newline before {self._text.code[node.start_byte : node.end_byte][:20]!r}")
        return node.end_byte

    def _counting_for(self, node: SyntaxNode) -> Node:
        children = node.children
        opening = next(c for c in children if c.type == "((").start_byte
        closing = next(c for c in children if c.type == "))").end_byte
        condition = Test(self._text.span(opening, closing), self._text.source[opening:closing])
        span = self._text.span(node.start_byte, node.end_byte)
        return Loop(span, "for", None, None, condition, self._do(children[-1]))

    def _case(self, node: SyntaxNode) -> Node:
        children = [c for c in node.children if c.type != "comment"]
        self._check_gaps(children)
        keyword = next(i for i, c in enumerate(children) if c.type == "in")
        subject = self._commands.word(children[1].start_byte, children[keyword - 1].end_byte)
        arms: list[tuple[tuple[Word, ...], Node | None]] = []
        endings: list[str] = []
        items = children[keyword + 1 : -1]
        for item, after in zip(items, [*items, children[-1]][1:], strict=True):
            if item.type != "case_item":
                raise Unsupported(f"{item.type} in case")
            patterns, body, ending = self._arm(item, after.start_byte)
            arms.append((patterns, body))
            endings.append(ending)
        span = self._text.span(node.start_byte, node.end_byte)
        unusual = any(ending not in (";;", "") for ending in endings)
        return Case(span, subject, tuple(arms), (), tuple(endings) if unusual else ())

    def _arm(self, node: SyntaxNode, end: int) -> tuple[tuple[Word, ...], Node | None, str]:
        children = node.children
        close = next(i for i, c in enumerate(children) if c.type == ")")
        patterns: list[Word] = []
        first = children[0].end_byte if children[0].type == "(" else node.start_byte
        for child in children[: close + 1]:
            if child.type in ("|", ")"):
                ranges = self._commands.split(first, child.start_byte)
                if len(ranges) != 1:
                    raise Unsupported("pattern")
                patterns.append(self._commands.word(*ranges[0]))
                first = child.end_byte
        ending, rest = "", children[close + 1 :]
        if rest and rest[-1].type in (";;", ";&", ";;&"):
            ending, end = rest[-1].type, rest[-1].start_byte
            rest = rest[:-1]
        return tuple(patterns), self._list(rest, children[close].end_byte, end), ending

    def _function(self, node: SyntaxNode) -> Node:
        children = [c for c in node.children if c.type != "comment"]
        at = 1 if children[0].type == "function" else 0
        name, body = children[at], next(c for c in children[at + 1 :] if c.is_named)
        redirects = children[children.index(body) + 1 :]
        self._check_gaps(children)
        if at:
            self._same_line(children[0].end_byte, name)
        match = _FUNCTION_NAME.match(self._text.code, name.start_byte)
        if match is None or match[0] in RESERVED:
            raise Unsupported("name of a function")
        content = self._command([body, *redirects])
        span = self._text.span(node.start_byte, body.end_byte).cover(content.span)
        return Function(span, self._text.source[name.start_byte : name.end_byte], content)


_COMPOUND: dict[str, Callable[[_Converter, SyntaxNode], Node]] = {
    "test_command": _Converter._test,
    "subshell": _Converter._subshell,
    "compound_statement": _Converter._group,
    "if_statement": _Converter._if,
    "while_statement": _Converter._while,
    "for_statement": _Converter._for,
    "c_style_for_statement": _Converter._counting_for,
    "case_statement": _Converter._case,
    "function_definition": _Converter._function,
}
