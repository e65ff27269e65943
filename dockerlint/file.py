"""What a rule may see of one file. Everything is worked out on first use and shared by all rules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from dockerlint.record import field, record
from dockerlint.source import Source
from dockerlint.syntax import Dockerfile, parse

if TYPE_CHECKING:
    from dockerlint.context import Context
    from dockerlint.effects.ledger import Ledger
    from dockerlint.model.graph import BuildGraph
    from dockerlint.model.invocations import Invocation


@record(eq=False, slots=False)
class File:
    """One Dockerfile under inspection."""

    source: Source
    context: Context | None = None
    """The build context, or None when there is none (standard input, a text handed to the API)."""
    options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Options by rule name, defaults of the rule's page filled in."""

    @property
    def joining(self) -> str:
        """When fixes may join RUNs: ``consecutive``, ``bytes-only`` or ``never``."""
        return str(self.options.get("dockerlint", {}).get("joining", "consecutive"))

    @property
    def as_script(self) -> bool:
        """Whether a joined RUN is written as a here-document where it can be: ``joined: heredoc``."""
        return self.options.get("dockerlint", {}).get("joined") == "heredoc"

    @property
    def cache(self) -> str:
        """How fixes get rid of package caches: ``cleanup`` or ``mount``."""
        return str(self.options.get("dockerlint", {}).get("cache", "cleanup"))

    @cached_property
    def dockerfile(self) -> Dockerfile:
        """The syntax tree."""
        return parse(self.source)

    @cached_property
    def graph(self) -> BuildGraph:
        """Stages, scopes and edges."""
        from dockerlint.model.build import build

        return build(self.dockerfile, fragment=True)

    @cached_property
    def invocations(self) -> tuple[Invocation, ...]:
        """Every command that a RUN body of any stage runs, in file order (ONBUILD triggers left out)."""
        from dockerlint.model.invocations import of_step

        return tuple(i for step in self.graph.steps if step.instruction.keyword == "RUN" for i in of_step(step))

    @cached_property
    def ledgers(self) -> tuple[Ledger, ...]:
        """The ledger of each stage, by stage index."""
        from dockerlint.effects.ledger import ledgers

        return ledgers(self.graph, self.context)

    @property
    def shipped(self) -> Ledger | None:
        """The ledger of the image: that of the last stage, with the layers it inherits."""
        return self.ledgers[-1] if self.ledgers else None
