"""Where a quotation, a comment or a substitution ends, told from the text alone."""

from __future__ import annotations

from dockerlint.shell.quoting import ANSI_STRING

_BEFORE_COMMENT = frozenset(" \t\n;&|()")


def skip(text: str, at: int) -> int:
    """Behind the quotation, comment or arithmetic that starts at `at`; behind the character when none does."""
    char = text[at]
    if char == "\\":
        return at + 2
    if char == "'":
        close = text.find("'", at + 1)
        return len(text) if close < 0 else close + 1
    if char == '"':
        return _double(text, at + 1)
    if char == "#":
        if at and text[at - 1] not in _BEFORE_COMMENT:
            return at + 1
        close = text.find("\n", at)
        return len(text) if close < 0 else close
    if char == "$":
        ansi = ANSI_STRING.match(text, at)
        if ansi:
            return ansi.end()
        return arithmetic(text, at + 1) or at + 1
    if char == "(":
        return arithmetic(text, at) or at + 1
    return at + (3 if text.startswith("<<<", at) else 1)


def arithmetic(text: str, at: int) -> int:
    """Behind the ``((…))`` at `at`, 0 when there is none."""
    if not text.startswith("((", at):
        return 0
    end = parentheses(text, at + 1)
    return end if text.startswith("))", end - 2) and parentheses(text, at + 2) == end - 1 else 0


def _double(text: str, at: int) -> int:
    """Behind the double quotes whose content starts at `at`."""
    while at < len(text):
        char = text[at]
        if char == '"':
            return at + 1
        if char == "\\":
            at += 2
        elif text.startswith("$(", at):
            at = parentheses(text, at + 2)
        else:
            at += 1
    return len(text)


def parentheses(text: str, at: int) -> int:
    """Behind the closing parenthesis of a group whose content starts at `at`."""
    depth = 1
    while at < len(text):
        char = text[at]
        if char == "(":
            depth += 1
            at += 1
        elif char == ")":
            depth -= 1
            at += 1
            if not depth:
                return at
        elif char in "\\'\"":
            at = skip(text, at)
        else:
            at += 1
    return len(text)


def backquotes(text: str, at: int) -> int:
    """Behind the closing backquote of a substitution whose content starts at `at`."""
    while at < len(text) and text[at] != "`":
        at += 2 if text[at] == "\\" else 1
    return at + 1
