"""A shell text to its command tree. tree-sitter-bash is loaded here, on first use."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from dockerlint.shell.convert import convert
from dockerlint.shell.tree import ShellBody, ShellKind
from dockerlint.shell.unsupported import SYNTAX_ERROR, Unsupported
from dockerlint.syntax.tree import Logical

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

_ANSI_SHELLS = frozenset(("bash", "zsh", "ksh", "ash", "busybox"))
"""Shells sure to read ``$'…'``; dash does not, and ``sh`` may be dash."""


def parse(logical: Logical, kind: ShellKind, heredoc_script: bool = False) -> ShellBody:
    """The command tree of a body; opaque, with the reason, when it cannot be followed. Never raises."""
    if not kind.posix:
        return ShellBody(logical, kind, None, kind.name, heredoc_script=heredoc_script)
    source = logical.text
    if "\r\n" in source or "\0" in source:
        reason = "null character" if "\0" in source else "carriage return"
        return ShellBody(logical, kind, None, reason, heredoc_script=heredoc_script)
    try:
        node, comments = convert(logical, kind.name in _ANSI_SHELLS, _grammar)
    except Unsupported as problem:
        reason = SYNTAX_ERROR if str(problem) == SYNTAX_ERROR else f"unsupported: {problem}"
        return ShellBody(logical, kind, None, reason, heredoc_script=heredoc_script)
    except RecursionError:
        return ShellBody(logical, kind, None, "nested too deeply", heredoc_script=heredoc_script)
    return ShellBody(logical, kind, node, "" if node else "empty", comments, heredoc_script)


def _grammar(code: str) -> Node:
    return _parser().parse(code.encode("ascii")).root_node


@cache
def _parser() -> Parser:
    import tree_sitter_bash  # 30 ms with tree_sitter
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_bash.language()))
