"""The `edit:` language: fixes that insert, remove or replace a word of a command, or replace an instruction.

An edit is placed only at the span of a word that stands in the file as it is run; else the fix is withheld.
"""

from __future__ import annotations

import re

from dockerlint.catalogue.command import Command
from dockerlint.catalogue.rule import Rule
from dockerlint.catalogue.template import Values, fill, short
from dockerlint.edits import Edit, Fix, Licence, Safety
from dockerlint.file import File
from dockerlint.findings import Withheld
from dockerlint.model.graph import Step
from dockerlint.model.invocations import Argument, Invocation, own_word, stands_plainly
from dockerlint.shell.tree import AndOr, Group, Item, Node, Sequence, Subshell, Word
from dockerlint.source import Span

Outcome = tuple[Fix | None, Withheld | None]


class _Refusal(Exception):
    """Raised inside this module where an edit has no place."""

    def __init__(self, reason: str, span: Span | None, hint: str = "") -> None:
        super().__init__(reason)
        self.withheld = Withheld(reason, span, hint)


def of_command(file: File, rule: Rule, command: Command, held_back: bool, fields: Values) -> Outcome:
    """The fix for a command, or why there is none."""
    if rule.edit is None or rule.fix == "none":
        return None, None
    try:
        if held_back:
            raise _Refusal("it runs in the builds of other images (ONBUILD)", command.invocation.step.instruction.span)
        if command.invocation.nested:
            raise _Refusal("the command is inside a string that another command runs", command.invocation.span)
        title, edits, licence = _command_edit(file, rule, command, fields)
    except _Refusal as refusal:
        return None, refusal.withheld
    return Fix(rule.edit.get("title", title), edits, Safety(rule.fix), licence), None


def of_instruction(file: File, rule: Rule, step: Step, held_back: bool, fields: Values) -> Outcome:
    """The fix for an instruction, or why there is none."""
    template = ((rule.edit or {}).get("replace") or {}).get("instruction")
    if template is None or rule.edit is None or rule.fix == "none":
        return None, None
    node = step.instruction
    if held_back:
        return None, Withheld("it takes effect in the builds of other images (ONBUILD)", node.span)
    if step.stage < 0:
        return None, Withheld("no stage has begun here", node.span)
    if "{arguments" in template and not node.arguments:
        return None, Withheld("it has no arguments to carry over", node.span)
    if node.comments:
        return None, Withheld("a comment stands inside the instruction", node.comments[0].span)
    if node.heredoc_nodes:
        return None, Withheld("it has a here-document", node.heredoc_nodes[0].span)
    new = fill(template, fields)
    keywords = {node.keyword, new.split(None, 1)[0].upper()}
    title = rule.edit.get("title", f"Write `{short(new)}`")
    return Fix(title, (Edit(node.span, new),), Safety(rule.fix), Licence(instructions=frozenset(keywords))), None


def _command_edit(file: File, rule: Rule, command: Command, fields: Values) -> tuple[str, tuple[Edit, ...], Licence]:
    block = rule.edit or {}
    if "insert" in block:
        word = _anchor(file, command, block["after"])
        new = fill(block["insert"], fields)
        licence = Licence(options=frozenset(new.split()))
        return f"Insert `{new}`", (Edit(Span(word.span.end, word.span.end), " " + new),), licence
    if block.get("remove") == "command":
        return f"Delete `{fields['text']}`", (Edit(_in_chain(file, command.invocation), ""),), Licence()
    if "remove" in block:
        return _remove(file, command, block["remove"])
    edits, options, parts = [], set(), []
    for old, new, word in _replaced(file, command, block["replace"]):
        edits.append(Edit(word.span, new))
        options |= {old, new}
        parts.append(f"`{old}` by `{new}`")
    if not edits:
        raise _Refusal("none of the words to replace is here", command.invocation.span)
    return f"Replace {' and '.join(parts)}", tuple(edits), Licence(options=frozenset(options))


def _anchor(file: File, command: Command, after: str) -> Word:
    if after == "command":
        return _program(file, command.invocation)
    if command.subcommand is None:
        raise _Refusal("the subcommand cannot be told", command.invocation.span)
    return _plain(file, command, command.subcommand)


def _program(file: File, invocation: Invocation) -> Word:
    word = invocation.program_word
    if word is None or not stands_plainly(file.source, word):
        raise _Refusal("the program's name is not written plainly", invocation.span)
    return word


