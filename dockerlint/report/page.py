"""A rule's page as text, and the list of all rules."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from dockerlint.catalogue.pages import Case, Page
from dockerlint.catalogue.rule import Rule
from dockerlint.engine.cases import marks
from dockerlint.report.colour import BOLD, CYAN, DIM, SEVERITY, Paint
from dockerlint.report.escape import visible
from dockerlint.report.json import Json, dumps

WIDTH = 100
FIX_LEVEL = {
    "safe": "safe: applied by `dockerlint fix`",
    "unsafe": "unsafe: applied with `--unsafe-fixes`",
    "display": "shown, to be made by hand",
    "none": "none",
}


def page_text(page: Page, paint: Paint) -> str:
    """The whole page: head, why, example, safety of the fix, options, references."""
    return "\n\n".join(filter(None, _sections(page, paint))) + "\n"


def _sections(page: Page, paint: Paint) -> Iterator[str]:
    rule = page.rule
    yield f"{paint(f'{rule.code} {rule.name}', BOLD)}\n{_flow(rule.summary)}"
    yield "\n".join(_head(rule, paint))
    yield _section("Why", _flow(page.why), paint)
    yield from _example(page.cases, paint)
    if page.fix_safety:
        yield _section("Fix safety", _flow(page.fix_safety), paint)
    if rule.options:
        yield _section("Options", "\n".join(_options(rule)), paint)
    if page.references:
        yield _section("References", "\n".join(map(visible, page.references)), paint)


def _head(rule: Rule, paint: Paint) -> Iterator[str]:
    yield f"severity  {paint(rule.severity.label, SEVERITY[rule.severity])}{'' if rule.default else ', off by default'}"
    yield f"fix       {FIX_LEVEL[rule.fix]}"
    if rule.aliases:
        yield f"aliases   {', '.join(rule.aliases)}"


def _example(cases: Iterable[Case], paint: Paint) -> Iterator[str]:
    """The first case that shows a fix, or else the first that shows the fault, and the first that is good."""
    listed = list(cases)
    bad = [case for case in listed if case.bad]
    shown = next((case for case in bad if case.fixed or case.ignored), bad[0] if bad else None)
    if shown is not None:
        yield _section("Example", _code(shown.text), paint)
    if shown is not None and shown.fixed is not None:
        yield _section("Fixed" + (" (with --unsafe-fixes)" if shown.unsafe else ""), _code(shown.fixed), paint)
    elif shown is not None and shown.ignored is not None:
        yield _section(".dockerignore (with --unsafe-fixes)", _code(shown.ignored), paint)
    else:
        good = next((case for case in listed if not case.bad), None)
        if good is not None:
            yield _section("Good", _code(good.text), paint)


def _options(rule: Rule) -> Iterator[str]:
    for name, option in rule.options.items():
        known = f", one of {', '.join(option.choices)}" if option.choices else ""
        yield f"{name} ({option.type}{known}; default {option.default!r})"
        if option.help:
            yield textwrap.indent(_flow(option.help), "  ")


def _section(title: str, body: str, paint: Paint) -> str:
    return f"{paint(title, CYAN)}\n{textwrap.indent(body, '  ')}"


def _code(text: str) -> str:
    """An example without its «marks»."""
    bare, _ = marks(text)
    return "\n".join(visible(line.removesuffix("\r")) for line in bare.rstrip("\n").split("\n"))


def _flow(text: str) -> str:
    """Prose wrapped anew, paragraph by paragraph; lists keep their lines."""
    done = []
    for paragraph in text.strip().split("\n\n"):
        keep = any(line.lstrip().startswith(("- ", "* ")) for line in paragraph.split("\n"))
        lines = (
            paragraph.split("\n") if keep else textwrap.wrap(" ".join(paragraph.split()), WIDTH, break_on_hyphens=False)
        )
        done.append("\n".join(map(visible, lines)))
    return "\n\n".join(done)


def rules_table(rules: Iterable[Rule], paint: Paint) -> str:
    """One line a rule: code, name, severity, fix level, aliases; those off by default are marked."""
    rows = [
        (
            rule.code,
            rule.name,
            rule.severity.label + ("" if rule.default else " (off)"),
            rule.fix,
            ", ".join(rule.aliases),
        )
        for rule in rules
    ]
    head = ("CODE", "NAME", "SEVERITY", "FIX", "ALIASES")
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    out = []
    for row in (head, *rows):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        out.append(paint(line, DIM) if row is head else line)
    return "\n".join(map(str, out)) + "\n"


def rules_json(rules: Iterable[Rule]) -> str:
    """The same as JSON."""
    listed = ",\n".join(f"  {dumps(_rule(rule))}" for rule in rules)
    return f'{{"schema": 1, "rules": [\n{listed}]}}\n'


def _rule(rule: Rule) -> Json:
    options: dict[str, Json] = {
        name: {
            "type": option.type,
            "default": _plain(option.default),
            "choices": list(option.choices),
            "help": option.help,
        }
        for name, option in rule.options.items()
    }
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.label,
        "default": rule.default,
        "fix": rule.fix,
        "aliases": list(rule.aliases),
        "summary": rule.summary,
        "options": options,
    }


def _plain(value: object) -> Json:
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if isinstance(value, (bool, int, str)) or value is None else str(value)
