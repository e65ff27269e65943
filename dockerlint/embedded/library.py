"""What the functions of the standard library do to files, by their dotted names."""

from __future__ import annotations

import posixpath

from dockerlint.embedded.answers import ANSWERS, Function, text_of
from dockerlint.embedded.machine import Left, Lost, Machine
from dockerlint.embedded.things import Archive, Arguments, Handle, Resource, Thing
from dockerlint.values import UNKNOWN


def opened(m: Machine, path: Thing, mode: Thing, encoding: Thing) -> Thing:
    """``open`` in any of its modes."""
    if not isinstance(mode, str) or (set("wax+") & set(mode) and isinstance(path, int)):
        return UNKNOWN
    name = m.path(path)
    plain = encoding is None or (isinstance(encoding, str) and encoding.lower().replace("_", "-") in ("utf-8", "utf8"))
    if "w" in mode or "x" in mode:
        return Handle(name, m.written(path, 0), ascii=not plain)
    if "a" in mode or "+" in mode:
        m.changed(path)
        return Handle(name, None)
    return Handle(name, None)


def _open(m: Machine, a: Arguments) -> Thing:
    return opened(m, a.get(0, "file"), a.get(1, "mode", "r"), a.get(3, "encoding"))


def _codecs_open(m: Machine, a: Arguments) -> Thing:
    return opened(m, a.get(0, "filename"), a.get(1, "mode", "r"), a.get(2, "encoding"))


def _compressed(m: Machine, a: Arguments) -> Thing:
    """``gzip.open`` and its kin: how well it packs is not known."""
    mode = a.get(1, "mode", "rb")
    path = a.get(0, "filename")
    if isinstance(mode, str) and set("wx") & set(mode):
        m.written(path, None)
    elif isinstance(mode, str) and "a" in mode:
        m.changed(path)
    return Resource()


def _archive(m: Machine, a: Arguments) -> Thing:
    """``tarfile.open``, ``zipfile.ZipFile``."""
    path, mode = a.get(0, "name", a.get(None, "file")), a.get(1, "mode", "r")
    if not isinstance(mode, str):
        return UNKNOWN
    if mode[:1] in ("w", "x"):
        m.written(path, None)
        return Resource()
    if mode[:1] == "a":
        m.changed(path)
        return Resource()
    if isinstance(path, Handle):
        return Archive(path.path)
    return Archive(m.path(path))


def _removing(recursive: bool) -> Function:
    def function(m: Machine, a: Arguments) -> Thing:
        m.removed(a.get(0, "path"), recursive)
        return None

    return function


def _empty(at: int, name: str) -> Function:
    """Something of no bytes is made at the argument's path."""

    def function(m: Machine, a: Arguments) -> Thing:
        m.written(a.get(at, name), 0)
        return None

    return function


def _rename(m: Machine, a: Arguments) -> Thing:
    m.renamed(a.get(0, "src"), a.get(1, "dst"))
    return None


def _move(m: Machine, a: Arguments) -> Thing:
    m.renamed(a.get(0, "src"), _into(a.get(0, "src"), a.get(1, "dst")))
    return UNKNOWN


def _into(source: Thing, target: Thing) -> Thing:
    """Where a file lands: a target that ends in ``/`` is a folder."""
    if isinstance(target, str) and target.endswith("/"):
        name = text_of(source)
        return UNKNOWN if name is None else target + posixpath.basename(name.rstrip("/"))
    return target


def _copy(m: Machine, a: Arguments) -> Thing:
    target = _into(a.get(0, "src"), a.get(1, "dst"))
    m.written(target, m.size_of(a.get(0, "src")))
    return target


def _copytree(m: Machine, a: Arguments) -> Thing:
    m.written(a.get(1, "dst"), None, tree=True)
    return a.get(1, "dst")


_FORMATS = {"zip": ".zip", "tar": ".tar", "gztar": ".tar.gz", "bztar": ".tar.bz2", "xztar": ".tar.xz"}


def _make_archive(m: Machine, a: Arguments) -> Thing:
    base, kind = text_of(a.get(0, "base_name")), a.get(1, "format")
    if base is None or not isinstance(kind, str) or kind not in _FORMATS:
        return UNKNOWN
    m.written(base + _FORMATS[kind], None)
    return base + _FORMATS[kind]


def _unpack(m: Machine, a: Arguments) -> Thing:
    m.unpacked(a.get(0, "filename"), a.get(1, "extract_dir") or ".")
    return None


def _retrieve(m: Machine, a: Arguments) -> Thing:
    m.written(a.get(1, "filename"), None)
    return (a.get(1, "filename"), UNKNOWN)


