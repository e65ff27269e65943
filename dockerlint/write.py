"""Writing a fixed file so that at every moment there is either the old one or the new one."""

from __future__ import annotations

import os
import stat
import tempfile


class WriteError(Exception):
    """A file that was not written; the text says why, without the path."""


def replace(path: str, before: bytes, after: bytes) -> None:
    """Put `after` in the place of `before`. Mode, owner and symbolic links are kept. Raises WriteError.

    Refuses when the file no longer holds `before`, may not be written, or has other names (hard links) that would keep
    the old text.
    """
    try:
        _replace(os.path.realpath(path), before, after)
    except OSError as error:
        raise WriteError(f"could not be written: {error.strerror or error}") from None


def create(path: str, content: bytes) -> None:
    """Make a file that is not there yet, whole or not at all. Raises WriteError.

    Refuses when anything has that name, be it a link that leads nowhere.
    """
    folder = os.path.dirname(os.path.abspath(path))
    try:
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".dockerlint-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                if hasattr(os, "fchmod"):
                    os.fchmod(file.fileno(), 0o666 & ~_umask())
                file.flush()
                os.fsync(file.fileno())
            os.link(temporary, path, follow_symlinks=False)  # unlike a rename it never takes another file's place
        finally:
            os.unlink(temporary)
    except FileExistsError:
        raise WriteError("exists now, and did not when it was looked for") from None
    except OSError as error:
        raise WriteError(f"could not be made: {error.strerror or error}") from None
    _sync_folder(folder)


def _umask() -> int:
    """The process's mask, which can only be asked for by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _replace(target: str, before: bytes, after: bytes) -> None:
    held = os.lstat(target)
    if not stat.S_ISREG(held.st_mode):
        raise WriteError("is not a regular file")
    # A rename needs no right to write the file itself, so it has to be asked for.
    if not os.access(target, os.W_OK):
        raise WriteError("is read-only")
    if held.st_nlink > 1:
        raise WriteError(f"has {held.st_nlink} hard links, which a new file would part")
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".dockerlint-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after)
            _dress(file.fileno(), held)
            file.flush()
            os.fsync(file.fileno())
        _unchanged(target, held, before)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
    _sync_folder(os.path.dirname(target))


def _dress(handle: int, held: os.stat_result) -> None:
    """Give the new file the owner and mode of the old one."""
    if hasattr(os, "fchown"):
        own = os.fstat(handle)
        if (own.st_uid, own.st_gid) != (held.st_uid, held.st_gid):
            try:
                os.fchown(handle, held.st_uid, held.st_gid)
            except PermissionError:
                raise WriteError("belongs to someone else") from None
    if hasattr(os, "fchmod"):
        os.fchmod(handle, stat.S_IMODE(held.st_mode))


def _unchanged(target: str, held: os.stat_result, before: bytes) -> None:
    """As late as can be: the file is still the one that was read."""
    with open(target, "rb") as file:
        same = file.read() == before
        now = os.fstat(file.fileno())
    if not same or (now.st_ino, now.st_dev, now.st_mtime_ns) != (held.st_ino, held.st_dev, held.st_mtime_ns):
        raise WriteError("changed since it was read")


def _sync_folder(folder: str) -> None:
    """Make the rename itself durable, where folders can be synced."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
