"""Run the cases of a rule page: what the rule must find, and what its fix must make of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from dockerlint.catalogue.pages import Case, Page
from dockerlint.catalogue.schema import option_problem
from dockerlint.context import Context
from dockerlint.engine.run import inspect
from dockerlint.findings import Finding
from dockerlint.record import replace
from dockerlint.settings import Settings
from dockerlint.source import Source, Span

Fixer = Callable[[Source, Settings, Context | None], Any]
"""`fixer.fix`; handed in, as the engine may not import what stands below it."""


def run(page: Page, fix: Fixer | None = None) -> list[str]:
    """What is wrong, one line for each failure; nothing when all is well. Without `fix` only findings are checked."""
    failures = []
    for case in page.cases:
        failures += [f"{page.rule.name}: {case.name}: {message}" for message in _run_case(page, case, fix)]
    return failures


def _run_case(page: Page, case: Case, fix: Fixer | None) -> Iterator[str]:
    options, problem = _options(page, case)
    if problem:
        yield problem
        return
    settings = Settings(select=(page.rule.name,), unsafe_fixes=case.unsafe, **options)
    if page.rule.code not in _shipped(page.rule.name):
        settings = replace(settings, user_rules=(page.rule,))
    with tempfile.TemporaryDirectory() as folder:
        context = None
        if case.context is not None:
            _lay_out(Path(folder), case.context)
            context = Context(Path(folder), Path(folder, "Dockerfile"))
        text, spans = marks(case.text)
        source = Source(text, "Dockerfile")
        done = inspect(source, settings, context)
        yield from (error.message for error in done.errors)
        yield from _compare(source, case, spans, done.findings)
        if fix is None and case.withheld and page.rule.match is not None:
            reasons = [f.withheld.reason for f in done.findings if f.withheld]
            if not any(case.withheld in reason for reason in reasons):
                yield f"expected a fix withheld because of {case.withheld!r}; reasons: {reasons or 'none'}"
        if fix is not None and case.bad:
            yield from _compare_fix(source, case, settings, context, done.findings, fix)


def _shipped(name: str) -> tuple[str, ...]:
    from dockerlint.catalogue import rules

    return tuple(rule.code for rule in rules() if rule.name == name)


def _options(page: Page, case: Case) -> tuple[dict[str, Any], str]:
    """The settings that a case's options make. ``joining``, ``joined`` and ``cache`` are those of the configuration."""
    own = dict(case.options)
    found: dict[str, Any] = {key: own.pop(key) for key in ("joining", "joined", "cache") if key in own}
    for name, value in own.items():
        option = page.rule.options.get(name)
        if option is None:
            return {}, f"the rule has no option `{name}`"
        problem = option_problem(option.type, option.choices, value)
        if problem:
            return {}, f"option `{name}` {problem}"
    found["options"] = {page.rule.name: own}
    return found, ""


def _lay_out(folder: Path, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        path = folder / name
        if folder.resolve() not in path.resolve().parents:
            continue  # a page cannot write elsewhere
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())


def marks(text: str) -> tuple[str, list[Span]]:
    """`text` without «marks», and what they enclose, by place. Marks may be nested."""
    out, spans, opened = [], [], []
    size = 0
    for char in text:
        if char == "«":
            opened.append(size)
        elif char == "»" and opened:
            spans.append(Span(opened.pop(), size))
        else:
            out.append(char)
            size += 1
    return "".join(out), sorted(spans)


def _compare(source: Source, case: Case, spans: list[Span], findings: tuple[Finding, ...]) -> Iterator[str]:
    found = sorted(f.span for f in findings)
    if not case.bad:
        yield from (f"good, but found at {_place(source, span)}" for span in found)
        return
    if spans and found != spans:
        wanted = ", ".join(_place(source, span) for span in spans)
        yield f"expected {wanted}; found {', '.join(_place(source, span) for span in found) or 'nothing'}"
    if case.lines:
        lines = sorted({source.position(span.start).line for span in found})
        if lines != sorted(case.lines):
            yield f"expected on lines {sorted(case.lines)}; found on {lines}"
    if case.bytes is not None:
        total = sum(f.bytes or 0 for f in findings)
        if total != case.bytes:
            yield f"expected {case.bytes} bytes; found {total}"


def _place(source: Source, span: Span) -> str:
    start, end = source.position(span.start), source.position(span.end)
    return f"{start.line}:{start.column}-{end.line}:{end.column} {source.slice(span)!r}"


def _compare_fix(
    source: Source,
    case: Case,
    settings: Settings,
    context: Context | None,
    findings: tuple[Finding, ...],
    fix: Fixer,
) -> Iterator[str]:
    if case.fixed is None and case.withheld is None and case.ignored is None:
        return
    result = fix(source, settings, context)
    if case.fixed is not None and result.text != case.fixed:
        yield f"fixed text is\n{result.text}\nbut should be\n{case.fixed}\nwithheld: {result.withheld}"
    if case.ignored is not None:
        beside = result.companion.after if result.companion is not None else None
        if beside != case.ignored:
            yield f"the ignore file is\n{beside}\nbut should be\n{case.ignored}\nwithheld: {result.withheld}"
    if case.withheld is not None:
        reasons = [f.withheld.reason for f in findings if f.withheld] + [str(w) for w in result.withheld]
        if not any(case.withheld in reason for reason in reasons):
            yield f"expected a fix withheld because of {case.withheld!r}; reasons: {reasons or 'none'}"
