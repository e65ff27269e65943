"""The head of a rule: all that selection, dispatch and the `match:` language need. Pages hold the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dockerlint.findings import Severity
from dockerlint.record import record

FIX_LEVELS = ("safe", "unsafe", "display", "none")


@record
class Option:
    """An option of a rule. `type` is ``int``, ``bool``, ``str`` or ``list`` (of strings)."""

    type: str
    default: object
    help: str = ""
    choices: tuple[str, ...] = ()


@record
class Triggers:
    """When a rule can have something to say: any of these occurs. Nothing given means always."""

    instructions: frozenset[str] = frozenset()
    """Keywords, upper case; ``ONBUILD COPY`` counts as both."""
    commands: frozenset[str] = frozenset()
    """Programs that a RUN runs."""
    errors: bool = False
    """Only when the file does not parse."""


@record(eq=False)
class Rule:
    """What the engine knows of a rule."""

    code: str
    name: str
    severity: Severity
    default: bool
    """Whether it runs without being selected."""
    fix: str
    """The level of its fix: one of `FIX_LEVELS`."""
    aliases: tuple[str, ...]
    summary: str
    triggers: Triggers | None
    module: str
    """The module in `dockerlint.lints`; "" when the page's `match:` block is the whole rule."""
    options: Mapping[str, Option]
    message: str
    match: Mapping[str, Any] | None
    """The page's `match:` block, validated."""
    edit: Mapping[str, Any] | None

    @property
    def defaults(self) -> dict[str, object]:
        """Option values of a rule that nobody configured."""
        return {name: option.default for name, option in self.options.items()}

    def answers_to(self, selector: str) -> bool:
        """Whether a selector means this rule: name, code, alias, a prefix of a code or of an alias, or ``ALL``."""
        wanted = selector.casefold()
        if wanted == "all" or wanted == self.name:
            return True
        codes = [self.code.casefold(), *(alias.casefold() for alias in self.aliases)]
        if wanted in codes:
            return True
        # A prefix is the letters of a code, or letters and some digits: LAY, LAY0, DL3; never "J" for a BuildKit check.
        return len(wanted) >= 2 and any(c.startswith(wanted) and c[-1:].isdigit() for c in codes)


def from_head(head: Mapping[str, Any]) -> Rule:
    """A rule from its entry in heads.json; what is missing there has its default."""
    options = head.get("options")
    triggers = head.get("triggers")
    return Rule(
        head["code"],
        head["name"],
        Severity[head["severity"].upper()],
        head.get("default", True),
        head["fix"],
        tuple(head.get("aliases", ())),
        head["summary"],
        triggers
        and Triggers(
            frozenset(triggers.get("instructions", ())),
            frozenset(triggers.get("commands", ())),
            triggers.get("errors", False),
        ),
        head.get("module", ""),
        {n: Option(o["type"], o["default"], o.get("help", ""), tuple(o.get("choices", ()))) for n, o in options.items()}
        if options
        else {},
        head.get("message", ""),
        head.get("match"),
        head.get("edit"),
    )
