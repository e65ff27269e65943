"""Python that a RUN runs: where its text is, and its outcomes as effects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from posixpath import basename
from typing import TYPE_CHECKING, NamedTuple

from dockerlint.effects.types import (
    UNSIZED,
    AnyEffect,
    Created,
    Deleted,
    Erased,
    Extracted,
    Moved,
    Rewritten,
    Size,
)
from dockerlint.embedded.outcomes import AnyOutcome, Changed, Followed, Program, Removed, Renamed, Written
from dockerlint.embedded.python import MAX_TEXT, follow
from dockerlint.model.expand import Expander, home
from dockerlint.model.graph import Step
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import absolute, under
from dockerlint.source import Span
from dockerlint.syntax.tree import Logical
from dockerlint.values import UNKNOWN, Unknown, Value

if TYPE_CHECKING:
    from dockerlint.effects.ledger import Ledger

_PYTHON = re.compile(r"(?:python|pypy)[\d.]*")
_WITH_VALUE = "WX"  # interpreter options that take one
_EXPANDED = re.compile(r"[$`]|\\[\\\n]")
"""What a shell changes in a here-document whose delimiter is not quoted."""
_METADATA = frozenset(("chmod", "chown", "chgrp", "setfacl"))
_NOT_STORED = ("/dev/", "/proc/", "/sys/")


class Command(NamedTuple):
    """What Python is told to run, as far as its command line says."""

    code: Value | None = None
    """The text given to ``-c``."""
    file: Value | None = None
    """The script; "-" for standard input."""
    arguments: tuple[Value, ...] = ()


def is_python(program: str) -> bool:
    """Whether a program is a Python interpreter."""
    return _PYTHON.fullmatch(program) is not None


def of_invocation(inv: Invocation, ledger: Ledger | None, earlier: Sequence[AnyEffect]) -> Iterator[AnyEffect]:
    """The effects of the script that a Python command runs. `ledger`: what came before its RUN; `earlier`: in it."""
    if not is_python(inv.program) or "xargs" in inv.prefixes:
        return
    command = command_line(tuple(a.value for a in inv.arguments))
    text, file = command.code, None
    if command.file == "-":
        text = _standard_input(inv)
    elif command.file is not None:
        path = absolute(command.file, inv.cwd)
        file = path if isinstance(path, str) else None
        text = None if file is None or ledger is None or _mounts(inv.step) else _stored(file, ledger, earlier)
    if not isinstance(text, str):
        return
    kept = not inv.prefixes  # sudo and env may take variables away
    names = inv.step.scope.variables().keys() | {a.name for a in inv.node.assignments}
    environ = {n: v for n, v in inv.variables.items() if n in names and kept}
    at_home = home(inv.variables, inv.step.scope.user) if kept else UNKNOWN
    followed = follow(Program(text, inv.cwd, environ, at_home, command.arguments, file))
    if followed is not None:
        yield from _effects(followed, inv.program, inv.certain, inv.span, None)


def of_body(step: Step) -> tuple[tuple[AnyEffect, ...], bool]:
    """The effects of a RUN whose body is Python itself, and whether all of it was understood."""
    body = step.body
    if body is None or body.root is not None:
        return (), False
    words = step.instruction.json_form if body.opaque == "exec form" else None
    text: Value | None = None
    arguments: tuple[Value, ...] = ()
    logical: Logical | None = None
    if words and is_python(basename(words[0])):
        command = command_line(tuple(words[1:]))
        text, arguments = command.code, command.arguments
    elif is_python(body.kind.name) and body.heredoc_script and not set(body.kind.options) - {"-u", "-B", "-s"}:
        text, logical = body.logical.text, body.logical
    if not isinstance(text, str):
        return (), False
    scope = step.scope
    variables = scope.variables()
    followed = follow(Program(text, scope.workdir, variables, home(variables, scope.user), arguments))
    if followed is None:
        return (), False
    effects = _effects(followed, "python", True, step.instruction.keyword_span, logical)
    return tuple(effects), followed.complete


def command_line(arguments: tuple[Value, ...]) -> Command:
    """Read Python's own options; nothing is known behind one that is not."""
    at = 0
    while at < len(arguments):
        value = arguments[at]
        at += 1
        if isinstance(value, Unknown):
            return Command()
        if value == "-" or not value.startswith("-"):
            return Command(file=value, arguments=arguments[at:])
        if value.startswith("--"):
            return Command()
        for i, letter in enumerate(value[1:], 2):
            rest = value[i:]
            if letter == "c":
                code = rest if rest else arguments[at] if at < len(arguments) else UNKNOWN
                return Command(code=code, arguments=arguments[at if rest else at + 1 :])
            if letter in _WITH_VALUE:
                at += 0 if rest else 1
                break
            if letter not in "bBdEiIOPqRsSuv":  # -m, -V, -h, -x
                return Command()
    return Command(file="-")


