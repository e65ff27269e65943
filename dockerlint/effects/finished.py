"""Whether an image only runs what was built elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from dockerlint.effects import toolchains
from dockerlint.effects.ledger import Ledger
from dockerlint.model.builds import Ecosystem
from dockerlint.model.invocations import Invocation
from dockerlint.model.purpose import only_places
from dockerlint.model.starts import builds_at_run_time, starts_nothing, starts_shell


def only_runs(ledger: Ledger, invocations: Sequence[Invocation], made_for: Ecosystem | None) -> bool:
    """Whether nothing in the layers that ship builds, and the image starts a program that needs no toolchain.

    An image that starts a shell is a place to work in; one that starts nothing may be a base for others.
    """
    graph = ledger.graph
    if starts_shell(graph) or starts_nothing(graph) or any(layer.opaque for layer in ledger.layers):
        return False
    if any(not toolchains.needless(build, ledger.layers) for _, build in toolchains.builds(ledger.layers)):
        return False
    own = [inv for inv in invocations if graph.stages[inv.step.stage].ships]
    return only_places(own) and not (made_for is not None and builds_at_run_time(made_for, graph))
