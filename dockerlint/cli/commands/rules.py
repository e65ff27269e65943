"""``dockerlint rules``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dockerlint.amounts import plural
from dockerlint.catalogue import Rule, rules
from dockerlint.catalogue.schema import PageError
from dockerlint.cli.arguments import option, positional
from dockerlint.cli.output import Failure, coloured, emit
from dockerlint.cli.session import failing, one_of
from dockerlint.config import load
from dockerlint.record import record
from dockerlint.report.colour import Paint

if TYPE_CHECKING:
    from dockerlint.catalogue.pages import Page


@record
class Arguments:
    """List all rules, or run the cases of their pages: `rules test`.

    A project's own rules, in .dockerlint/rules/, are among them.

    Exit code of `rules test`: 0 every case holds, 1 some do not, 2 it could not do what was asked.
    """

    action: str | None = positional("test", "run every case of every page, with its fix.", "maybe")
    format: str | None = option("--format", "FORMAT", "text (default) or json.")


def run(given: Arguments) -> int:
    """List the rules or test their pages."""
    with failing():
        project = load(".").user_rules
    if given.action is not None:
        one_of("action", given.action, ("test",))
        return _test(project)
    from dockerlint.report.page import rules_json, rules_table

    listed = sorted(rules() + project, key=lambda rule: rule.code)
    if one_of("--format", given.format or "text", ("text", "json")) == "json":
        emit(rules_json(listed))
    else:
        emit(rules_table(listed, Paint(coloured())))
    return 0


def _test(project: tuple[Rule, ...]) -> int:
    from dockerlint.engine.cases import run as run_cases
    from dockerlint.fixer import fix

    pages = cases = 0
    failures: list[str] = []
    for page in pages_of(rules(), project):
        pages, cases = pages + 1, cases + len(page.cases)
        failures += run_cases(page, fix)
    lines = [*failures, f"{plural(pages, 'page')}, {plural(cases, 'case')}: {plural(len(failures), 'failure')}."]
    emit("".join(f"{line}\n" for line in lines))
    return int(bool(failures))


def pages_of(shipped: tuple[Rule, ...], project: tuple[Rule, ...]) -> Iterator[Page]:
    """The whole pages of rules. Raises Failure for one that cannot be read."""
    from dockerlint.catalogue import folder
    from dockerlint.catalogue.pages import read  # ruamel.yaml takes 26 ms to load
    from dockerlint.config import rules_folder

    own = rules_folder(str(Path.cwd())) or ""
    try:
        for rule in shipped:
            yield read(folder() / f"{rule.name}.yaml")
        for rule in project:
            yield read(Path(own, f"{rule.name}.yaml"), user=True)
    except PageError as wrong:
        raise Failure(str(wrong)) from None
