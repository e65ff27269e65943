"""What `fix` did to a file and what it left alone, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dockerlint.amounts import plural
from dockerlint.edits import Safety
from dockerlint.findings import Finding
from dockerlint.report.colour import BOLD, CYAN, GREEN, Paint
from dockerlint.report.escape import visible
from dockerlint.report.full import withheld
from dockerlint.source import Source


def lines(
    path: str, source: Source, applied: Sequence[Finding], kept: Sequence[Finding], paint: Paint
) -> Iterator[str]:
    """A head line and one line a finding; nothing for a file with neither. `kept` are findings in `source`."""
    if not applied and not kept:
        return
    counts = [f"{len(applied)} fixed"] if applied else []
    counts += [f"{len(kept)} withheld"] if kept else []
    yield paint(f"{visible(path)}: {', '.join(counts)}", BOLD)
    for finding in applied:
        title = finding.fix.title if finding.fix is not None else finding.message
        yield f"  {paint('fixed', GREEN)}    {finding.code} {finding.rule}: {visible(title)}"
    for finding in kept:
        line = source.position(finding.span.start).line
        yield f"  {paint('withheld', CYAN)} {finding.code} {finding.rule} (line {line}): {reason(source, finding)}"


def reason(source: Source, finding: Finding) -> str:
    """Why a finding was not fixed."""
    if finding.withheld is not None:
        return withheld(source, finding.withheld)
    if finding.fix is None:
        return "there is no fix"
    if finding.fix.safety is Safety.UNSAFE:
        return f"needs --unsafe-fixes: {visible(finding.fix.title)}"
    if finding.fix.safety is Safety.DISPLAY:
        return f"to do by hand: {visible(finding.fix.title)}"
    return f"not applied: {visible(finding.fix.title)}"


def counted(findings: Iterable[Sequence[Finding]]) -> int:
    """How many findings several files have together."""
    return sum(map(len, findings))


def tally(files: int, applied: int, kept: int, written: bool) -> str:
    """The last line: what was, or would be, done."""
    done = "Fixed" if written else "Would fix"
    text = f"{done} {plural(applied, 'finding')} in {plural(files, 'file')}" if files else "Nothing to fix"
    if kept:
        text += f"; {plural(kept, 'fix')} withheld"
    return f"{text}." + (" Run with --write to do so." if files and not written else "")
