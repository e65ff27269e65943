"""PYP002: the image holds packages that only serve to test, check or write the program."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.amounts import human
from dockerlint.catalogue import Rule
from dockerlint.context.python_app import app_of
from dockerlint.file import File
from dockerlint.findings import Finding
from dockerlint.model.purpose import named_for_work
from dockerlint.rewrite.python_packages import leave_out, listed


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each command that installs such packages."""
    if not file.graph.stages or named_for_work(file.graph, file.source.path):
        return
    app = app_of(file.graph, file.invocations, file.context)
    for it in app.development() if app is not None else ():
        size = f" (at least {human(it.bytes, 2)})" if it.bytes else ""
        message = f"the program does not import {listed(it)}{size}: for tests and editing only; confidence: high"
        basis = "estimated" if it.bytes else None
        yield Finding(rule.name, it.installation.span, message, (), it.bytes, basis, leave_out(file.source, it))
