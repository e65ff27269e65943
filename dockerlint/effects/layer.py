"""The effects of one instruction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dockerlint.effects import scripts
from dockerlint.effects.amounts import dd_size, number
from dockerlint.effects.copying import copied
from dockerlint.effects.managers import by_program
from dockerlint.effects.options import parse
from dockerlint.effects.tools import handlers
from dockerlint.effects.types import EMPTY, UNSIZED, Action, AnyEffect, Created, Extracted, LayerEffects, Size
from dockerlint.model.expand import Expander
from dockerlint.model.graph import Step
from dockerlint.model.invocations import Invocation, of_step
from dockerlint.model.paths import absolute
from dockerlint.values import Unknown

if TYPE_CHECKING:
    from dockerlint.context import Context
    from dockerlint.effects.ledger import Ledger

_TRAILING_VERSION = re.compile(r"[\d.]+$")
_ENDLESS = ("/dev/zero", "/dev/urandom", "/dev/full")


def effects_of(step: Step, context: Context | None, before: Ledger | None = None) -> LayerEffects:
    """What an instruction writes, deletes and caches. `before`: the ledger up to here."""
    keyword = step.instruction.keyword
    if keyword == "RUN":
        body = step.body
        if body is None or body.root is None:
            effects, followed = scripts.of_body(step)
            opaque = (body is None or body.opaque != "empty") and not followed
            return LayerEffects(step, (Action(None, effects),) if effects else (), opaque)
        return LayerEffects(step, tuple(_actions(step, before)))
    if keyword in ("COPY", "ADD"):
        return LayerEffects(step, (Action(None, tuple(copied(step, context))),))
    return LayerEffects(step)


def _actions(step: Step, before: Ledger | None) -> Iterator[Action]:
    """Each command of a RUN with its effects."""
    earlier: list[AnyEffect] = []
    for inv in of_step(step):
        effects = (*_command(inv), *scripts.of_invocation(inv, before, earlier))
        earlier += effects
        yield Action(inv, effects)


def known(inv: Invocation) -> bool:
    """Whether the ledger knows what the command does."""
    return _handler_name(inv) is not None or inv.program in _HARMLESS


def makes_others(action: Action) -> bool:
    """Whether a command may make files that its effects do not name."""
    inv = action.invocation
    if inv is None or inv.program in _HARMLESS or (not inv.program and inv.program_word is None):
        return False
    if inv.program in _NAMED and "xargs" not in inv.prefixes:
        return any(isinstance(a.value, Unknown) for a in inv.arguments)
    if any(isinstance(e, Extracted) and e.target is not None for e in action.effects):
        return False
    if inv.program in ("wget", "curl", "git"):
        return not any(isinstance(e, Created) for e in action.effects)
    manager = by_program().get(inv.program)
    return manager is None or not manager.system


# Commands that write nothing of their own (their redirections are followed all the same).
_HARMLESS = frozenset(
    "echo printf cat true false test [ : set export which grep egrep fgrep sleep ls pwd id whoami uname date"
    " sha256sum md5sum sha1sum sha224sum sha384sum sha512sum cksum dpkg-query command type head tail wc sort uniq cut"
    " tr basename dirname readlink realpath expr seq stat file env printenv ulimit umask exit return trap shift wait"
    " sync zcat bzcat xzcat cmp diff nproc getconf".split()
)
# Commands whose effects name all that they make, or that write to system folders alone.
_NAMED = frozenset(
    "dd truncate fallocate rm unlink rmdir mkdir touch tee cp install mv ln find chmod chown chgrp setfacl sed strip"
    " groupadd useradd adduser addgroup usermod groupmod ldconfig locale-gen update-ca-certificates apt-key"
    " add-apt-repository a2enmod a2dismod a2ensite a2dissite docker-php-ext-install docker-php-ext-configure"
    " docker-php-ext-enable setcap".split()
)


def _handler_name(inv: Invocation) -> str | None:
    table = handlers()
    if inv.program in table:
        return inv.program
    bare = _TRAILING_VERSION.sub("", inv.program)
    return bare if bare in table else None


def _command(inv: Invocation) -> Iterator[AnyEffect]:
    name = _handler_name(inv)
    if name is not None:
        yield from handlers()[name](inv)
    yield from _redirections(inv)


def _redirections(inv: Invocation) -> Iterator[AnyEffect]:
    """``> FILE`` creates the file anew."""
    for redirect in inv.redirects:
        if redirect.operator not in (">", ">|", "&>") or redirect.target is None or redirect.descriptor == "2":
            continue
        kind = inv.step.body.kind if inv.step.body is not None else inv.step.scope.shell
        value = Expander(kind, inv.step.scope.user).value(redirect.target, inv.variables)
        path = absolute(value, inv.cwd)
        if not isinstance(path, Unknown) and not path.startswith("/dev/"):
            emptied = not inv.node.words and redirect.span.start <= inv.node.span.start
            size = EMPTY if emptied else _output(inv) if redirect.descriptor in ("", "1") else UNSIZED
            yield Created(redirect.span, inv.certain, path, size, origin=inv.program or "redirection")


def _head(inv: Invocation) -> Size:
    """``head -c 10M /dev/zero``, or with the device as its input."""
    args = parse(inv.arguments, frozenset(("-c", "--bytes", "-n", "--lines")))
    inputs = [o.value for o in args.operands]
    if not inputs:
        inputs = [r.target.literal or "" for r in inv.redirects if r.operator == "<" and r.target is not None]
    text = args.value("-c", "--bytes")
    amount = number(text) if isinstance(text, str) and len(inputs) == 1 and inputs[0] in _ENDLESS else None
    return UNSIZED if amount is None else Size(amount, "exact")


def _output(inv: Invocation) -> Size:
    """How much a command prints, where its arguments say so."""
    values = [a.value for a in inv.arguments]
    if any(isinstance(v, Unknown) for v in values):
        return UNSIZED
    words = [v for v in values if isinstance(v, str)]
    if inv.program == "head":
        return _head(inv)
    if inv.program == "dd":
        amount = dd_size({k: v for k, eq, v in (w.partition("=") for w in words) if eq})
        return UNSIZED if amount is None else Size(amount, "exact")
    if inv.program in (":", "true") or (inv.program == "cat" and words == ["/dev/null"]):
        return EMPTY
    if inv.program in ("echo", "printf") and not any(a.glob for a in inv.arguments):
        return Size(
            len(" ".join(words).encode("utf-8", "surrogateescape")) + 1, "estimated", "length of the text printed"
        )
    if inv.program == "cat" and not words:
        body = next((r.heredoc for r in inv.redirects if r.heredoc is not None), None)
        if body is not None:
            return Size(len(body.encode("utf-8", "surrogateescape")), "estimated", "length of the here-document")
    return UNSIZED
