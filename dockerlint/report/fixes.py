"""What `fix` did to a file and what it left alone, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dockerlint.amounts import plural
from dockerlint.findings import Finding
from dockerlint.report.colour import BOLD, CYAN, GREEN, Paint
from dockerlint.report.escape import visible
from dockerlint.report.full import withheld
from dockerlint.source import Source


def lines(
    path: str, source: Source, applied: Sequence[Finding], kept: Sequence[Finding], paint: Paint, aside: str = ""
) -> Iterator[str]:
    """A head line and one line a finding; nothing for a file with neither. `kept` are findings in `source`."""
    if not applied and not kept:
        return
    counts = [f"{len(applied)} fixed"] if applied else []
    counts += [f"{len(kept)} withheld"] if kept else []
    yield paint(f"{visible(path)}: {', '.join(counts)}{aside}", BOLD)
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
    return "there is no fix" if finding.fix is None else f"not applied: {visible(finding.fix.title)}"


def tally(files: int, applied: int, kept: int, unsafe: int, written: bool) -> str:
    """The last line: what was, or would be, done, and what more could be."""
    done = "Fixed" if written else "Would fix"
    parts = [f"{done} {plural(applied, 'finding')} in {plural(files, 'file')}" if files else "Nothing to fix"]
    parts += [f"{plural(kept, 'fix')} withheld"] if kept else []
    parts += [f"{unsafe} more with --unsafe-fixes"] if unsafe else []
    return f"{'; '.join(parts)}." + (" Run with --write to do so." if files and not written else "")
