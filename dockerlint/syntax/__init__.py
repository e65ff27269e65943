"""The lossless Dockerfile tree: every instruction, flag, word, heredoc and comment with its span."""

from dockerlint.syntax.parser import parse
from dockerlint.syntax.tree import (
    Comment,
    Directive,
    Dockerfile,
    Flag,
    Heredoc,
    Instruction,
    Logical,
    SyntaxIssue,
    Word,
)

__all__ = [
    "Comment",
    "Directive",
    "Dockerfile",
    "Flag",
    "Heredoc",
    "Instruction",
    "Logical",
    "SyntaxIssue",
    "Word",
    "parse",
]
