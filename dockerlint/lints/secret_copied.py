"""CTX005: COPY or ADD takes a file with a secret into the image."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.catalogue import Rule
from dockerlint.context.naming import some
from dockerlint.context.secrets import Secret
from dockerlint.context.survey import Survey, survey
from dockerlint.edits import Fix
from dockerlint.file import File
from dockerlint.findings import Finding, Severity, Withheld
from dockerlint.model.graph import Step
from dockerlint.record import replace
from dockerlint.rewrite.ignore_file import ignore_also


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each instruction: what it names, else what comes along."""
    if file.context is None:
        return
    found = survey(file.graph, file.context)
    taken: dict[int, list[tuple[Step, Secret, bool]]] = {}
    for entry in found.secrets():
        taken.setdefault(entry[0].index, []).append(entry)
    for entries in taken.values():
        asked_for = [secret for _, secret, by_name in entries if by_name]
        yield _finding(rule, found, entries[0][0], asked_for or [s for _, s, _ in entries], bool(asked_for))


def _finding(rule: Rule, found: Survey, step: Step, secrets: list[Secret], by_name: bool) -> Finding:
    node = step.instruction
    verb = "names" if by_name else "takes along"
    listed = some([secret.path for secret in secrets])
    message = f"{node.keyword} {verb} {listed}: whoever has the image can read it, even if a later line deletes it"
    severity = Severity.WARNING if any(secret.sure for secret in secrets) else Severity.INFO
    finding = Finding(rule.name, node.span, message, severity=severity)
    if by_name:
        hint = "give it to the one RUN that needs it with `--mount=type=secret`"
        return replace(finding, withheld=Withheld("it is copied by name, so something wants it", hint=hint))
    needless = [secret.path for secret in secrets if not found.needs_secret(secret)]
    if not needless:
        hint = "give it to the container when it runs, or to the one RUN that needs it"
        return replace(finding, withheld=Withheld("the program or a command may need it", hint=hint))
    fix = ignore_also(found, needless)
    return replace(finding, fix=fix) if isinstance(fix, Fix) else replace(finding, withheld=fix)
