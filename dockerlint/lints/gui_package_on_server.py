"""PYP003: OpenCV with its windows is installed for a program that opens none."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.amounts import human
from dockerlint.catalogue import Rule
from dockerlint.context.python_app import Surplus, app_of
from dockerlint.costs import cost
from dockerlint.file import File
from dockerlint.findings import Finding
from dockerlint.rewrite.python_packages import listed, rename


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each command that installs it."""
    app = app_of(file.graph, file.invocations, file.context) if file.graph.stages else None
    for it in app.with_windows() if app is not None else ():
        name = it.requirements[0].name
        less = _less(it)
        weight = f", about {human(less, 2)} smaller and without X11 libraries" if less else ""
        message = f"{listed(it)} brings windows that nothing here opens: `{name}-headless` does the rest{weight}"
        fix = rename(file.source, it, name, f"{name}-headless")
        message += "; confidence: high"
        yield Finding(rule.name, it.installation.span, message, (), less, "estimated" if less else None, fix)


def _less(it: Surplus) -> int | None:
    name = it.requirements[0].name
    full, small = cost(f"pip:{name}"), cost(f"pip:{name}-headless")
    return full.typical - small.typical if full is not None and small is not None else None
