"""Findings to text. One module a format; a module of this package is a format when it has a `render`."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from functools import cached_property
from importlib import import_module
from typing import NamedTuple

from dockerlint.edits import Safety
from dockerlint.engine import FileResult
from dockerlint.findings import Finding
from dockerlint.record import record
from dockerlint.source import Source, Span


@record(slots=False)
class Report:
    """What came of one run."""

    files: tuple[FileResult, ...]
    version: str

    @cached_property
    def read(self) -> tuple[FileResult, ...]:
        """The files that were linted."""
        return tuple(file for file in self.files if file.source is not None)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of all files in order."""
        return tuple(finding for file in self.files for finding in file.findings)

    @property
    def bytes(self) -> int:
        """What the findings cost together. Bytes of one command count once, however many rules complain of them."""
        most: dict[tuple[int, Span], int] = {}
        for index, file in enumerate(self.files):
            for finding in file.findings:
                writer = index, finding.related[0].span if finding.related else finding.span
                most[writer] = max(most.get(writer, 0), finding.bytes or 0)
        return sum(most.values())

    def fixable(self, safety: Safety) -> int:
        """How many findings have a fix of that safety."""
        return sum(finding.fix is not None and finding.fix.safety is safety for finding in self.findings)

    def located(self) -> Iterator[tuple[FileResult, Source, Finding]]:
        """Each finding with its file."""
        for file in self.files:
            if file.source is not None:
                for finding in file.findings:
                    yield file, file.source, finding


class Options(NamedTuple):
    """How a format may write."""

    colour: bool = False


Renderer = Callable[[Report, Options], str]


def formats() -> tuple[str, ...]:
    """The names of the formats there are."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in names if renderer(name) is not None))


def renderer(name: str) -> Renderer | None:
    """The `render` of a format; None when there is no such format. The result ends in a newline or is empty."""
    if not name.isidentifier():
        return None
    module = f"{__name__}.{name}"
    try:
        found: Renderer | None = getattr(import_module(module), "render", None)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        return None
    return found
