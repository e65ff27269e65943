"""Python text → outcomes. libcst is imported only for a text that mentions something which could write or delete."""

from __future__ import annotations

import re

from dockerlint.embedded.guard import guarded
from dockerlint.embedded.outcomes import Followed, Program

MAX_TEXT = 32 * 1024
_MATTERS = re.compile(
    r"\b(?:open|write_text|write_bytes|touch|mkdir|makedirs|remove|unlink|rmdir|rename|replace|rmtree|copy2?|copyfile"
    r"|copytree|move|make_archive|unpack_archive|urlretrieve|extractall|symlink|symlink_to|link|hardlink_to|truncate"
    r"|chmod|chown|lchmod)\b"
)


def follow(program: Program) -> Followed | None:
    """What a script does; None when it cannot be read. Nothing is executed, and nothing is raised."""
    return guarded(program.text, MAX_TEXT, lambda: _outcomes(program))


def _outcomes(program: Program) -> Followed | None:
    if not _MATTERS.search(program.text):
        return Followed((), False)
    from dockerlint.embedded.statements import run  # libcst takes 170 ms to load

    return run(program)
