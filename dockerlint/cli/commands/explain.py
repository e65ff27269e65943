"""``dockerlint explain``."""

from __future__ import annotations

from dockerlint.catalogue import Rule, find, rules, suggest
from dockerlint.cli.arguments import positional
from dockerlint.cli.commands.rules import pages_of
from dockerlint.cli.output import Failure, coloured, emit
from dockerlint.cli.session import failing
from dockerlint.config import load
from dockerlint.record import record
from dockerlint.report.colour import Paint
from dockerlint.report.page import page_text


@record
class Arguments:
    """Show a rule's page: why it matters, an example, what its fix may do."""

    rule: str = positional("RULE", "name, code or alias: apt-lists-left-behind, PKG001, DL3009.")


def run(given: Arguments) -> int:
    """Print the page of a rule."""
    with failing():
        project = load(".").user_rules
    rule = one(given.rule, rules() + project)
    own = (rule,) if rule in project else ()
    for page in pages_of(() if own else (rule,), own):
        emit(page_text(page, Paint(coloured())))
    return 0


def one(selector: str, known: tuple[Rule, ...]) -> Rule:
    """The one rule that a name, code or alias means. Raises Failure."""
    found = find(selector, known)
    if not found:
        near = suggest(selector, known)
        raise Failure(f"unknown rule `{selector}`" + (f"; did you mean `{near}`?" if near else ""))
    if len(found) > 1:
        raise Failure(f"`{selector}` means several rules: {', '.join(f'{rule.code} {rule.name}' for rule in found)}")
    return found[0]
