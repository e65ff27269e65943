"""What the gate says."""

from __future__ import annotations

from dockerlint.record import record
from dockerlint.source import Span


@record
class Verdict:
    """Whether the new text may be written. `reason` names the first difference that is not licensed."""

    ok: bool
    reason: str = ""
    span: Span | None = None
    """Where: in the new text when `in_after`, else in the old one."""
    in_after: bool = True

    def __bool__(self) -> bool:
        return self.ok


ACCEPTED = Verdict(True)


def refused(reason: str, span: Span | None = None, in_after: bool = True) -> Verdict:
    """A refusal."""
    return Verdict(False, reason, span, in_after)
