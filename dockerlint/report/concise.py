"""One line a finding, for editors and grep."""

from __future__ import annotations

from dockerlint.report import Options, Report
from dockerlint.report.escape import visible


def render(report: Report, options: Options) -> str:
    """``path:line:column: CODE[rule] message``."""
    out: list[str] = []
    for file, source, finding in report.located():
        line, column = source.position(finding.span.start)
        out.append(f"{visible(file.path)}:{line}:{column}: {finding.code}[{finding.rule}] {visible(finding.message)}\n")
    return "".join(out)
