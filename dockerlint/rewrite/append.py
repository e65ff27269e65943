"""Add a clean-up to the end of a RUN, so that it happens in the layer that made the waste."""

from __future__ import annotations

import re

from dockerlint.edits import Edit, Fix, Licence, Safety
from dockerlint.findings import Withheld
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.rewrite.bodies import Body, body, insensitive, name_of, stops_when_it_fails
from dockerlint.rewrite.layout import SHORT_LINE, layout_of
from dockerlint.shell.tree import Function, Node, Sequence
from dockerlint.shell.walk import children
from dockerlint.source import Span


def append(graph: BuildGraph, step: Step, command: tuple[str, ...], title: str) -> Fix | Withheld:
    """Run `command` (words that need no quoting) as the last of the RUN's commands."""
    found = body(step)
    if isinstance(found, Withheld):
        return _script(graph, step, command, title) or found
    refusal = _refusal(found, command)
    if refusal is not None:
        return refusal
    operator = "&&"
    if found.errexit and found.is_list and stops_when_it_fails(found.items[-1]):
        operator = ";"
    elif found.errexit and not insensitive(found.items[-1]):
        return Withheld(
            "the last command relies on `set -e`",
            found.items[-1].span,
            "write it with `&&`, or end the RUN with a plain command",
        )
    at = Span(found.end, found.end)
    text = _text(graph, found, " ".join(command), operator)
    return Fix(title, (Edit(at, text),), Safety.SAFE, Licence(added=frozenset((command,))))


def _text(graph: BuildGraph, it: Body, command: str, operator: str) -> str:
    source, layout = graph.dockerfile.source, layout_of(graph)
    node = it.step.instruction
    line = source.line_span(node.start_line)
    one_line = node.start_line == node.end_line
    if one_line and line.end - line.start + len(command) + 4 <= SHORT_LINE:
        return f" && {command}" if operator == "&&" else f"; {command}"
    return layout.link(operator) + command


def _refusal(it: Body, command: tuple[str, ...]) -> Withheld | None:
    if isinstance(it.root, Sequence) and it.root.items[-1].terminator == "&":
        return Withheld("a background job ends the RUN", it.root.items[-1].terminator_span, "wait for the job")
    for simple in it.commands:
        name = name_of(simple)
        if name in ("exec", "exit", "return", "logout"):
            return Withheld(
                f"`{name}` may end the RUN before the clean-up", simple.span, "put the clean-up in front of it by hand"
            )
        if name == "set" and any(re.match(r"-[a-zA-Z]*f|noglob", w.text) for w in simple.words[1:]):
            return Withheld("`set -f` keeps the clean-up's `*` as it is", simple.span)
        if name in ("eval", "alias", "shopt"):
            return Withheld(f"`{name}` cannot be followed", simple.span, "write the command that it stands for")
    shadow = _function(it.root, command[0])
    return Withheld(f"`{command[0]}` is a function here", shadow) if shadow else None


def _function(node: Node, name: str) -> Span | None:
    if isinstance(node, Function) and node.name == name:
        return node.span
    return next((found for c in children(node) if (found := _function(c, name))), None)


def _script(graph: BuildGraph, step: Step, command: tuple[str, ...], title: str) -> Fix | Withheld | None:
    """A sole here-document under ``set -e`` takes the command as its last line."""
    shell = step.body
    if shell is None or not shell.heredoc_script or shell.root is None or len(step.instruction.heredoc_nodes) != 1:
        return None
    it = Body(step, shell, shell.root)
    refusal = _refusal(it, command)
    if refusal is not None:
        return refusal
    if not it.errexit or not stops_when_it_fails(it.items[-1]):
        return Withheld(
            "the script has no `set -e`: a failure of its last command would be hidden",
            it.items[-1].span,
            "begin the script with `set -e`",
        )
    heredoc = step.instruction.heredoc_nodes[0]
    source = graph.dockerfile.source
    last = source.text[heredoc.body_span.start : it.items[-1].span.start].rpartition("\n")[2]
    indent = last if not last.strip() else ""
    at = Span(heredoc.body_span.end, heredoc.body_span.end)
    edit = Edit(at, f"{indent}{' '.join(command)}{source.newline}")
    return Fix(title, (edit,), Safety.SAFE, Licence(added=frozenset((command,))))
