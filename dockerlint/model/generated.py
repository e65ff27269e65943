"""Files that say they are generated: a fix belongs in what they are made from, and would be lost here."""

from __future__ import annotations

import re

from dockerlint.syntax.tree import Comment, Dockerfile

_MARK = re.compile(
    r"@generated|\bdo not edit\b|\bauto(?:matically)?[ -]?generated\b"
    r"|\bthis (?:docker|container)?file (?:is|was|has been) generated\b|^#\s*generated (?:by|from|via)\b",
    re.I,
)


def generated(dockerfile: Dockerfile) -> Comment | None:
    """The comment before the first instruction that says so."""
    start = dockerfile.instructions[0].start_line if dockerfile.instructions else 0
    return next((c for c in dockerfile.comments if c.line < start and _MARK.search(c.text)), None)
