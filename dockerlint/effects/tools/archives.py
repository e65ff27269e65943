"""tar, unzip and the compressors."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from dockerlint.effects.options import parse
from dockerlint.effects.types import UNSIZED, AnyEffect, Created, Deleted, Extracted
from dockerlint.model.invocations import Argument, Invocation
from dockerlint.model.paths import absolute
from dockerlint.record import replace
from dockerlint.values import UNKNOWN, Unknown, Value

_TAR = frozenset(
    "-f --file -C --directory -T --files-from -X --exclude-from --exclude --strip-components --strip --transform"
    " --xform -b --blocking-factor -I --use-compress-program --owner --group --mode --mtime -K --starting-file -N"
    " --newer -V --label -L --tape-length -H --format -g --listed-incremental --to-command --suffix".split()
)
_PARTIAL = ("--strip-components", "--strip", "--one-top-level", "--transform", "--xform", "-T", "--files-from", "-O")
_CPIO = frozenset("-D --directory -F --file -I -O -E --pattern-file -H --format -R --owner".split())
_ARCHIVE = re.compile(r"\.(tar(\.\w+)?|t[gbx]z\w*)$")
_SUFFIX = re.compile(r"\.(gz|bz2|xz|zst|lzma|Z)$")


def _known(value: Value) -> str | None:
    return None if isinstance(value, Unknown) else value


def tar(inv: Invocation) -> Iterator[AnyEffect]:
    """``tar x`` writes below -C (or here); ``tar c`` writes an archive."""
    args = parse(_dashed(inv.arguments), _TAR)
    archive, folder = args.value("-f", "--file"), args.value("-C", "--directory")
    if isinstance(archive, Unknown):
        return
    here = inv.cwd if folder is None else absolute(folder, inv.cwd)
    path = None if archive in (None, "-") else _known(absolute(archive, inv.cwd))
    if args.has("-x", "--extract", "--get"):
        if path is not None or archive in (None, "-"):
            yield Extracted(inv.span, inv.certain, path, None if args.has("-O", "--to-stdout") else _known(here))
        if path is not None and isinstance(here, str) and not args.operands and not args.has(*_PARTIAL):
            yield from _folder(inv, path, here)
    elif args.has("-c", "--create") and path is not None and not path.startswith("/dev/"):
        yield Created(inv.span, inv.certain, path, UNSIZED, origin="tar")
    if args.has("-c", "--create") and args.has("--remove-files"):
        yield from (
            Deleted(inv.span, inv.certain, member, True, operand.glob)
            for operand in args.operands
            if isinstance(member := absolute(operand.value, here), str)
        )


def _dashed(arguments: tuple[Argument, ...]) -> tuple[Argument, ...]:
    """The old style ``tar xfC FILE DIR`` in the new one: its letters take their values in order from what follows."""
    first = arguments[0].value if arguments else UNKNOWN
    if isinstance(first, Unknown) or not re.fullmatch(r"[A-Za-z]+", first):
        return arguments
    out: list[Argument] = []
    rest = list(arguments[1:])
    for letter in first:
        out.append(replace(arguments[0], value=f"-{letter}"))
        if f"-{letter}" in _TAR and rest:
            out.append(rest.pop(0))
    return (*out, *rest)


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
    archive = UNKNOWN if args.operands[0].glob else absolute(args.operands[0].value, inv.cwd)
    folder = args.value("-d")
    target = inv.cwd if folder is None else absolute(folder, inv.cwd)
    if isinstance(archive, str):
        yield Extracted(inv.span, inv.certain, archive, _known(target))


def jar(inv: Invocation) -> Iterator[AnyEffect]:
    """``jar xf FILE`` unpacks here, ``jar cf FILE`` makes one."""
    args = parse(_dashed(inv.arguments), frozenset(("-f", "--file", "-C", "-m", "-e")))
    archive = absolute(args.value("-f", "--file") or "", inv.cwd)
    if isinstance(archive, Unknown):
        return
    if args.has("-x", "--extract"):
        yield Extracted(inv.span, inv.certain, archive, _known(inv.cwd))
    elif args.has("-c", "--create"):
        yield Created(inv.span, inv.certain, archive, UNSIZED, origin="jar")


def cpio(inv: Invocation) -> Iterator[AnyEffect]:
    """``cpio -i`` unpacks what it reads, ``cpio -o`` writes an archive."""
    args = parse(inv.arguments, _CPIO)
    name = args.value("-F", "--file", "-I", "-O")
    path = None if name is None else absolute(name, inv.cwd)
    folder = args.value("-D", "--directory")
    if args.has("-i", "--extract") and not args.has("-t", "--list") and not isinstance(path, Unknown):
        yield Extracted(inv.span, inv.certain, path, _known(inv.cwd if folder is None else absolute(folder, inv.cwd)))
    elif args.has("-o", "--create") and isinstance(path, str):
        yield Created(inv.span, inv.certain, path, UNSIZED, origin="cpio")


def gunzip(inv: Invocation) -> Iterator[AnyEffect]:
    """``gunzip``, ``gzip -d``, ``xz -d`` …: the file is replaced by the other form unless kept."""
    program = _TOOLS.get(inv.program, inv.program)
    args = parse(inv.arguments, _VALUED if program != "zstd" else _VALUED | {"-o", "-M", "-D"})
    if args.has("-c", "--stdout", "--to-stdout", "-t", "--test", "-l", "--list"):
        return
    opening = program != inv.program or args.has("-d", "--decompress", "--uncompress")
    suffix = args.value("-S", "--suffix")
    for operand in args.operands:
        path = absolute(operand.value, inv.cwd)
        if isinstance(path, Unknown) or path.startswith("/dev/"):
            continue
        other = _SUFFIX.sub("", path) if opening else path + _ENDINGS.get(program, "")
        if args.has("-o") and program == "zstd":
            made = absolute(args.value("-o") or "", inv.cwd)
            other = path if isinstance(made, Unknown) else made
        if other != path and suffix is None:
            yield Created(inv.span, inv.certain, other, UNSIZED, operand.glob, inv.program, glob=operand.glob)
        if (args.has("--rm") if program == "zstd" else not args.has("-k", "--keep")) and not args.has("-r"):
            yield Deleted(inv.span, inv.certain, path, False, operand.glob)


_TOOLS = {"gunzip": "gzip", "unxz": "xz", "bunzip2": "bzip2", "unzstd": "zstd", "unlzma": "lzma", "unpigz": "pigz"}
_ENDINGS = {"gzip": ".gz", "pigz": ".gz", "xz": ".xz", "bzip2": ".bz2", "zstd": ".zst", "lzma": ".lzma"}
_VALUED = frozenset(("-S", "--suffix", "-T", "--threads", "-F", "--format", "-p", "--processes", "-M", "--memlimit"))


HANDLERS = {
    "tar": tar,
    "bsdtar": tar,
    "unzip": unzip,
    "jar": jar,
    "cpio": cpio,
    **dict.fromkeys((*_TOOLS.keys(), *_TOOLS.values()), gunzip),
}
