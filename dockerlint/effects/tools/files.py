"""Files that come, go and move: rm, mv, cp, install, ln, mkdir, touch, tee, find."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise

from dockerlint.effects.options import Parsed, parse
from dockerlint.effects.patterns import somewhere, translated
from dockerlint.effects.types import EMPTY, UNSIZED, AnyEffect, Created, Deleted, Erased, Moved
from dockerlint.model.invocations import Argument, Invocation
from dockerlint.model.paths import absolute
from dockerlint.values import Unknown


def path_of(inv: Invocation, argument: Argument) -> str | None:
    """The absolute path that an argument names; None when it cannot be told."""
    value = absolute(argument.value, inv.cwd)
    return None if isinstance(value, Unknown) else value


def paths_of(inv: Invocation, operands: tuple[Argument, ...]) -> Iterator[tuple[str, Argument]]:
    """Those of several arguments that can be told."""
    for operand in operands:
        path = path_of(inv, operand)
        if path is not None:
            yield path, operand


def rm(inv: Invocation) -> Iterator[AnyEffect]:
    """``rm`` and ``unlink``."""
    args = parse(inv.arguments)
    recursive = args.has("-r", "-R", "--recursive")
    if "xargs" in inv.prefixes:
        yield Erased(inv.span, False, ".*", False)
    for operand in args.operands:
        path = path_of(inv, operand)
        if path is not None:
            yield Deleted(inv.span, inv.certain, path, recursive, operand.glob)
        elif operand.value != "" and "xargs" not in inv.prefixes:
            pattern, named = somewhere(operand.word, inv.cwd, inv.variables)
            yield Erased(inv.span, False, pattern, named)


def rmdir(inv: Invocation) -> Iterator[AnyEffect]:
    """``rmdir``: only empty folders, so never bytes."""
    for path, operand in paths_of(inv, parse(inv.arguments).operands):
        yield Deleted(inv.span, inv.certain, path, False, operand.glob)


def mkdir(inv: Invocation) -> Iterator[AnyEffect]:
    """``mkdir``: a folder of no bytes."""
    for path, _ in paths_of(inv, parse(inv.arguments, frozenset(("-m", "--mode"))).operands):
        yield Created(inv.span, inv.certain, path, EMPTY, origin="mkdir", keeps=True)


def touch(inv: Invocation) -> Iterator[AnyEffect]:
    """``touch``: a file of no bytes where there was none."""
    args = parse(inv.arguments, frozenset(("-d", "--date", "-r", "--reference", "-t", "--time")))
    if args.has("-c", "--no-create", "-h", "--no-dereference"):
        return
    for path, operand in paths_of(inv, args.operands):
        if not operand.glob:
            yield Created(inv.span, inv.certain, path, EMPTY, origin="touch", keeps=True)


def tee(inv: Invocation) -> Iterator[AnyEffect]:
    """``tee FILE``."""
    args = parse(inv.arguments)
    for path, _ in paths_of(inv, args.operands):
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
    if last.glob:
        return args.operands[:-1], None, False
    return args.operands[:-1], path_of(inv, last), len(args.operands) > 2 or _is_folder(last)


def _is_folder(argument: Argument) -> bool:
    value = argument.value
    return isinstance(value, str) and (value.endswith(("/", "/.", "/..")) or value in (".", ".."))


def _name(operand: Argument, path: str) -> str:
    """What a source is called in a target folder; "" when its contents go there (``cp -r src/. /to``)."""
    value = str(operand.value)
    return "" if value.endswith(("/.", "/..")) or value in (".", "..", "/") else posixpath.basename(path)


_INSTALL = frozenset("-t --target-directory -S --suffix -m --mode -o --owner -g --group --strip-program".split())
_COPY = frozenset(("-t", "--target-directory", "-S", "--suffix"))


def cp(inv: Invocation) -> Iterator[AnyEffect]:
    """``cp`` and ``install``: a second copy, of unknown size."""
    args = parse(inv.arguments, _INSTALL if inv.program == "install" else _COPY)
    if inv.program == "install" and args.has("-d", "--directory"):
        for path, _ in paths_of(inv, args.operands):
            yield Created(inv.span, inv.certain, path, EMPTY, origin="install", keeps=True)
        return
    sources, target, folder = _target(inv, args)
    if target is None or args.has("--parents", "--help", "--version"):
        return
    links = args.has("-l", "--link", "-s", "--symbolic-link") and inv.program == "cp"
    tree = args.has("-r", "-R", "-a", "--recursive", "--archive")
    for source, operand in paths_of(inv, sources):
        name = _name(operand, source)
        into = not name or folder or operand.glob
        yield Created(
            inv.span,
            inv.certain,
            posixpath.join(target, name) if name and into else target,
            EMPTY if links else UNSIZED,
            tree or operand.glob,
            inv.program,
            name="" if into else name,
            glob=operand.glob,
        )


def mv(inv: Invocation) -> Iterator[AnyEffect]:
    """``mv``: the data is stored anew when it comes from an earlier layer."""
    sources, target, folder = _target(inv, parse(inv.arguments, _COPY))
    for operand in sources:
        if isinstance(operand.value, Unknown):
            pattern, named = somewhere(operand.word, inv.cwd, inv.variables)
            yield Erased(inv.span, False, pattern, named)
    for source, operand in paths_of(inv, sources):
        if target is None:
            yield Deleted(inv.span, inv.certain, source, True, operand.glob)
        elif folder and not operand.glob:
            yield Moved(inv.span, inv.certain, source, posixpath.join(target, posixpath.basename(source)))
        else:
            yield Moved(inv.span, inv.certain, source, target, operand.glob, posixpath.basename(source))


def ln(inv: Invocation) -> Iterator[AnyEffect]:
    """``ln``: a name of no bytes."""
    args = parse(inv.arguments, _COPY)
    sources, target, folder = _target(inv, args)
    if target is None:
        return
    for operand in sources:
        name = posixpath.basename(str(operand.value).rstrip("/")) if isinstance(operand.value, str) else ""
        if folder and not name:
            continue
        path = posixpath.join(target, name) if folder else target
        link = absolute(operand.value, posixpath.dirname(path)) if args.has("-s", "--symbolic") else None
        yield Created(
            inv.span,
            inv.certain,
            path,
            EMPTY,
            origin="ln",
            name="" if folder else name,
            keeps=True,
            link=link if isinstance(link, str) and not operand.glob else None,
        )


_NAME_TESTS = ("-name", "-iname")
_NOT_NARROWED = frozenset(("!", "-not", "-path", "-wholename", "-ipath", "-regex", "-iregex", "-lname", ","))


def find(inv: Invocation) -> Iterator[AnyEffect]:
    """``find … -delete`` or ``-exec rm``: some files below the starting points are gone."""
    values = [a.value for a in inv.arguments]
    removing = "-delete" in values or any(
        v in ("-exec", "-execdir", "-ok", "-okdir") and w in ("rm", "/bin/rm", "/usr/bin/rm", "unlink", "rmdir")
        for v, w in pairwise(values)
    )
    if not removing:
        return
    names = [w for v, w in pairwise(values) if v in _NAME_TESTS]
    tail = "(/.*)?"
    if names and not _NOT_NARROWED & {v for v in values if isinstance(v, str)}:
        known = [translated(n) for n in names if isinstance(n, str)]
        if len(known) == len(names):
            fold = "(?i:" if "-iname" in values else "(?:"
            tail = f"/(.*/)?{fold}{'|'.join(known)})"
    for root in _roots(inv):
        path = path_of(inv, root) if root is not None else (inv.cwd if isinstance(inv.cwd, str) else None)
        start = ".*" if path is None or (root is not None and root.glob) else re.escape(path.rstrip("/"))
        yield Erased(inv.span, False, start + tail, path is not None or tail != "(/.*)?")


def _roots(inv: Invocation) -> list[Argument | None]:
    """Starting points; None for the working directory, which is meant when there is none."""
    roots: list[Argument | None] = []
    for argument in inv.arguments:
        value = argument.value
        if not roots and value in ("-H", "-L", "-P"):
            continue
        if isinstance(value, str) and value.startswith(("-", "(", "!")):
            break
        roots.append(argument)
    return roots or [None]


HANDLERS = {
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
    "find": find,
}
