"""PYP001: packages are installed that nothing in the program imports."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.amounts import human
from dockerlint.catalogue import Rule
from dockerlint.context.python_app import app_of
from dockerlint.file import File
from dockerlint.findings import Finding
from dockerlint.rewrite.python_packages import leave_out, listed


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each command that installs such packages."""
    app = app_of(file.graph, file.invocations, file.context) if file.graph.stages else None
    least = file.options.get(rule.name, rule.defaults)["at-least-mb"]
    for it in app.unused(least * 1_000_000 if isinstance(least, int) else 0) if app is not None else ():
        size = f" (about {human(it.bytes, 2)} without what they need)" if it.bytes else ""
        files = f"the {it.files} Python files" if it.files != 1 else "the Python file"
        message = f"nothing in {files} here imports {listed(it)}{size}; confidence: medium"
        basis = "estimated" if it.bytes else None
        yield Finding(rule.name, it.installation.span, message, (), it.bytes, basis, leave_out(file.source, it))
