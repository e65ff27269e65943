"""Reading files, with one clear line for each that cannot be linted."""

from __future__ import annotations

import errno
import os

from dockerlint.engine.run import FileError
from dockerlint.source import Source

MOST_BYTES = 8_000_000
"""No Dockerfile is longer; what is, is something else."""


def read(path: str) -> Source | FileError:
    """The text of a file. Broken UTF-8 is kept as it is; nothing is raised."""
    try:
        if os.path.isdir(path):
            return FileError(path, "is a folder, not a file")
        with open(path, "rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        return FileError(path, _reason(error))
    except ValueError:  # a NUL in the path
        return FileError(path, "no such file")
    return decode(data, path)


def decode(data: bytes, path: str) -> Source | FileError:
    """The text of `data`, or why it is none."""
    if len(data) > MOST_BYTES:
        return FileError(path, f"is longer than {MOST_BYTES // 1_000_000} MB: not a Dockerfile")
    if b"\0" in data:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return FileError(path, "is UTF-16; the builder reads UTF-8 alone")
        return FileError(path, "is a binary file (it has NUL bytes)")
    return Source.from_bytes(data, path)


def _reason(error: OSError) -> str:
    known = {
        errno.ENOENT: "no such file",
        errno.ENOTDIR: "no such file",
        errno.EACCES: "may not be read (permission denied)",
        errno.EPERM: "may not be read (permission denied)",
        errno.EISDIR: "is a folder, not a file",
        errno.ELOOP: "is a symbolic link that leads to itself",
        errno.ENAMETOOLONG: "no such file (the name is too long)",
    }
    return known.get(error.errno or 0) or f"could not be read: {error.strerror or error}"
