"""One file and the selected rules → findings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from dockerlint.catalogue import Rule
from dockerlint.engine.selection import Plan, plan
from dockerlint.engine.suppress import suppressions
from dockerlint.file import File
from dockerlint.findings import Finding, Severity, Withheld
from dockerlint.model.generated import generated
from dockerlint.record import record, replace
from dockerlint.settings import Settings
from dockerlint.source import Source

if TYPE_CHECKING:
    from dockerlint.context import Context

_TRAILING_VERSION = re.compile(r"[\d.]+$")

Check = Callable[[File, Rule], Iterable[Finding]]


@record
class FileError:
    """Why a file could not be linted, or not by all rules. The run ends with exit code 2."""

    path: str
    message: str
    rule: str = ""
    """The rule that broke down."""


@record
class Inspection:
    """What the rules say of one file."""

    findings: tuple[Finding, ...]
    """By place; suppressed ones left out."""
    errors: tuple[FileError, ...] = ()
    """Rules that broke down; the others were still run."""
    suppressed: int = 0


def check_source(source: Source, settings: Settings, context: Context | None = None) -> list[Finding]:
    """The findings in one file, sorted by place."""
    return list(inspect(source, settings, context).findings)


def inspect(source: Source, settings: Settings, context: Context | None = None) -> Inspection:
    """The findings in one file, and which rules broke down over it."""
    made = plan(settings)
    file = File(source, context, made.options)
    occurs = _Occurrences(file)
    raw: list[Finding] = []
    errors: list[FileError] = []
    for rule in made.rules:
        try:
            if occurs.any_of(rule):
                raw += check_of(rule)(file, rule)
        except Exception as error:  # a broken rule must not take the others down
            if settings.debug:
                raise
            message = f"internal error in rule {rule.name}: {_one_line(error)}"
            errors.append(FileError(source.path, message, rule.name))
    if not raw:
        return Inspection((), tuple(errors))
    silenced = suppressions(file.dockerfile, made.known.values())
    kept = [f for f in raw if not silenced.silences(f)]
    unfixable = _unfixable(file)
    done = sorted((_complete(f, made, unfixable) for f in kept), key=lambda f: (f.span.start, f.code, f.span.end))
    return Inspection(tuple(done), tuple(errors), len(raw) - len(kept))


def _unfixable(file: File) -> Withheld | None:
    """Why nothing in a file is fixed: it is made from another one, or is a part of one."""
    mark = generated(file.dockerfile)
    if mark is not None:
        reason = f"the file says that it is generated (line {mark.line})"
        return Withheld(reason, mark.span, "change what it is made from")
    if not any(node.keyword == "FROM" for node in file.dockerfile.instructions):
        return Withheld("the file has no FROM: what it is a part of is not known", None, "fix the whole file")
    return None


def _complete(finding: Finding, made: Plan, unfixable: Withheld | None) -> Finding:
    """The finding with what its rule's head says.

    A rule may think less of a finding, unless the user has chosen.
    """
    rule = made.known[finding.rule]
    severity = made.severity[rule.name]
    if finding.severity < Severity.WARNING and rule.name not in made.configured:
        severity = min(severity, finding.severity)
    if unfixable is not None and finding.fix is not None:
        finding = replace(finding, fix=None, withheld=unfixable)
    return replace(finding, code=rule.code, aliases=rule.aliases, severity=severity)


def _one_line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


@cache
def check_of(rule: Rule) -> Check:
    """The function that checks a rule: its module's, imported now, or that of the `match:` language."""
    if not rule.module:
        from dockerlint.catalogue.match import check

        return check
    module_check: Check = import_module(f"dockerlint.lints.{rule.module}").check
    return module_check


class _Occurrences:
    """Whether a rule's triggers occur in a file. Cheap questions first: most files never get to the last one."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.text = file.source.text
        self.keywords = set(_keywords(file))
        self._programs: frozenset[str] | None = None

    def any_of(self, rule: Rule) -> bool:
        triggers = rule.triggers
        if triggers is None:
            return True
        if triggers.errors and self.file.dockerfile.errors:
            return True
        if not triggers.instructions.isdisjoint(self.keywords):
            return True
        if "RUN" not in self.keywords or not any(command in self.text for command in triggers.commands):
            return False
        return "ONBUILD" in self.keywords or not triggers.commands.isdisjoint(self.programs)

    @property
    def programs(self) -> frozenset[str]:
        """The programs that RUN bodies run, with and without a version at the end."""
        if self._programs is None:
            names = {i.program for i in self.file.invocations} | set(_interpreters(self.file))
            self._programs = frozenset(names | {_TRAILING_VERSION.sub("", name) for name in names})
        return self._programs


def _interpreters(file: File) -> Iterator[str]:
    """What runs the bodies that are not shell: ``python3`` for a script of its own or the exec form."""
    for step in file.graph.steps:
        if step.instruction.keyword == "RUN" and step.body is not None and step.body.root is None:
            words = step.instruction.json_form
            yield words[0].rpartition("/")[2] if words else step.body.kind.name


def _keywords(file: File) -> Iterator[str]:
    for node in file.dockerfile.instructions:
        yield node.keyword
        if node.trigger is not None:
            yield node.trigger.keyword
