"""SARIF 2.1.0, the format of code scanning. Columns count code points; ends are exclusive, as ours are."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from functools import partial
from hashlib import sha256
from urllib.parse import quote

from dockerlint.amounts import cost
from dockerlint.edits import Edit, Fix, Safety
from dockerlint.findings import Finding, Severity
from dockerlint.report import Options, Report
from dockerlint.report.escape import scrubbed
from dockerlint.report.json import Json, clean
from dockerlint.source import Source, Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME = "https://pypi.org/project/dockerlint/"
LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note", Severity.STYLE: "note"}

_PLACEHOLDER = re.compile(r"\{\d+\}")
Object = dict[str, Json]


def render(report: Report, options: Options) -> str:
    """A log with one run."""
    findings = report.findings
    rules = {finding.code: finding for finding in findings}
    index = {code: i for i, code in enumerate(sorted(rules))}
    driver: Object = {
        "name": "dockerlint",
        "version": report.version,
        "semanticVersion": report.version,
        "informationUri": HOME,
        "rules": [_rule(rules[code]) for code in sorted(rules)],
    }
    seen: Counter[str] = Counter()
    run: Object = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "results": [_result(file.path, source, finding, index, seen) for file, source, finding in report.located()],
    }
    log: Object = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(clean(log), indent=1) + "\n"


def _rule(finding: Finding) -> Object:
    """What a viewer shows beside a result; the page's prose when the page can be had, else the name alone."""
    from dockerlint.catalogue import rules

    known = next((rule for rule in rules() if rule.name == finding.rule), None)
    described: Object = {
        "id": finding.code,
        "name": finding.rule,
        "defaultConfiguration": {"level": LEVEL[known.severity if known else finding.severity]},
        "properties": {"tags": ["docker"], "aliases": list(finding.aliases)},
    }
    if known is None:  # a rule of the user's own
        return {**described, "shortDescription": {"text": finding.rule.replace("-", " ")}}
    help_text, markdown = _help(known.name)
    return {
        **described,
        "shortDescription": {"text": known.summary},
        "fullDescription": {"text": help_text},
        "help": {"text": help_text, "markdown": markdown},
    }


def _help(name: str) -> tuple[str, str]:
    from dockerlint.catalogue import page

    found = page(name)
    parts = [found.why, f"Fix safety: {found.fix_safety}" if found.fix_safety else ""]
    text = "\n\n".join(filter(None, map(_unwrapped, parts)))
    links = "\n".join(f"- <{reference}>" for reference in found.references)
    return text, "\n\n".join(filter(None, (text, links)))


def _unwrapped(text: str) -> str:
    """Prose with a line for each paragraph."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _invocation(report: Report) -> Object:
    """Whether everything asked for was linted; what was not is a notification."""
    notes: list[Json] = [
        {"level": "error", "message": {"text": _plain(error.message)}, "locations": [_whole(error.path)]}
        for file in report.files
        for error in file.errors
    ]
    return {"executionSuccessful": not notes, "toolExecutionNotifications": notes}


def _result(path: str, source: Source, finding: Finding, index: dict[str, int], seen: Counter[str]) -> Object:
    related: list[Json] = [
        {"id": i, "physicalLocation": _place(path, source, near.span), "message": {"text": near.message}}
        for i, near in enumerate(finding.related, 1)
    ]
    properties: Object = {"bytes": finding.bytes, "bytesBasis": finding.bytes_basis}
    if finding.withheld is not None and finding.fix is None:
        properties["fixWithheld"] = finding.withheld.reason
    fixes = _fixes(path, source, finding.fix)
    return {
        "ruleId": finding.code,
        "ruleIndex": index[finding.code],
        "level": LEVEL[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [{"physicalLocation": _place(path, source, finding.span)}],
        **({"relatedLocations": related} if related else {}),
        "partialFingerprints": {"dockerlintFinding/v1": _fingerprint(path, source, finding, seen)},
        **({"fixes": fixes} if fixes else {}),
        "properties": properties,
    }


def _message(finding: Finding) -> str:
    text = finding.message
    if finding.bytes is not None:
        text += f" Costs {cost(finding.bytes, finding.bytes_basis)}."
    return _plain(text)


def _plain(text: str) -> str:
    """Message text with what SARIF would take for a placeholder or a link escaped; all else reads as it is."""
    return _PLACEHOLDER.sub(r"{\g<0>}", text).replace("](", "\\](")


def _fingerprint(path: str, source: Source, finding: Finding, seen: Counter[str]) -> str:
    """The same for the same fault when lines move: rule, file and text, and which of several alike it is."""
    text = " ".join(source.slice(finding.span).split())
    digest = sha256("\0".join((finding.rule, path, text)).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    seen[digest] += 1
    return f"{digest}:{seen[digest]}"


def _fixes(path: str, source: Source, fix: Fix | None) -> list[Json]:
    """The fix, unless it is advice only, is about another file, or its text cannot be written as Unicode."""
    if (
        fix is None
        or not fix.edits
        or fix.safety is Safety.DISPLAY
        or any(scrubbed(edit.text) != edit.text for edit in fix.edits)
    ):
        return []
    replacements: list[Json] = list(map(partial(_replacement, source), sorted(fix.edits)))
    change: Object = {**_artifact(path), "replacements": replacements}
    title = f"{fix.title} ({fix.safety.value})"
    trust: Object = {"safety": fix.safety.value}
    return [{"description": {"text": _plain(title)}, "artifactChanges": [change], "properties": trust}]


def _replacement(source: Source, edit: Edit) -> Json:
    return {"deletedRegion": _region(source, edit.span), "insertedContent": {"text": edit.text}}


def _whole(path: str) -> Json:
    return {"physicalLocation": _artifact(path)}


def _place(path: str, source: Source, span: Span) -> Object:
    return {**_artifact(path), "region": _region(source, span)}


def _region(source: Source, span: Span) -> Object:
    start, end = source.position(span.start), source.position(span.end)
    return {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column}


def _artifact(path: str) -> Object:
    """A relative path stays relative to where the run was; bytes that are no UTF-8 are percent-encoded."""
    try:
        uri = quote(os.fsencode(path.replace(os.sep, "/")))
    except UnicodeEncodeError:  # no name that a file can have
        uri = quote(scrubbed(path))
    return {"artifactLocation": {"uri": f"file://{uri}" if os.path.isabs(path) else uri}}
