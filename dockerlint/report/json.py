"""The JSON that scripts rely on; its shape is fixed by INTERFACE.md (schema 1)."""

from __future__ import annotations

import json
from typing import TypeAlias

from dockerlint.edits import Safety
from dockerlint.findings import Finding
from dockerlint.report import Options, Report
from dockerlint.report.escape import scrubbed
from dockerlint.source import Source, Span

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"


def render(report: Report, options: Options) -> str:
    """A finding a line, ASCII only: readable in a diff, and the same under every locale."""
    files = []
    for file in report.files:
        if file.source is None:
            continue
        found = ",\n".join(f"    {dumps(_finding(file.source, finding))}" for finding in file.findings)
        head = f'  {{"path": {dumps(file.path)}, "findings": ['
        files.append(f"{head}\n{found}]}}" if found else f"{head}]}}")
    listed = "[\n" + ",\n".join(files) + "]" if files else "[]"
    summary: Json = {
        "files": len(files),
        "findings": len(report.findings),
        "fixable": report.fixable(Safety.SAFE) + report.fixable(Safety.UNSAFE),
        "bytes": report.bytes,
    }
    return f'{{"schema": 1, "version": {dumps(report.version)},\n "files": {listed},\n "summary": {dumps(summary)}}}\n'


def dumps(value: Json) -> str:
    """JSON text of a value whose strings may hold broken bytes; those are spelt out."""
    return json.dumps(clean(value))


def clean(value: Json) -> Json:
    """`value` with every string fit for UTF-8."""
    if isinstance(value, str):
        return scrubbed(value)
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, dict):
        return {scrubbed(key): clean(item) for key, item in value.items()}
    return value


def place(source: Source, span: Span) -> dict[str, Json]:
    """Lines and columns from 1, columns in characters, ends exclusive."""
    start, end = source.position(span.start), source.position(span.end)
    return {"line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column}


def _finding(source: Source, finding: Finding) -> Json:
    fix = finding.fix
    return {
        "rule": finding.rule,
        "code": finding.code,
        "aliases": list(finding.aliases),
        "severity": finding.severity.label,
        "message": finding.message,
        **place(source, finding.span),
        "related": [{**place(source, near.span), "message": near.message} for near in finding.related],
        "bytes": finding.bytes,
        "bytes_basis": finding.bytes_basis,
        "fix": None if fix is None else {"title": fix.title, "safety": fix.safety.value},
    }
