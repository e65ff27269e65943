"""The `match:` language: rules that are complete in their page, run over instructions and commands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from dockerlint.catalogue import edit
from dockerlint.catalogue.command import Command, take_apart
from dockerlint.catalogue.rule import Rule
from dockerlint.catalogue.template import Fields, fill
from dockerlint.file import File
from dockerlint.findings import Finding
from dockerlint.model.graph import Step
from dockerlint.model.invocations import Invocation, of_step
from dockerlint.record import record
from dockerlint.source import Span
from dockerlint.syntax.tree import Instruction
from dockerlint.values import Unknown

_FALSE = frozenset(("", "0", "false", "no", "off", "n", "f"))


@record
class Matcher:
    """A `match:` block made ready. Empty collections demand nothing."""

    keywords: frozenset[str]
    programs: frozenset[str]
    subcommands: frozenset[str]
    flags_missing: tuple[str, ...]
    flags_present: tuple[str, ...]
    arguments: re.Pattern[str] | None
    missing: tuple[str, ...]
    present: tuple[str, ...]
    argument: re.Pattern[str] | None
    with_value: frozenset[str]
    shells: frozenset[str]
    shipped: bool
    env_unset: tuple[str, ...]


@cache
def matcher(rule: Rule) -> Matcher:
    """The rule's `match:` block, compiled once."""
    block: Mapping[str, Any] = rule.match or {}
    flags = block.get("flags", {})
    return Matcher(
        frozenset(word.upper() for word in block.get("instruction", ())),
        frozenset(block.get("command", ())),
        frozenset(block.get("subcommand", ())),
        tuple(flags.get("missing", ())),
        tuple(flags.get("present", ())),
        re.compile(block["arguments"]) if "arguments" in block else None,
        tuple(block.get("missing", ())),
        tuple(block.get("present", ())),
        re.compile(block["argument"]) if "argument" in block else None,
        frozenset(block.get("value-options", ())),
        frozenset(block.get("shells", ())),
        # What a command leaves behind matters where it ships; how an instruction is written matters everywhere.
        block.get("stages", "shipped" if "command" in block else "all") == "shipped",
        tuple(block.get("env-unset", ())),
    )


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """The findings of a rule that has a `match:` block."""
    wanted = matcher(rule)
    if wanted.programs:
        for command, held_back in commands(file, rule):
            yield command_finding(file, rule, command, held_back)
        return
    for step, held_back in _steps(file):
        if step.instruction.keyword in wanted.keywords and _instruction_fits(file, wanted, step):
            yield _instruction_finding(file, rule, step, held_back)


def commands(file: File, rule: Rule) -> Iterator[tuple[Command, bool]]:
    """The commands that the rule's `match:` means, and whether ONBUILD holds them back."""
    wanted = matcher(rule)
    for invocation, held_back in _invocations(file):
        if invocation.program in wanted.programs and _instruction_fits(file, wanted, invocation.step):
            command = take_apart(invocation, wanted.with_value, bool(wanted.subcommands))
            if _command_fits(wanted, command):
                yield command, held_back


def command_finding(file: File, rule: Rule, command: Command, held_back: bool) -> Finding:
    """The finding for one command, with the fix of the rule's `edit:` block or the reason why there is none."""
    fields = Fields.of_command(file.source, command, rule)
    fix, withheld = edit.of_command(file, rule, command, held_back, fields)
    message = fill(rule.message, fields)
    return Finding(rule.name, command.invocation.span, message, fix=fix, withheld=withheld)


def _instruction_finding(file: File, rule: Rule, step: Step, held_back: bool) -> Finding:
    fields = Fields.of_instruction(file.source, step.instruction, file.dockerfile.escape)
    fix, withheld = edit.of_instruction(file, rule, step, held_back, fields)
    return Finding(rule.name, head_span(step.instruction), fill(rule.message, fields), fix=fix, withheld=withheld)


def head_span(node: Instruction) -> Span:
    """The instruction without heredoc bodies."""
    text = node.logical.text
    return node.logical.span(0, len(text))


def _steps(file: File) -> Iterator[tuple[Step, bool]]:
    for step in file.graph.steps:
        yield step, False
        if step.instruction.trigger is not None:
            yield Step(step.instruction.trigger, step.stage, step.index, step.scope), True


def _invocations(file: File) -> Iterator[tuple[Invocation, bool]]:
    for invocation in file.invocations:
        yield invocation, False
    for step, held_back in _steps(file):
        if held_back and step.instruction.keyword == "RUN":
            for invocation in of_step(step):
                yield invocation, True


def _instruction_fits(file: File, wanted: Matcher, step: Step) -> bool:
    if wanted.shipped and (step.stage < 0 or not file.graph.stages[step.stage].ships):
        return False
    node = step.instruction
    if any(_has_flag(node, flag) for flag in wanted.flags_missing):
        return False
    if not all(_has_flag(node, flag) for flag in wanted.flags_present):
        return False
    return wanted.arguments is None or wanted.arguments.search(node.arguments) is not None


def _has_flag(node: Instruction, entry: str) -> bool:
    """Whether a flag is there: ``--mount``, or ``--mount=type=cache`` among the parts of its value."""
    name, eq, value = entry.lstrip("-").partition("=")
    return any(
        flag.name == name and (not eq or value == flag.value or value in (flag.value or "").split(","))
        for flag in node.flag_nodes
    )


def _command_fits(wanted: Matcher, command: Command) -> bool:
    body = command.invocation.step.body
    if wanted.shells and (body is None or body.kind.name not in wanted.shells):
        return False
    if wanted.subcommands and (command.subcommand is None or command.subcommand.value not in wanted.subcommands):
        return False
    if any(command.given(entry) for entry in wanted.missing) or (wanted.missing and command.unknown):
        return False  # unknown words may well be the option that is looked for
    if not all(command.given(entry) for entry in wanted.present):
        return False
    if any(_is_set(command.invocation, name) for name in wanted.env_unset):
        return False
    pattern = wanted.argument
    return pattern is None or any(isinstance(a.value, str) and pattern.search(a.value) for a in command.operands)


def _is_set(invocation: Invocation, name: str) -> bool:
    value = invocation.variables.get(name, "")
    return isinstance(value, Unknown) or value.casefold() not in _FALSE