def _standard_input(inv: Invocation) -> Value:
    """A here-document or here-string that nothing expands."""
    last = next((r for r in reversed(inv.redirects) if r.operator.startswith("<") and r.descriptor in ("", "0")), None)
    if last is None:
        return UNKNOWN
    if last.operator in ("<<", "<<-"):
        quoted = last.target is not None and bool(set("'\"\\") & set(last.target.text))
        body = last.heredoc
        return UNKNOWN if body is None or (not quoted and _EXPANDED.search(body)) else body
    if last.operator == "<<<" and last.target is not None:
        kind = inv.step.body.kind if inv.step.body is not None else inv.step.scope.shell
        value = Expander(kind, inv.step.scope.user).value(last.target, inv.variables)
        return value if isinstance(value, Unknown) else value + "\n"
    return UNKNOWN


def _mounts(step: Step) -> bool:
    """Whether something may be mounted over the script."""
    mounts = [f.value or "" for f in step.instruction.flag_nodes if f.name == "mount"]
    return any("type=cache" not in mount and "type=secret" not in mount for mount in mounts)


def _stored(path: str, ledger: Ledger, earlier: Sequence[AnyEffect]) -> str | None:
    """The text of a file that COPY took from the build context and that nothing has touched since."""
    found = [e for e in ledger.alive() if e.path == path or (e.tree and under(path, e.path) and not e.cache)]
    entry = found[-1] if found else None
    made = entry.effect if entry is not None else None
    if entry is None or ledger.context is None or not isinstance(made, Created) or made.source is None:
        return None
    later = [e for layer in ledger.layers[entry.layer + 1 :] for a in layer.actions for e in a.effects]
    own = [e for a in ledger.layers[entry.layer].actions for e in a.effects if e is not made]
    if any(_may_touch(effect, path) for effect in (*own, *later, *earlier)) or any(c in made.source for c in "*?["):
        return None
    source = made.source.rstrip("/") + path[len(entry.path.rstrip("/")) :]
    if ledger.context.ignores(source):
        return None
    text = ledger.context.read_text(source, MAX_TEXT + 1)
    return None if text is None or len(text) > MAX_TEXT else text


def _may_touch(effect: AnyEffect, path: str) -> bool:
    """Whether an effect may have changed the file at a path."""
    if isinstance(effect, Created):
        inside = f"{effect.path.rstrip('/')}/{effect.name}" if effect.name else effect.path
        return path in (effect.path, inside) or (effect.tree and under(path, effect.path)) or effect.glob
    if isinstance(effect, Erased):
        return re.fullmatch(effect.pattern, path) is not None
    if isinstance(effect, Rewritten):
        return effect.how not in _METADATA and (effect.glob or effect.path == path)
    if isinstance(effect, Deleted):
        return effect.glob or under(path, effect.path)
    if isinstance(effect, Moved):
        return effect.glob or under(path, effect.path) or under(path, effect.target)
    return isinstance(effect, Extracted) and (effect.target is None or under(path, effect.target))


def _effects(
    followed: Followed, program: str, certain: bool, span: Span, logical: Logical | None
) -> Iterator[AnyEffect]:
    for outcome in followed.outcomes:
        path = outcome.path if not hasattr(outcome, "target") or isinstance(outcome, Renamed) else outcome.target
        if path.startswith(_NOT_STORED):
            continue
        place = span if logical is None else logical.span(outcome.start, outcome.end)
        yield _effect(outcome, program, certain and outcome.certain, place)


def _effect(outcome: AnyOutcome, program: str, certain: bool, span: Span) -> AnyEffect:
    if isinstance(outcome, Written):
        size = UNSIZED if outcome.bytes is None else Size(outcome.bytes, "exact")
        return Created(span, certain, outcome.path, size, outcome.tree, program)
    if isinstance(outcome, Changed):
        return Rewritten(span, certain, outcome.path, False, program)
    if isinstance(outcome, Removed):
        return Deleted(span, certain, outcome.path, outcome.recursive)
    if isinstance(outcome, Renamed):
        return Moved(span, certain, outcome.path, outcome.target)
    return Extracted(span, certain, outcome.archive, outcome.target)
