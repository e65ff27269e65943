"""Python text → outcomes. libcst is imported only for a text that mentions something which could write or delete."""

from __future__ import annotations

import re

from dockerlint.embedded.outcomes import Followed, Program

MAX_TEXT = 32 * 1024
MAX_DEPTH = 50
"""Of brackets and of the syntax tree: libcst's parser overflows the stack at some 3,000 brackets."""
_MATTERS = re.compile(
    r"\b(?:open|write_text|write_bytes|touch|mkdir|makedirs|remove|unlink|rmdir|rename|replace|rmtree|copy2?|copyfile"
    r"|copytree|move|make_archive|unpack_archive|urlretrieve|extractall|symlink|symlink_to|link|hardlink_to|truncate"
    r"|chmod|chown|lchmod)\b"
)
_BRACKETS = re.compile(r"[(\[{]|[)\]}]")


def follow(program: Program) -> Followed | None:
    """What a script does; None when it cannot be read. Nothing is executed, and nothing is raised."""
    text = program.text
    if len(text) > MAX_TEXT or "\0" in text:
        return None
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the script's odd escapes are its own affair
        if not reasonable(text):
            return None
        if not _MATTERS.search(text):
            return Followed((), False)
        try:
            from dockerlint.embedded.statements import run  # libcst takes 170 ms to load

            return run(program)
        except RecursionError:
            return None


def reasonable(text: str) -> bool:
    """Whether it is Python 3 and no deeper than a parser written by recursion can take."""
    import ast  # only for a file that has Python

    depth = 0
    for bracket in _BRACKETS.findall(text):
        depth += 1 if bracket in "([{" else -1
        if depth > MAX_DEPTH:
            return False
    try:
        level: list[ast.AST] = [ast.parse(text)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return True
    return False
