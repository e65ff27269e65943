"""Methods of paths, open files, archives and texts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import TypeAlias

from dockerlint.embedded.answers import expanduser, resolved
from dockerlint.embedded.library import opened
from dockerlint.embedded.machine import Machine
from dockerlint.embedded.things import Amount, Archive, Arguments, Handle, Resource, Thing, as_text, length
from dockerlint.values import UNKNOWN, Unknown

PathMethod: TypeAlias = Callable[[Machine, PurePosixPath, Arguments], Thing]
MAX_TEXT = 1 << 16


def call_method(m: Machine, thing: Thing, name: str, a: Arguments) -> Thing:
    """What a method does; the script is not understood where it is not known here."""
    found: Thing = NotImplemented
    if isinstance(thing, PurePosixPath):
        method = PATHS.get(name)
        found = NotImplemented if method is None else method(m, thing, a)
    elif isinstance(thing, Handle):
        found = _handle(m, thing, name, a)
    elif isinstance(thing, Archive):
        found = _archive(m, thing, name, a)
    elif isinstance(thing, str | bytes | Amount):
        found = _text(thing, name, a)
    elif isinstance(thing, Resource):
        found = Resource()
    if found is NotImplemented:
        m.complete = False
        for value in (thing, *a.all()):
            m.spoil(value)
        return UNKNOWN
    return found


def attribute(m: Machine, thing: Thing, name: str) -> Thing:
    """An attribute that is not called."""
    if isinstance(thing, PurePosixPath):
        if name == "parent":
            return thing.parent
        return getattr(thing, name) if name in ("name", "stem", "suffix") else UNKNOWN
    m.spoil(thing)
    return Resource() if isinstance(thing, Resource) else UNKNOWN


def _handle(m: Machine, handle: Handle, name: str, a: Arguments) -> Thing:
    if name == "write":
        m.write(handle, length(a.get(0), handle.ascii))
        return UNKNOWN
    if name == "truncate" and a.positional:
        size = a.get(0)
        m.resize(handle, size if isinstance(size, int) else None)
        return UNKNOWN
    if name in ("close", "flush", "fileno", "read", "readline", "readlines"):
        return UNKNOWN
    return NotImplemented


def _archive(m: Machine, archive: Archive, name: str, a: Arguments) -> Thing:
    if name == "extractall":
        m.unpacked(archive.path, a.get(0, "path", "."))
        return None
    return UNKNOWN if name in ("close", "getnames", "namelist", "getmembers", "infolist", "read") else NotImplemented


def _text(thing: str | bytes | Amount, name: str, a: Arguments) -> Thing:
    if name == "encode":
        plain = a.get(0, "encoding", "utf-8") in ("utf-8", "utf8", "UTF-8")
        size = length(thing, ascii=not plain)
        return UNKNOWN if size is None else Amount(size)
    texts = [value for value in a.positional if isinstance(value, str)]
    if not isinstance(thing, str) or len(texts) != len(a.positional) or a.named or not a.whole:
        return UNKNOWN
    if name in ("strip", "lstrip", "rstrip") and len(texts) <= 1:
        return getattr(thing, name)(*texts)
    if name in ("lower", "upper") and not texts:
        return getattr(thing, name)()
    if name == "replace" and len(texts) == 2 and (len(thing) + 1) * (len(texts[1]) + 1) < MAX_TEXT:
        return thing.replace(texts[0], texts[1])
    if name == "format" and "{" in thing:
        return formatted(thing, "{}", tuple(texts))
    return UNKNOWN


def formatted(text: str, mark: str, values: tuple[Thing, ...]) -> Thing:
    """``text % values`` and ``text.format(*values)`` where `text` has nothing but plain marks."""
    parts = text.split(mark)
    plain = [as_text(value) for value in values]
    known = [value for value in plain if value is not None]
    if len(parts) != len(values) + 1 or len(known) != len(values) or any(set("%{}") & set(part) for part in parts):
        return UNKNOWN
    return parts[0] + "".join(value + part for value, part in zip(known, parts[1:], strict=True))


def _write(m: Machine, path: PurePosixPath, a: Arguments) -> Thing:
    encoding = a.get(1, "encoding")
    m.written(path, length(a.get(0, "data"), ascii=encoding not in (None, "utf-8", "utf8", "UTF-8")))
    return UNKNOWN


def _made(m: Machine, path: PurePosixPath, a: Arguments) -> Thing:
    m.written(path, 0)
    return None


def _unlink(m: Machine, path: PurePosixPath, a: Arguments) -> Thing:
    m.removed(path)
    return None


def _rename(m: Machine, path: PurePosixPath, a: Arguments) -> Thing:
    target = a.get(0, "target")
    m.renamed(path, target)
    return PurePosixPath(target) if isinstance(target, str | PurePosixPath) else UNKNOWN


def _chmod(m: Machine, path: PurePosixPath, a: Arguments) -> Thing:
    m.changed(path, same_size=True)
    return None


def _open(m: Machine, path: PurePosixPath, a: Arguments) -> Thing:
    return opened(m, path, a.get(0, "mode", "r"), a.get(2, "encoding"))


def _joined(m: Machine, path: PurePosixPath, a: Arguments) -> Thing:
    parts = [part for part in a.positional if isinstance(part, str | PurePosixPath)]
    return path.joinpath(*parts) if a.whole and len(parts) == len(a.positional) else UNKNOWN


def _resolved(m: Machine, path: PurePosixPath, a: Arguments) -> Thing:
    return resolved(m, path)


def _expanduser(m: Machine, path: PurePosixPath, a: Arguments) -> Thing:
    found = expanduser(m, str(path))
    return UNKNOWN if isinstance(found, Unknown) else PurePosixPath(found)


def _with(name: str) -> PathMethod:
    def method(m: Machine, path: PurePosixPath, a: Arguments) -> Thing:
        text = a.get(0, name.removeprefix("with_"))
        try:
            return getattr(path, name)(text) if isinstance(text, str) else UNKNOWN
        except ValueError:
            return UNKNOWN

    return method


def _asked(m: Machine, path: PurePosixPath, a: Arguments) -> Thing:
    return UNKNOWN


PATHS: dict[str, PathMethod] = {
    "write_text": _write,
    "write_bytes": _write,
    "touch": _made,
    "mkdir": _made,
    "symlink_to": _made,
    "hardlink_to": _made,
    "unlink": _unlink,
    "rmdir": _unlink,
    "rename": _rename,
    "replace": _rename,
    "chmod": _chmod,
    "open": _open,
    "joinpath": _joined,
    "resolve": _resolved,
    "absolute": _resolved,
    "expanduser": _expanduser,
    "with_name": _with("with_name"),
    "with_suffix": _with("with_suffix"),
    "with_stem": _with("with_stem"),
    **dict.fromkeys(("exists", "is_file", "is_dir", "read_text", "read_bytes", "stat", "iterdir"), _asked),
}
