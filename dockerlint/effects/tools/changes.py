"""Commands that change files in place: chmod, chown, chgrp, setfacl, sed -i, strip."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dockerlint.effects.options import parse
from dockerlint.effects.tools.files import paths_of
from dockerlint.effects.types import AnyEffect, Rewritten
from dockerlint.model.invocations import Argument, Invocation
from dockerlint.record import replace

_ADDS_X = re.compile(r"[ugoa]*\+[rst]*x[rxst]*")  # `+rwx` is said of folders as well
_MINUS_MODE = re.compile(r"-[rwxXst]+(,.*)?")  # `chmod -x file`: the mode looks like an option


def chmod(inv: Invocation) -> Iterator[AnyEffect]:
    """``chmod``: a file of an earlier layer is copied up whole."""
    minus = any(isinstance(a.value, str) and _MINUS_MODE.fullmatch(a.value) for a in inv.arguments)
    args = parse(inv.arguments, frozenset(("--reference",)))
    skip = 0 if minus or args.has("--reference") else 1
    mode = args.operands[0].value if skip and args.operands else ""
    executable = isinstance(mode, str) and bool(_ADDS_X.fullmatch(mode))
    yield from _rewritten(inv, args.operands[skip:], args.has("-R", "--recursive"), executable)


def chown(inv: Invocation) -> Iterator[AnyEffect]:
    """``chown`` and ``chgrp``."""
    args = parse(inv.arguments, frozenset(("--reference", "--from")))
    skip = 0 if args.has("--reference") else 1
    yield from _rewritten(inv, args.operands[skip:], args.has("-R", "--recursive"))


def setfacl(inv: Invocation) -> Iterator[AnyEffect]:
    """``setfacl -m ACL FILE…``."""
    args = parse(inv.arguments, frozenset("-m --modify -x --remove -M --modify-file -X --remove-file --set".split()))
    yield from _rewritten(inv, args.operands, args.has("-R", "--recursive"))


def _rewritten(
    inv: Invocation, operands: tuple[Argument, ...], recursive: bool, executable: bool = False
) -> Iterator[AnyEffect]:
    for path, operand in paths_of(inv, operands):
        yield Rewritten(inv.span, inv.certain, path, recursive, inv.program, operand.glob, executable)


def sed(inv: Invocation) -> Iterator[AnyEffect]:
    """``sed -i``: rewrites its files."""
    in_place = False
    arguments: list[Argument] = []
    for argument in inv.arguments:
        value = argument.value
        if isinstance(value, str) and (value.startswith(("-i", "--in-place")) or _cluster_i(value)):
            in_place = True
            head, _, _ = value.partition("i")  # what follows the i is a suffix
            if value.startswith("--") or head == "-":
                continue
            argument = replace(argument, value=head)
        arguments.append(argument)
    if not in_place:
        return
    args = parse(tuple(arguments), frozenset(("-e", "--expression", "-f", "--file", "-l", "--line-length")))
    operands = args.operands if args.has("-e", "--expression", "-f", "--file") else args.operands[1:]
    for path, operand in paths_of(inv, operands):
        yield Rewritten(inv.span, inv.certain, path, False, "sed -i", operand.glob)


def _cluster_i(value: str) -> bool:
    return bool(re.match(r"-[nrEsuz]+i", value))


def strip(inv: Invocation) -> Iterator[AnyEffect]:
    """``strip``: rewrites its files."""
    args = parse(inv.arguments, frozenset(("-o", "-K", "-N", "-R", "-F", "-I", "-O")))
    for path, operand in paths_of(inv, args.operands):
        if not args.has("-o"):
            yield Rewritten(inv.span, inv.certain, path, False, "strip", operand.glob)


HANDLERS = {"chmod": chmod, "chown": chown, "chgrp": chown, "setfacl": setfacl, "sed": sed, "strip": strip}
