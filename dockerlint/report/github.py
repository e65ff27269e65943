"""Workflow commands that GitHub Actions turns into annotations."""

from __future__ import annotations

from dockerlint.amounts import cost
from dockerlint.findings import Severity
from dockerlint.report import Options, Report
from dockerlint.report.escape import visible

COMMAND = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice", Severity.STYLE: "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(report: Report, options: Options) -> str:
    """A ``::warning …::…`` line for each finding. The runner takes columns only of a finding on one line."""
    out: list[str] = []
    for file, source, finding in report.located():
        start, end = source.position(finding.span.start), source.position(finding.span.end)
        properties = {"file": file.path, "line": str(start.line)}
        if start.line == end.line:
            properties |= {"col": str(start.column), "endLine": str(end.line), "endColumn": str(end.column)}
        else:
            properties |= {"endLine": str(end.line)}
        properties["title"] = f"{finding.code} {finding.rule}"
        listed = ",".join(f"{name}={visible(value).translate(_PROPERTY)}" for name, value in properties.items())
        message = [finding.message]
        if finding.bytes is not None:
            message.append(f"Costs {cost(finding.bytes, finding.bytes_basis)}.")
        if finding.fix is not None:
            message.append(f"Fix ({finding.fix.safety.value}): {finding.fix.title}")
        text = "\n".join(map(visible, message)).translate(_DATA)
        out.append(f"::{COMMAND[finding.severity]} {listed}::{text}\n")
    return "".join(out)
