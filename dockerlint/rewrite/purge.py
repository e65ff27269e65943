"""Take build tools out again at the end of the RUN that installed them."""

from __future__ import annotations

from dockerlint.edits import Fix, Safety
from dockerlint.effects.build_tools import Left
from dockerlint.effects.ledger import Ledger
from dockerlint.findings import Withheld
from dockerlint.model.invocations import Invocation
from dockerlint.record import replace
from dockerlint.rewrite.append import append

_PURGE = {
    "apt": ("apt-get", "purge", "-y", "--auto-remove"),
    "apk": ("apk", "del"),
    "dnf": ("dnf", "remove", "-y"),
    "yum": ("yum", "remove", "-y"),
}


def purge(it: Left, ledger: Ledger, served: tuple[int, Invocation] | None) -> Fix | Withheld:
    """A patch to look at, for what the program runs with may go too; `served`: the last command to need the tools."""
    command = _PURGE.get(it.effect.manager)
    if command is None:
        return Withheld(f"how to remove packages with {it.effect.manager} is not known here", it.effect.span)
    if served is not None and served[0] != it.layer:
        return Withheld("a later instruction uses them: install, use and remove them in one RUN", served[1].span)
    if it.layer not in ledger.own:
        return Withheld("another stage installs them", it.effect.span)
    step = ledger.layers[it.layer].step
    done = append(ledger.graph, step, (*command, *it.packages), "Remove the tools in the same RUN")
    return done if isinstance(done, Withheld) else replace(done, safety=Safety.DISPLAY)