def _chmod(m: Machine, a: Arguments) -> Thing:
    m.changed(a.get(0, "path"), same_size=True)
    return None


def _truncate(m: Machine, a: Arguments) -> Thing:
    m.changed(a.get(0, "path"))
    return None


def _chdir(m: Machine, a: Arguments) -> Thing:
    m.chdir(a.get(0, "path"))
    return None


def _leave(m: Machine, a: Arguments) -> Thing:
    raise Left(function=False)


def _lost(m: Machine, a: Arguments) -> Thing:
    raise Lost


def _exists(m: Machine, a: Arguments) -> Thing:
    return UNKNOWN


def _print(m: Machine, a: Arguments) -> Thing:
    m.spoil(a.get(None, "file"))
    return None


def _resource(m: Machine, a: Arguments) -> Thing:
    for thing in a.all():
        m.spoil(thing)
    return Resource()


def _loaded(m: Machine, a: Arguments) -> Thing:
    """Writes to files that are handed over, and nowhere else."""
    for thing in a.all():
        m.spoil(thing)
    return UNKNOWN


FUNCTIONS: dict[str, Function] = {
    **dict.fromkeys(("builtins.open", "io.open"), _open),
    "codecs.open": _codecs_open,
    **dict.fromkeys(("gzip.open", "bz2.open", "lzma.open", "gzip.GzipFile", "bz2.BZ2File"), _compressed),
    **dict.fromkeys(("tarfile.open", "tarfile.TarFile.open", "zipfile.ZipFile"), _archive),
    **dict.fromkeys(("os.remove", "os.unlink", "os.rmdir"), _removing(False)),
    "shutil.rmtree": _removing(True),
    **dict.fromkeys(("os.mkdir", "os.makedirs"), _empty(0, "name")),
    **dict.fromkeys(("os.symlink", "os.link"), _empty(1, "dst")),
    **dict.fromkeys(("os.rename", "os.replace", "os.renames"), _rename),
    "shutil.move": _move,
    **dict.fromkeys(("shutil.copy", "shutil.copy2", "shutil.copyfile"), _copy),
    "shutil.copytree": _copytree,
    "shutil.make_archive": _make_archive,
    "shutil.unpack_archive": _unpack,
    **dict.fromkeys(("urllib.request.urlretrieve", "urllib.urlretrieve"), _retrieve),
    **dict.fromkeys(("os.chmod", "os.chown", "shutil.chown"), _chmod),
    "os.truncate": _truncate,
    "os.chdir": _chdir,
    **dict.fromkeys(("sys.exit", "os._exit", "builtins.exit", "builtins.quit", "os.abort"), _leave),
    **dict.fromkeys(
        (f"os.{name}" for name in ("execl", "execle", "execlp", "execv", "execve", "execvp", "execvpe")), _leave
    ),
    **dict.fromkeys(
        (
            *(f"builtins.{name}" for name in ("exec", "eval", "execfile", "setattr", "delattr", "globals", "vars")),
            *("runpy.run_path", "runpy.run_module", "os.chroot", "os.fchdir", "os.fork", "importlib.reload"),
        ),
        _lost,
    ),
    **ANSWERS,
    **dict.fromkeys(("os.path.exists", "os.path.isfile", "os.path.isdir", "os.path.getsize", "os.listdir"), _exists),
    "builtins.print": _print,
    **dict.fromkeys((f"builtins.{n}" for n in ("len", "repr", "int", "range", "list", "sorted", "dict")), _loaded),
    **dict.fromkeys(
        ("json.dump", "json.dumps", "json.load", "json.loads", "pickle.dump", "shutil.copyfileobj"), _loaded
    ),
    **dict.fromkeys(
        (
            *("urllib.request.urlopen", "urllib.urlopen", "urllib2.urlopen", "urllib.request.Request"),
            *("io.BytesIO", "io.StringIO", "contextlib.closing"),
            *(f"requests.{n}" for n in ("get", "post", "request", "Session")),
            *("tempfile.TemporaryDirectory", "tempfile.NamedTemporaryFile", "tempfile.TemporaryFile"),
        ),
        _resource,
    ),
}
"""A function that is not here may do anything to files, and what it does is not known."""

_ALIASES = (("posixpath.", "os.path."), ("six.moves.urllib.", "urllib."), ("shutil._", "?"))


def canonical(name: str) -> str:
    """The name under which `FUNCTIONS` has a function."""
    for old, new in _ALIASES:
        if name.startswith(old):
            return new + name[len(old) :]
    return name
