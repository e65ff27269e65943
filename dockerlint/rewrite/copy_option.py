"""The value that an option of COPY gets for what a chmod or chown does."""

from __future__ import annotations

from dockerlint.edits import Edit
from dockerlint.effects.ledger import Ledger
from dockerlint.findings import Withheld
from dockerlint.model import frontend
from dockerlint.model.graph import Step
from dockerlint.model.invocations import Argument, Invocation
from dockerlint.rewrite.meanwhile import Meanwhile
from dockerlint.rewrite.modes import Mode, Owner, numeric, owner, symbolic
from dockerlint.shell.tree import Literal, Parameter
from dockerlint.source import Span

_ROOTS = frozenset(f"{user}:{group}" for user in ("0", "root") for group in ("0", "root"))


class CopyOption:
    """``--chmod`` or ``--chown`` in place of one command."""

    def __init__(self, ledger: Ledger, inv: Invocation, first: Argument, recursive: bool, between: Meanwhile) -> None:
        self.ledger = ledger
        self.graph = ledger.graph
        self.inv = inv
        self.first = first
        self.kind = "chmod" if inv.program == "chmod" else "chown"
        self.recursive = recursive
        self.between = between

    def value(self, layer: int) -> tuple[str, bool] | Withheld:
        """The option's value for one COPY, and whether it means the same for sure."""
        step = self.ledger.layers[layer].step
        first = self.first
        text = self._text(first, step)
        if text is None:
            return Withheld(f"what `{first.word.text}` is at line {step.instruction.start_line} is not known")
        old = step.instruction.flag(self.kind)
        if self.kind == "chmod":
            mode = self._mode(text, old is not None)
            if mode is None:
                return Withheld(
                    f"a number that means `{text}` depends on the file",
                    first.word.span,
                    "`# syntax=docker/dockerfile:1.14` or newer knows symbolic modes",
                )
            since = frontend.SYMBOLIC_CHMOD if mode.symbolic else frontend.CHMOD
            return mode.text, mode.exact and frontend.commits(self.graph.dockerfile, since)
        meant = owner(text, self.inv.program)
        if meant is None:
            return Withheld(f"`{text}` is not an owner that COPY reads the same way", first.word.span)
        fresh = old is None and step.instruction.flag("from") is not None
        value = None if fresh and None in (meant.user, meant.group) else meant.over(old.value if old else None)
        if value is None:
            return Withheld(f"the group that `{text}` leaves is not known", first.word.span, "write `user:group`")
        idle = old is None and value in _ROOTS  # as COPY does anyway: who wrote the command expected another owner
        return self._resolvable(meant, layer) or (value, not (meant.login or idle))

    def _mode(self, text: str, has_old: bool) -> Mode | None:
        exact = numeric(text, folders=self.recursive)
        if exact is not None and exact.exact:
            return exact
        known = self.graph.dockerfile.directive("syntax") is not None and not has_old
        if known and frontend.allows(self.graph.dockerfile, frontend.SYMBOLIC_CHMOD):
            return symbolic(text) or exact
        return exact

    def _text(self, argument: Argument, copy: Step) -> str | None:
        """The first operand as COPY's option writes it: variables stay variables, or a --build-arg would be lost."""
        if argument.word.literal is not None:
            return argument.word.literal
        out = ""
        for part in argument.word.parts:
            if isinstance(part, Literal):
                out += part.text
            elif isinstance(part, Parameter) and not part.operator and self.kind == "chown":
                here, there = self.inv.variables.get(part.name), copy.scope.variables().get(part.name)
                if not isinstance(here, str) or here != there or not here:
                    return None
                out += f"${{{part.name}}}"
            else:
                return None
        return out

    def _resolvable(self, meant: Owner, layer: int) -> Withheld | None:
        for name in (meant.user, meant.group):
            if name is not None and not name.isdigit():
                plain = self.inv.step.scope.variables().get(name[2:-1], name) if name.startswith("$") else name
                problem = self.between.account(str(plain), layer)
                if problem is not None:
                    return problem
        return None

    def edit(self, layer: int, value: str) -> Edit:
        """Write the option, in place of one that is there."""
        node = self.ledger.layers[layer].step.instruction
        old = node.flag(self.kind)
        flag = f"--{self.kind}={value}"
        if old is not None:
            return Edit(old.span, flag)
        at = node.flag_nodes[-1].span.end if node.flag_nodes else node.keyword_span.end
        return Edit(Span(at, at), f" {flag}")
