"""`Unknown`: what cannot be told from the file. Rules stay silent on it, fixes refuse on it."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Unknown(Enum):
    """The type of the one value `UNKNOWN`."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown.UNKNOWN
Value = str | Unknown
