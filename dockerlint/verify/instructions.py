"""Instructions other than RUN: the same, or MAINTAINER written as a label with the same value."""

from __future__ import annotations

from dockerlint.edits import Licence
from dockerlint.syntax.words import ranges, split
from dockerlint.verify.items import Fixed

AUTHORS = "org.opencontainers.image.authors"


def same_instruction(old: Fixed, new: Fixed, licence: Licence, escape: str) -> bool:
    """Whether the licence covers the change of one instruction into another."""
    if old.kind != "instruction" or new.kind != "instruction":
        return False
    if old.key[0] != "MAINTAINER" or new.key[0] != "LABEL" or "MAINTAINER" not in licence.instructions:
        return False
    return not new.key[1] and not new.key[3] and _label_says(str(new.key[2]), str(old.key[2]), escape)


def _label_says(label: str, maintainer: str, escape: str) -> bool:
    """Whether a LABEL has the one key AUTHORS and, as the builder reads it, the maintainer's value.

    The builder takes MAINTAINER's text as it stands; quotes around the whole of it are what the author meant as quotes.
    """
    if not label.startswith(AUTHORS + "="):
        return False
    try:
        if len(ranges(label, escape=escape)) != 1:
            return False
        value = split(label[len(AUTHORS) + 1 :], {}, escape)
    except ValueError:
        return False
    # A `$` that is gone was a variable's: its value is not the maintainer's name.
    return len(value) == 1 and label.count("$") == value[0].count("$") and value[0] in (maintainer, _bare(maintainer))


def _bare(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'" and text[0] not in text[1:-1]:
        return text[1:-1]
    return text
