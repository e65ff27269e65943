"""What simple commands do to their own shell: change it, end it, or make it impossible to follow."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dockerlint.shell.tree import (
    Braces,
    Literal,
    Loop,
    Node,
    Parameter,
    Part,
    Pipeline,
    Sequence,
    ShellKind,
    Simple,
    Substitution,
    Test,
    Word,
)
from dockerlint.shell.walk import descendants, redirects_of, words_of
from dockerlint.source import Span

CHANGES = frozenset(
    ". source cd pushd popd export readonly declare typeset local unset set shopt umask ulimit trap unalias shift"
    " getopts read hash enable let mapfile readarray exec exit return break continue logout sdk nvm".split()
)
UNFOLLOWED = frozenset(
    "eval alias wait jobs fg bg disown coproc suspend times history caller fc bind complete compgen newgrp reboot halt"
    " poweroff shutdown".split()
)
SPECIAL = frozenset(": . eval exec exit export readonly return set shift times trap unset".split())
"""POSIX's special built-ins: an assignment before them stays."""
BUILTINS = (
    CHANGES | UNFOLLOWED | SPECIAL | frozenset("[ builtin command echo false kill printf pwd test true type".split())
)
VOLATILE = frozenset(
    "$ ! _ - 0 PPID RANDOM SRANDOM SECONDS LINENO BASHPID SHLVL BASH_COMMAND BASH_SUBSHELL BASH_EXECUTION_STRING"
    " FUNCNAME BASH_LINENO BASH_SOURCE PIPESTATUS EPOCHSECONDS EPOCHREALTIME".split()
)
"""Parameters whose value depends on which process runs the command, or on what ran just before."""
_VOLATILE_NAME = re.compile(r"\b(?:PPID|S?RANDOM|SECONDS|LINENO|BASHPID|SHLVL)\b")
_VOLATILE_TEXT = re.compile(
    r"\$\{?(?:[$!]|_\b|(?:PPID|S?RANDOM|SECONDS|LINENO|BASHPID|SHLVL|BASH_SUBSHELL|PIPESTATUS)\b)"
)
_ARITHMETIC_ASSIGNMENT = re.compile(r"\+\+|--|(?<![=!<>])=(?!=)")
_BASH_REDIRECTS = frozenset(("&>", "&>>"))
_EARLY_SIGNALS = frozenset(("ERR", "DEBUG", "RETURN", "CHLD", "SIGCHLD"))
_BASH_ONLY = frozenset(("bash", "zsh", "ksh"))


def name_of(node: Simple) -> str | None:
    """The command's name when it is written out; "" when there is none, None when it is computed."""
    for word in node.words:
        if word.literal not in ("command", "builtin"):
            return word.literal
    return node.words[0].literal if node.words else ""


def parts_of(words: Iterator[Word]) -> Iterator[Part]:
    """Every part of words, operands of expansions included, substitutions not entered."""
    stack: list[Part] = []
    for word in words:
        stack += word.parts
        while stack:
            part = stack.pop()
            yield part
            if isinstance(part, Parameter):
                stack += part.operand


def own_words(node: Simple) -> Iterator[Word]:
    """Words, assigned values and redirection targets."""
    yield from node.words
    yield from (a.value for a in node.assignments if a.value is not None)
    yield from (r.target for r in node.redirects if r.target is not None)


def changes_shell(node: Simple) -> bool:
    """Whether later commands of the same process may find another shell, or no shell at all."""
    name = name_of(node)
    if not node.words:
        return bool(node.assignments)
    if name in CHANGES or (name in SPECIAL and node.assignments):
        return True
    if name == "printf" and len(node.words) > 1 and node.words[1].text.startswith("-v"):
        return True
    if any(a.value is None for a in node.assignments):
        return True
    return any(_assigns(part) for part in parts_of(own_words(node))) or any(
        "$((" in w.text and _ARITHMETIC_ASSIGNMENT.search(w.text) for w in own_words(node)
    )


