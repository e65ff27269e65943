"""PKG003: the package lists are fetched in one layer and used in a later one."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.catalogue import Rule
from dockerlint.edits import Fix
from dockerlint.effects.tools.packages import subcommand_of
from dockerlint.file import File
from dockerlint.findings import Finding, Related, Withheld
from dockerlint.model.graph import Step
from dockerlint.model.invocations import Invocation, of_step
from dockerlint.rewrite.join import join_over
from dockerlint.rewrite.policy import no_join


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each RUN of the image that updates the lists and installs nothing, where a later RUN installs."""
    for stage in file.graph.stages:
        if not stage.ships:
            continue
        for at, step in enumerate(stage.steps):
            update = _alone(step)
            later = next(
                ((s, i) for s in stage.steps[at + 1 :] if (i := _apt(s, "install", "update")) is not None), None
            )
            if update is None or later is None or subcommand_of(later[1], "apt") == "update":
                continue
            yield _finding(file, rule, step, update, *later)


def _finding(file: File, rule: Rule, step: Step, update: Invocation, user: Step, install: Invocation) -> Finding:
    line = user.instruction.start_line
    lists = f"the lists of `{update.program} update` are cached with this layer"
    message = f"{lists}: the install on line {line} will use old ones"
    outcome = no_join(file.joining, False) or join_over(file.graph, step, user, file.as_script)
    fix = outcome if isinstance(outcome, Fix) else None
    withheld = outcome if isinstance(outcome, Withheld) else None
    return Finding(rule.name, update.span, message, (Related(install.span, "used here"),), fix=fix, withheld=withheld)


def _alone(step: Step) -> Invocation | None:
    update = _apt(step, "update")
    return (
        update
        if update is not None and _apt(step, "install", "upgrade", "dist-upgrade", "full-upgrade") is None
        else None
    )


def _apt(step: Step, *subcommands: str) -> Invocation | None:
    """The step's first apt command of these kinds."""
    if step.instruction.keyword != "RUN":
        return None
    return next((i for i in of_step(step) if subcommand_of(i, "apt") in subcommands), None)
