"""Edits, fixes and how several fixes are merged into one text. No rule knows of another rule's edits."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from dockerlint.record import field, record
from dockerlint.source import Span


class Safety(str, Enum):
    """How far a fix may be trusted to keep the image running the same."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


class Edit(NamedTuple):
    """Replace the text of `span` by `text`; an empty span inserts."""

    span: Span
    text: str


@record
class Licence:
    """What a fix may change in the execution trace; everything else must stay equal.

    `added` and `dropped` are argument vectors of clean-up commands, `options` are words inserted into commands,
    `instructions` are keywords of instructions whose form changes (``MAINTAINER``), `bases` are image references in
    a FROM, before and after, and `stages` are the arguments of the FROM of stages that go. `restated` are the words
    of chmod and chown commands for which options of COPY now stand, with the same outcome for sure; `intended`:
    with the outcome that people mean. `mounted` are ``--mount`` flags of RUNs that stand for a COPY, `relocated`
    the words of mv commands whose file COPY now puts where they moved it, `deleted` absolute paths of downloads
    that the RUN which unpacks them deletes. `cached` are ``--mount=type=cache`` flags that RUNs get, `directories`
    the folders of WORKDIRs for which `mkdir -p` and `cd` stand in a joined RUN, `scripts` the marks of
    here-documents that RUNs became. `splits` are stages cut in two: the name of the one that builds, the name that
    the stage had ("" for none), and the image of the final one. `first` are the arguments of each COPY of manifests
    that stands before the COPY of all.
    """

    added: frozenset[tuple[str, ...]] = frozenset()
    dropped: frozenset[tuple[str, ...]] = frozenset()
    options: frozenset[str] = frozenset()
    instructions: frozenset[str] = frozenset()
    bases: frozenset[tuple[str, str]] = frozenset()
    stages: frozenset[str] = frozenset()
    restated: frozenset[tuple[str, ...]] = frozenset()
    intended: frozenset[tuple[str, ...]] = frozenset()
    mounted: frozenset[str] = frozenset()
    relocated: frozenset[tuple[str, ...]] = frozenset()
    deleted: frozenset[str] = frozenset()
    cached: frozenset[str] = frozenset()
    directories: frozenset[str] = frozenset()
    scripts: frozenset[str] = frozenset()
    splits: frozenset[tuple[str, str, str]] = frozenset()
    first: frozenset[str] = frozenset()

    def __or__(self, other: Licence) -> Licence:
        return Licence(
            self.added | other.added,
            self.dropped | other.dropped,
            self.options | other.options,
            self.instructions | other.instructions,
            self.bases | other.bases,
            self.stages | other.stages,
            self.restated | other.restated,
            self.intended | other.intended,
            self.mounted | other.mounted,
            self.relocated | other.relocated,
            self.deleted | other.deleted,
            self.cached | other.cached,
            self.directories | other.directories,
            self.scripts | other.scripts,
            self.splits | other.splits,
            self.first | other.first,
        )


@record
class Companion:
    """Lines that a fix adds at the end of the ignore file beside the Dockerfile. What is there already stays."""

    path: str
    """On disk."""
    before: str | None
    """What the file holds; None when it is to be made."""
    lines: tuple[str, ...]

    @property
    def after(self) -> str:
        """What the file is to hold, with its own line endings."""
        before = self.before or ""
        newline = "\r\n" if before.count("\r\n") * 2 > before.count("\n") else "\n"
        gap = newline if before and not before.endswith("\n") else ""
        return before + gap + "".join(f"{line}{newline}" for line in self.lines)


@record
class Fix:
    """A set of edits that is applied whole or not at all. `title` is an order: "Join lines 6-8 into one RUN".

    A fix with a `companion` has no edits of its own.
    """

    title: str
    edits: tuple[Edit, ...]
    safety: Safety
    licence: Licence = field(default_factory=Licence)
    companion: Companion | None = None

    @property
    def span(self) -> Span:
        """The smallest span that holds all edits; the start of the file when there are none."""
        if not self.edits:
            return Span(0, 0)
        return Span(min(e.span.start for e in self.edits), max(e.span.end for e in self.edits))


def merge(fixes: Iterable[Fix]) -> list[Fix]:
    """The fixes that can be applied together, in the order given: one whose edits touch those of an earlier one waits.

    An edit that an earlier fix has already is shared, not a conflict.
    """
    taken: set[Edit] = set()
    accepted: list[Fix] = []
    for fix in fixes:
        new = [edit for edit in fix.edits if edit not in taken]
        if any(edit.span.overlaps(other.span) for edit in new for other in taken):
            continue
        taken.update(new)
        accepted.append(fix)
    return accepted


def apply(text: str, edits: Iterable[Edit]) -> str:
    """`text` with non-overlapping edits applied. Raises ValueError when two overlap."""
    out: list[str] = []
    at = 0
    for span, new in sorted(set(edits)):
        if span.start < at:
            raise ValueError(f"overlapping edits at offset {span.start}")
        out += (text[at : span.start], new)
        at = span.end
    out.append(text[at:])
    return "".join(out)