def _assigns(part: Part) -> bool:
    return isinstance(part, Parameter) and part.operator in ("=", ":=")


def test_changes_shell(node: Test) -> bool:
    """``((i++))`` assigns, ``[[ a =~ b ]]`` sets BASH_REMATCH."""
    return "=~" in node.text or (node.text.startswith("((") and _ARITHMETIC_ASSIGNMENT.search(node.text) is not None)


def may_end_shell(node: Simple, options: frozenset[str]) -> bool:
    """Whether an expansion that fails ends the whole shell, whatever stands around: ``${x:?}``, ``$x`` under -u."""
    for part in parts_of(own_words(node)):
        if isinstance(part, Parameter):
            if part.operator in ("?", ":?"):
                return True
            if "u" in options and part.operator not in ("-", ":-", "+", ":+", "=", ":="):
                return True
    return False


def cannot_fail(node: Simple, options: frozenset[str]) -> bool:
    """Whether the status is surely 0, so that ``;`` and ``&&`` behind it mean the same."""
    if node.redirects or may_end_shell(node, options):
        return False
    if any(isinstance(part, Substitution) for part in parts_of(own_words(node))):
        return False
    if any(a.value is None for a in node.assignments):
        return False
    if not node.words:
        return True
    name, rest = node.words[0].literal, node.words[1:]
    if name == "export":
        return bool(rest) and all(re.match(r"[A-Za-z_]\w*(?:=|$)", w.text) for w in rest)
    return name in (":", "true") or (name == "set" and bool(rest) and rest[0].literal == "--")


def blocked(root: Node, kind: ShellKind) -> tuple[str, Span] | None:
    """The first thing in a body, substitutions and functions included, for which its RUN must stay as it is."""
    for node in descendants(root, substitutions=True):
        if isinstance(node, Sequence):
            for item in node.items:
                if item.terminator == "&":
                    return "a background job may outlive its RUN", item.terminator_span
        elif isinstance(node, Pipeline):
            if node.operators and kind.name not in _BASH_ONLY:
                return "`|&` means something else in some shells", node.span
        elif isinstance(node, Loop) and node.kind == "select":
            return "`select` cannot be followed", node.span
        elif isinstance(node, Test) and _VOLATILE_TEXT.search(node.text):
            return f"`{node.text}` differs between RUNs", node.span
        elif isinstance(node, Simple):
            found = _unfollowed(node)
            if found is not None:
                return found
        for redirect in redirects_of(node):
            if redirect.operator in _BASH_REDIRECTS and kind.name not in _BASH_ONLY:
                return f"`{redirect.operator}` means something else in some shells", redirect.span
    for word in words_of(root, substitutions=True):
        reason = _volatile(word)
        if reason is not None:
            return reason, word.span
    return None


def _unfollowed(node: Simple) -> tuple[str, Span] | None:
    name = name_of(node)
    if name is None:
        word = next(w for w in node.words if w.literal not in ("command", "builtin"))
        if not any(isinstance(p, Literal) and "/" in p.text for p in word.parts):
            return f"the command `{word.text}` is not known before it runs", word.span
    elif name in UNFOLLOWED:
        return f"`{name}` cannot be followed", node.span
    elif name == "trap" and any(w.literal in _EARLY_SIGNALS for w in node.words):
        return "a trap that runs before the end of the shell cannot be followed", node.span
    return None


def _volatile(word: Word) -> str | None:
    """Why a word's value depends on the process that expands it."""
    for part in parts_of(iter((word,))):
        if isinstance(part, Parameter) and part.name in VOLATILE:
            return f"`${part.name}` differs between RUNs"
        if isinstance(part, Braces) and "$" in part.text:
            return f"`{word.text}` cannot be followed"
        if isinstance(part, Substitution):
            if part.kind == "process":
                return "a process substitution may outlive its command"
            if part.kind == "arithmetic" and _VOLATILE_NAME.search(word.text):
                return f"`{word.text}` differs between RUNs"
    return None
