"""tar, unzip and the compressors."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from dockerlint.effects.options import parse
from dockerlint.effects.types import UNSIZED, AnyEffect, Created, Deleted, Extracted
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import absolute
from dockerlint.values import Unknown, Value

_TAR = frozenset(
    "-f --file -C --directory -T --files-from -X --exclude-from --exclude --strip-components --strip --transform"
    " --xform -b -I --use-compress-program --wildcards-match --owner --group --mode -K -N -V -L -H".split()
)
_ARCHIVE = re.compile(r"\.(tar(\.\w+)?|t[gbx]z\w*)$")
_SUFFIX = re.compile(r"\.(gz|bz2|xz|zst|lzma|Z)$")


def _known(value: Value) -> str | None:
    return None if isinstance(value, Unknown) else value


def tar(inv: Invocation) -> Iterator[AnyEffect]:
    """``tar x`` writes below -C (or here); ``tar c`` writes an archive. The old style without a dash is understood."""
    arguments = list(inv.arguments)
    if arguments and isinstance(arguments[0].value, str) and re.fullmatch(r"[A-Za-z]+", arguments[0].value):
        from dockerlint.record import replace

        arguments[0] = replace(arguments[0], value="-" + arguments[0].value)
    args = parse(tuple(arguments), _TAR)
    archive, folder = args.value("-f", "--file"), args.value("-C", "--directory")
    if isinstance(archive, Unknown):
        return
    here = inv.cwd if folder is None else absolute(folder, inv.cwd)
    path = None if archive in (None, "-") else _known(absolute(archive, inv.cwd))
    if args.has("-x", "--extract", "--get"):
        if path is not None or archive in (None, "-"):
            yield Extracted(inv.span, inv.certain, path, _known(here))
        if (
            path is not None
            and isinstance(here, str)
            and not args.operands
            and not args.has("--strip-components", "--strip")
        ):
            yield from _folder(inv, path, here)
    elif args.has("-c", "--create") and path is not None:
        yield Created(inv.span, inv.certain, path, UNSIZED, origin="tar")


def _folder(inv: Invocation, archive: str, target: str) -> Iterator[AnyEffect]:
    """By custom a source archive ``x-1.2.tar.gz`` holds one folder ``x-1.2``."""
    stem = _ARCHIVE.sub("", posixpath.basename(archive))
    if stem and stem != posixpath.basename(archive):
        yield Created(inv.span, inv.certain, posixpath.join(target, stem), UNSIZED, tree=True, origin="tar")


def unzip(inv: Invocation) -> Iterator[AnyEffect]:
    """``unzip FILE [-d DIR]``."""
    args = parse(inv.arguments, frozenset(("-d", "-x", "-P")))
    if not args.operands or args.has("-l", "-t", "-p", "-v", "-Z"):
        return
    archive = absolute(args.operands[0].value, inv.cwd)
    folder = args.value("-d")
    target = inv.cwd if folder is None else absolute(folder, inv.cwd)
    if isinstance(archive, str):
        yield Extracted(inv.span, inv.certain, archive, _known(target))


def gunzip(inv: Invocation) -> Iterator[AnyEffect]:
    """``gunzip``, ``gzip -d``, ``xz -d`` …: the file is replaced by the other form unless kept."""
    args = parse(inv.arguments, frozenset(("-S", "--suffix", "-T", "--threads")))
    if args.has("-c", "--stdout", "-t", "--test", "-l"):
        return
    opening = inv.program.startswith("un") or inv.program in ("gunzip", "bunzip2") or args.has("-d", "--decompress")
    for operand in args.operands:
        path = absolute(operand.value, inv.cwd)
        if isinstance(path, Unknown):
            continue
        if opening and _SUFFIX.search(path):
            yield Created(inv.span, inv.certain, _SUFFIX.sub("", path), UNSIZED, operand.glob, inv.program)
        if not args.has("-k", "--keep") and inv.program not in ("zstd", "unzstd"):
            yield Deleted(inv.span, inv.certain, path, False, operand.glob)


HANDLERS = {
    "tar": tar,
    "bsdtar": tar,
    "unzip": unzip,
    **dict.fromkeys(("gzip", "gunzip", "xz", "unxz", "bzip2", "bunzip2", "zstd", "unzstd", "lzma", "unlzma"), gunzip),
}
