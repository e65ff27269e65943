"""PYP004: torch comes with its libraries for CUDA onto an image without CUDA."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.amounts import human
from dockerlint.catalogue import Rule
from dockerlint.context.python_app import app_of
from dockerlint.costs import cost
from dockerlint.file import File
from dockerlint.findings import Finding
from dockerlint.rewrite.python_packages import listed, take_from

_CPU = "https://download.pytorch.org/whl/cpu"


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for the first install that takes torch."""
    app = app_of(file.graph, file.invocations, file.context) if file.graph.stages else None
    row = cost("pip:torch-cuda")
    for it in app.with_cuda() if app is not None and row is not None else ():
        size = row.typical if row is not None else 0
        what = listed(it) if it.requirements[0].name == "torch" else f"{listed(it)} and with it `torch`"
        message = f"installs {what} with CUDA (up to {human(size, 2)}), and nothing here speaks of a GPU: packages"
        message += f" for the CPU alone are at {_CPU}; confidence: medium"
        fix = take_from(file.source, it, _CPU)
        yield Finding(rule.name, it.installation.span, message, (), size, "estimated", fix)
