"""PKG028: compilers, headers and installers that the program in the image does not need."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.amounts import human
from dockerlint.catalogue import Rule
from dockerlint.edits import Fix
from dockerlint.effects import build_tools
from dockerlint.effects.build_tools import Left
from dockerlint.effects.ledger import Ledger
from dockerlint.file import File
from dockerlint.findings import Finding, Related
from dockerlint.model.invocations import Invocation
from dockerlint.model.purpose import named_for_work
from dockerlint.model.starts import starts_nothing
from dockerlint.rewrite.purge import purge


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each install of build tools that stay."""
    ledger = file.shipped
    if ledger is None or not (tools := build_tools.left(ledger)):
        return
    if named_for_work(file.graph, file.source.path) or build_tools.wanted(ledger):
        return
    interpreted = build_tools.interpreted(ledger.graph)
    starts = not starts_nothing(ledger.graph)  # else it may be a base for others, who install more
    for it in tools:
        served = build_tools.installer_after(it, ledger)
        if interpreted or (served is not None and (served[0] == it.layer or starts)):
            yield _finding(rule, it, ledger, served)


def _finding(rule: Rule, it: Left, ledger: Ledger, served: tuple[int, Invocation] | None) -> Finding:
    size = build_tools.weight(it)
    names = ", ".join(f"`{name}`" for name in it.packages[:3])
    names += f" and {len(it.packages) - 3} more" if len(it.packages) > 3 else ""
    weight = f" (about {human(size, 2)})" if size else ""
    stay = "stays" if len(it.packages) == 1 else "stay"
    message = f"{names} {stay} in the image{weight}: the program does not need what installs or compiles packages"
    related = (Related(served[1].span, "the last command that may need it"),) if served is not None else ()
    outcome = purge(it, ledger, served)
    fix, withheld = (outcome, None) if isinstance(outcome, Fix) else (None, outcome)
    basis = "estimated" if size is not None else None
    return Finding(rule.name, it.effect.span, message, related, size, basis, fix, withheld)