def _plain(file: File, command: Command, argument: Argument) -> Word:
    """The argument's word, when it is in the file as it is run and is nothing but this argument."""
    word = argument.word
    if not own_word(file.source, command.invocation, argument):
        raise _Refusal(f"`{short(word.text)}` is not written plainly: quotes, a variable or a line break", word.span)
    return word


def _remove(file: File, command: Command, name: str) -> tuple[str, tuple[Edit, ...], Licence]:
    given = command.given(name)
    if given is None:
        raise _Refusal(f"`{name}` is not here", command.invocation.span)
    word = _plain(file, command, given.argument)
    licence = Licence(options=frozenset((name, word.text)))
    if given.cluster:
        if given.value is not None:
            raise _Refusal(f"`{word.text}` carries a value", word.span)
        return f"Remove `{name}`", (Edit(word.span, word.text.replace(name[1:], "", 1)),), licence
    if given.value is not None and "=" not in word.text:
        raise _Refusal(f"`{name}` has its value in the next word", word.span)
    before = [a.word for a in command.invocation.arguments if a.word.span.end <= word.span.start]
    left = before[-1] if before else command.invocation.program_word
    start = left.span.end if left is not None else word.span.start
    gap = file.source.text[start : word.span.start]
    if not re.fullmatch(rf"(?:[ \t]|{re.escape(file.dockerfile.escape)}[ \t]*\r?\n)*", gap):
        raise _Refusal("something stands between the option and the word before it", Span(start, word.span.start))
    return f"Remove `{name}`", (Edit(Span(start, word.span.end), ""),), licence


def _replaced(file: File, command: Command, block: dict[str, dict[str, str]]) -> list[tuple[str, str, Word]]:
    found = []
    for old, new in block.get("command", {}).items():
        if command.invocation.program == old:
            word = _program(file, command.invocation)
            if word.text != old:
                raise _Refusal(f"`{old}` is called by its path", word.span)
            found.append((old, new, word))
    for old, new in block.get("subcommand", {}).items():
        if command.subcommand is not None and command.subcommand.value == old:
            found.append((old, new, _plain(file, command, command.subcommand)))
    for old, new in block.get("option", {}).items():
        given = command.given(old)
        if given is not None:
            word = _plain(file, command, given.argument)
            if word.text != old:
                raise _Refusal(f"`{old}` is part of `{short(word.text)}`", word.span)
            found.append((old, new, word))
    for old, new in block.get("word", {}).items():
        found += [(old, new, _plain(file, command, a)) for a in command.operands if a.value == old]
    return found


def _in_chain(file: File, invocation: Invocation) -> Span:
    """What to delete so that a command and one of the ``&&`` beside it are gone."""
    body = invocation.step.body
    chain = _chain(body.root, invocation) if body is not None and body.root is not None else []
    at = next((i for i, node in enumerate(chain) if node is invocation.node), -1)
    if at < 0 or len(chain) < 2:
        raise _Refusal("the command is not joined to another by `&&`", invocation.span)
    span = Span(chain[at - 1].span.end, chain[at].span.end) if at else Span(chain[0].span.start, chain[1].span.start)
    between = invocation.step.instruction.comments
    comment = next((c for c in between if span.overlaps(c.span)), None)
    if comment is not None:
        raise _Refusal("a comment would be lost with it", comment.span)
    if invocation.redirects:
        raise _Refusal("its output goes elsewhere", invocation.redirects[0].span)
    return span


def _chain(node: Node, invocation: Invocation) -> list[Node]:
    """The members of the innermost ``a && b && c`` that has the command as a member."""
    if isinstance(node, AndOr):
        members = _flat(node)
        if any(member is invocation.node for member in members):
            return members
        inner: tuple[Node, ...] = tuple(members) if len(members) > 1 else (node.left, node.right)
    elif isinstance(node, Sequence):
        inner = tuple(item.node for item in node.items if isinstance(item, Item))
    elif isinstance(node, (Group, Subshell)):
        inner = (node.body,)
    else:
        return []
    return next((found for part in inner if (found := _chain(part, invocation))), [])


def _flat(node: Node) -> list[Node]:
    if isinstance(node, AndOr) and node.operator == "&&":
        return [*_flat(node.left), node.right]
    return [node]
