"""Coreutils and their kin: dd, truncate, rm, mv, cp, ln, mkdir, touch, tee, chmod, chown, sed -i, strip, find."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from dockerlint.effects.amounts import dd_size, number
from dockerlint.effects.options import Parsed, parse
from dockerlint.effects.types import EMPTY, UNSIZED, AnyEffect, Created, Deleted, Moved, Rewritten, Size
from dockerlint.model.invocations import Argument, Invocation
from dockerlint.model.paths import absolute
from dockerlint.values import Unknown


def _path(inv: Invocation, argument: Argument) -> str | None:
    value = absolute(argument.value, inv.cwd)
    return None if isinstance(value, Unknown) else value


def _paths(inv: Invocation, operands: tuple[Argument, ...]) -> Iterator[tuple[str, Argument]]:
    for operand in operands:
        path = _path(inv, operand)
        if path is not None:
            yield path, operand


def dd(inv: Invocation) -> Iterator[AnyEffect]:
    """``dd of=FILE bs=… count=…``: bs times count bytes."""
    operands: dict[str, str] = {}
    for argument in inv.arguments:
        if isinstance(argument.value, Unknown):
            return
        key, eq, value = argument.value.partition("=")
        if eq:
            operands[key] = value
    target = absolute(operands.get("of", ""), inv.cwd)
    if isinstance(target, Unknown) or target.startswith("/dev/"):
        return
    size = dd_size(operands)
    yield Created(inv.span, inv.certain, target, Size(size, "exact" if size is not None else None), origin="dd")


def _sized(option: tuple[str, ...], with_value: str) -> Callable[[Invocation], Iterator[AnyEffect]]:
    names = frozenset(with_value.split())

    def handler(inv: Invocation) -> Iterator[AnyEffect]:
        args = parse(inv.arguments, names)
        text = args.value(*option)
        size = number(text) if isinstance(text, str) else None
        known = Size(size, "exact") if size is not None and not args.has("-o", "--offset") else UNSIZED
        for path, _ in _paths(inv, args.operands):
            yield Created(inv.span, inv.certain, path, known, origin=inv.program)

    return handler


def rm(inv: Invocation) -> Iterator[AnyEffect]:
    """``rm`` and ``unlink``."""
    args = parse(inv.arguments)
    recursive = args.has("-r", "-R", "--recursive")
    for path, operand in _paths(inv, args.operands):
        yield Deleted(inv.span, inv.certain, path, recursive, operand.glob)


def rmdir(inv: Invocation) -> Iterator[AnyEffect]:
    """``rmdir``: only empty folders, so never bytes."""
    for path, operand in _paths(inv, parse(inv.arguments).operands):
        yield Deleted(inv.span, inv.certain, path, False, operand.glob)


def mkdir(inv: Invocation) -> Iterator[AnyEffect]:
    """``mkdir``: a folder of no bytes."""
    for path, _ in _paths(inv, parse(inv.arguments, frozenset(("-m", "--mode"))).operands):
        yield Created(inv.span, inv.certain, path, EMPTY, origin="mkdir")


def touch(inv: Invocation) -> Iterator[AnyEffect]:
    """``touch``: a file of no bytes where there was none."""
    args = parse(inv.arguments, frozenset(("-d", "--date", "-r", "--reference", "-t")))
    for path, _ in _paths(inv, args.operands):
        yield Created(inv.span, inv.certain, path, EMPTY, origin="touch")


def tee(inv: Invocation) -> Iterator[AnyEffect]:
    """``tee FILE``."""
    args = parse(inv.arguments)
    for path, _ in _paths(inv, args.operands):
        if not args.has("-a", "--append") and not path.startswith("/dev/"):
            yield Created(inv.span, inv.certain, path, UNSIZED, origin="tee")


def _target(inv: Invocation, args: Parsed) -> tuple[tuple[Argument, ...], str | None, bool]:
    """(sources, target, target is surely a folder) of cp, mv and install."""
    into = args.value("-t", "--target-directory")
    if into is not None:
        value = absolute(into, inv.cwd)
        return args.operands, None if isinstance(value, Unknown) else value, True
    if len(args.operands) < 2:
        return (), None, False
    last = args.operands[-1]
    folder = len(args.operands) > 2 or (
        (isinstance(last.value, str) and last.value.endswith(("/", "/."))) or last.value == "."
    )
    return args.operands[:-1], _path(inv, last), folder


_ADDS_X = re.compile(r"[ugoa]*\+[rwst]*x[rwst]*")
_COPY_OPTIONS = frozenset("-t --target-directory -S --suffix -m --mode -o --owner -g --group".split())


def cp(inv: Invocation) -> Iterator[AnyEffect]:
    """``cp`` and ``install``: a second copy, of unknown size."""
    args = parse(
        inv.arguments, _COPY_OPTIONS if inv.program == "install" else frozenset(("-t", "--target-directory", "-S"))
    )
    if inv.program == "install" and args.has("-d", "--directory"):
        for path, _ in _paths(inv, args.operands):
            yield Created(inv.span, inv.certain, path, EMPTY, origin="install")
        return
    sources, target, folder = _target(inv, args)
    if target is None:
        return
    tree = args.has("-r", "-R", "-a", "--recursive", "--archive")
    for source, operand in _paths(inv, sources):
        name = target
        if folder and not operand.glob:
            name = posixpath.join(target, posixpath.basename(source))
        elif operand.glob:
            name = (
                posixpath.join(target, posixpath.basename(source)) if "*" not in posixpath.basename(source) else target
            )
        yield Created(inv.span, inv.certain, name, UNSIZED, tree or operand.glob, inv.program)


def mv(inv: Invocation) -> Iterator[AnyEffect]:
    """``mv``: the data is stored anew when it comes from an earlier layer."""
    sources, target, folder = _target(inv, parse(inv.arguments, frozenset(("-t", "--target-directory", "-S"))))
    for source, operand in _paths(inv, sources):
        if target is None:
            yield Deleted(inv.span, inv.certain, source, True, operand.glob)
            continue
        name = posixpath.join(target, posixpath.basename(source)) if folder and not operand.glob else target
        yield Moved(inv.span, inv.certain, source, name, operand.glob)


def chmod(inv: Invocation) -> Iterator[AnyEffect]:
    """``chmod``, ``chown``, ``chgrp``, ``setfacl``: a file of an earlier layer is copied up whole."""
    args = parse(
        inv.arguments,
        frozenset(("--reference", "--from", "-m", "-x", "-M") if inv.program != "chmod" else ("--reference",)),
    )
    operands = args.operands
    if inv.program == "chmod":  # `chmod -x file`: the mode looks like an option
        minus = any(
            isinstance(a.value, str)
            and a.value[:1] == "-"
            and set(a.value[1:]) <= set("rwxXst") - set("R")
            and len(a.value) > 1
            for a in inv.arguments
        )
        skip = 0 if minus or args.has("--reference") else 1
    else:
        skip = 0 if args.has("--reference") or inv.program == "setfacl" else 1
    recursive = args.has("-R", "--recursive")
    mode = operands[0].value if skip and operands else ""
    executable = inv.program == "chmod" and isinstance(mode, str) and bool(_ADDS_X.fullmatch(mode))
    for path, operand in _paths(inv, operands[skip:]):
        yield Rewritten(inv.span, inv.certain, path, recursive, inv.program, operand.glob, executable)


def sed(inv: Invocation) -> Iterator[AnyEffect]:
    """``sed -i``: rewrites its files."""
    in_place = any(
        isinstance(a.value, str) and (a.value.startswith(("-i", "--in-place")) or _cluster_i(a.value))
        for a in inv.arguments
    )
    if not in_place:
        return
    args = parse(inv.arguments, frozenset(("-e", "--expression", "-f", "--file", "-l")))
    operands = args.operands if args.has("-e", "--expression", "-f", "--file") else args.operands[1:]
    for path, operand in _paths(inv, operands):
        yield Rewritten(inv.span, inv.certain, path, False, "sed -i", operand.glob)


def _cluster_i(value: str) -> bool:
    return value.startswith("-") and not value.startswith("--") and "i" in value and set(value[1:]) <= set("nrEsiuz")


def strip(inv: Invocation) -> Iterator[AnyEffect]:
    """``strip``: rewrites its files."""
    args = parse(inv.arguments, frozenset(("-o", "-K", "-N", "-R", "-F", "-I", "-O")))
    for path, operand in _paths(inv, args.operands):
        if not args.has("-o"):
            yield Rewritten(inv.span, inv.certain, path, False, "strip", operand.glob)


def find(inv: Invocation) -> Iterator[AnyEffect]:
    """``find … -delete`` or ``-exec rm``: some files below the starting points are gone."""
    values = [a.value for a in inv.arguments]
    roots: list[Argument] = []
    for argument in inv.arguments:
        if isinstance(argument.value, str) and argument.value.startswith(("-", "(", "!")):
            break
        roots.append(argument)
    removing = "-delete" in values or any(
        v in ("-exec", "-execdir") and w in ("rm", "/bin/rm") for v, w in pairwise(values)
    )
    if removing:
        for path, operand in _paths(inv, tuple(roots)):
            yield Deleted(inv.span, inv.certain, path, True, operand.glob, files_only=True)


def ln(inv: Invocation) -> Iterator[AnyEffect]:
    """``ln``: a name of no bytes."""
    args = parse(inv.arguments, frozenset(("-t", "--target-directory", "-S")))
    if len(args.operands) == 2:
        path = _path(inv, args.operands[1])
        if path is not None:
            yield Created(inv.span, inv.certain, path, EMPTY, origin="ln")


HANDLERS = {
    "dd": dd,
    "truncate": _sized(("-s", "--size"), "-s --size -r --reference"),
    "fallocate": _sized(("-l", "--length"), "-l --length -o --offset"),
    "rm": rm,
    "unlink": rm,
    "rmdir": rmdir,
    "mkdir": mkdir,
    "touch": touch,
    "tee": tee,
    "cp": cp,
    "install": cp,
    "mv": mv,
    "ln": ln,
    "chmod": chmod,
    "chown": chmod,
    "chgrp": chmod,
    "setfacl": chmod,
    "sed": sed,
    "strip": strip,
    "find": find,
}
