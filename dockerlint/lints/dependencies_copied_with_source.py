"""CTX004: the sources are copied before the dependencies are installed, so each change of a file installs them anew."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.catalogue import Rule
from dockerlint.context.layering import early_copies
from dockerlint.edits import Fix
from dockerlint.file import File
from dockerlint.findings import Finding, Related
from dockerlint.record import replace
from dockerlint.rewrite.split_copy import split_copy


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each COPY or ADD of a folder with an install behind it."""
    for early in early_copies(file.graph, file.context):
        node = early.source.step.instruction
        what = "the whole build context" if early.source.path == "." else f"all of `{early.source.path}`"
        message = f"{node.keyword} takes {what} before `{early.install.text}`: a change of any file installs all anew"
        related = (Related(early.install.invocation.span, "installs what a manifest lists"),)
        finding = Finding(rule.name, node.span, message, related)
        fix = split_copy(file.graph, file.context, early)
        yield replace(finding, fix=fix) if isinstance(fix, Fix) else replace(finding, withheld=fix)
