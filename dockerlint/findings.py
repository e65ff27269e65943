"""What a rule reports, and what becomes of its fix."""

from __future__ import annotations

from enum import IntEnum

from dockerlint.edits import Fix
from dockerlint.record import record
from dockerlint.source import Span


class Severity(IntEnum):
    """How bad a finding is; higher is worse."""

    STYLE = 1
    INFO = 2
    WARNING = 3
    ERROR = 4

    @property
    def label(self) -> str:
        """The lower-case name that users write."""
        return self.name.lower()


@record
class Related:
    """Another place that belongs to a finding: the line that wrote what this line wastes."""

    span: Span
    message: str


@record
class Withheld:
    """A fix that was not offered, or not applied: why, and what the user could change to get it."""

    reason: str
    span: Span | None = None
    """The token that stands in the way."""
    hint: str = ""


@record
class Finding:
    """One fault in one file. Rules yield it without `severity`, `code` and `aliases`; the engine fills them in."""

    rule: str
    span: Span
    message: str
    related: tuple[Related, ...] = ()
    bytes: int | None = None
    """Bytes of the image that the fault costs; None where nothing can be said."""
    bytes_basis: str | None = None
    """``exact``, ``estimated``, ``measured`` or None."""
    fix: Fix | None = None
    withheld: Withheld | None = None
    """Why there is no fix, for a rule that has one."""
    code: str = ""
    aliases: tuple[str, ...] = ()
    severity: Severity = Severity.WARNING
