"""Findings with the lines they are about, for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.amounts import cost, human, plural
from dockerlint.edits import Fix, Safety, apply
from dockerlint.findings import Finding, Severity, Withheld
from dockerlint.report import Options, Report
from dockerlint.report.colour import BOLD, CYAN, GREEN, GUTTER, SEVERITY, Paint
from dockerlint.report.escape import visible
from dockerlint.report.excerpt import MAX_CHARS, Mark, excerpt
from dockerlint.source import Source

PATCH_LINES = 12
FIX_HINT = {Safety.SAFE: "safe", Safety.UNSAFE: "unsafe: needs --unsafe-fixes", Safety.DISPLAY: "to do by hand"}


def render(report: Report, options: Options) -> str:
    """The findings, then what can be done about them."""
    paint = Paint(options.colour)
    out: list[str] = []
    for file, source, finding in report.located():
        out += (*_finding(file.path, source, finding, paint), "")
    out += _summary(report, paint)
    return "".join(f"{line}\n" for line in out)


def _finding(path: str, source: Source, finding: Finding, paint: Paint) -> Iterator[str]:
    colour = SEVERITY[finding.severity]
    head = paint(f"{finding.severity.label}[{finding.code}]", colour)
    yield f"{head} {paint(f'{finding.rule}: {visible(finding.message)}', BOLD)}"
    marks = [Mark(near.span, "-", GUTTER, near.message) for near in finding.related]
    gutter, lines = excerpt(source, [*marks, Mark(finding.span, "^", colour)], paint)
    line, column = source.position(finding.span.start)
    yield f"{'':{gutter}}{paint('-->', GUTTER)} {visible(path)}:{line}:{column}"
    yield f"{'':{gutter}} {paint('|', GUTTER)}"
    yield from lines
    for note in _notes(source, finding, paint):
        yield f"{'':{gutter}} {note}"


def _notes(source: Source, finding: Finding, paint: Paint) -> Iterator[str]:
    mark = paint("=", GUTTER)
    if finding.bytes is not None:
        yield f"{mark} {paint('costs:', BOLD)} {cost(finding.bytes, finding.bytes_basis)}"
    if finding.fix is not None:
        yield f"{mark} {paint('fix', GREEN)} ({FIX_HINT[finding.fix.safety]}): {visible(finding.fix.title)}"
        if finding.fix.safety is Safety.DISPLAY:  # no command makes this change, so it is shown here
            yield from _patch(source, finding.fix, paint)
    elif finding.withheld is not None:
        yield f"{mark} {paint('no fix:', CYAN)} {withheld(source, finding.withheld)}"


def _patch(source: Source, fix: Fix, paint: Paint) -> Iterator[str]:
    """The lines that the fix would take out and put in."""
    from dockerlint.report.diff import shown, unified  # difflib is for the rare fix that is only shown

    changed = unified(source.text, apply(source.text, fix.edits), "").split("\n")[2:]
    lines = [line if len(line) <= MAX_CHARS else f"{line[:MAX_CHARS]}…" for line in changed if line[:1] in ("-", "+")]
    for line in lines[:PATCH_LINES]:
        yield f"  {shown(line, paint)}"
    if len(lines) > PATCH_LINES:
        yield "  ..."


def withheld(source: Source, why: Withheld) -> str:
    """Why a fix is withheld, where, and what would free it."""
    place = ""
    if why.span is not None:
        line, column = source.position(why.span.start)
        place = f" (line {line}, column {column})"
    hint = f"; {visible(why.hint)}" if why.hint else ""
    return f"{visible(why.reason)}{place}{hint}"


def _summary(report: Report, paint: Paint) -> Iterator[str]:
    files = plural(len(report.read), "file")
    silenced = sum(file.suppressed for file in report.files)
    aside = f" ({silenced} suppressed)" if silenced else ""
    if not report.findings:
        if report.read:
            yield f"No findings in {files}{aside}."
        return
    counts = ((severity, sum(f.severity is severity for f in report.findings)) for severity in reversed(Severity))
    kinds = ", ".join(
        f"{count} {severity.label}" if severity in (Severity.INFO, Severity.STYLE) else plural(count, severity.label)
        for severity, count in counts
        if count
    )
    worth = f" They cost {human(report.bytes)}." if report.bytes else ""
    total = plural(len(report.findings), "finding")
    yield f"{paint(f'{total} in {files}', BOLD)}: {kinds}{aside}.{worth}"
    yield from _remedies(report)


def _remedies(report: Report) -> Iterator[str]:
    safe, unsafe = report.fixable(Safety.SAFE), report.fixable(Safety.UNSAFE)
    if safe:
        yield f"{plural(safe, 'fix')} available: `dockerlint fix` shows the change, `dockerlint fix --write` makes it."
    if unsafe:
        yield f"{unsafe}{' more' if safe else ''} with `--unsafe-fixes`: they may change what the image does."
    kept = sum(finding.withheld is not None and finding.fix is None for finding in report.findings)
    if kept:
        yield f"{plural(kept, 'fix')} withheld, for the {'reason' if kept == 1 else 'reasons'} given above (`no fix`)."
