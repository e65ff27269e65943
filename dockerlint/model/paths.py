"""Absolute POSIX paths as a RUN sees them."""

from __future__ import annotations

import posixpath
from fnmatch import translate
from functools import lru_cache
from re import Pattern, compile

from dockerlint.values import UNKNOWN, Unknown, Value

STANDARD_FOLDERS = frozenset(
    "/ /bin /sbin /lib /lib64 /usr /usr/bin /usr/sbin /usr/lib /usr/include /usr/share /usr/src /usr/local"
    " /usr/local/bin /usr/local/sbin /usr/local/lib /usr/local/share /usr/local/include /usr/local/etc"
    " /usr/local/src /etc /opt /srv /tmp /var /var/tmp /var/lib /var/log /var/cache /var/spool /var/run /home /root"
    " /mnt /media /run /dev".split()
)
"""Folders that about every image has."""


def absolute(path: Value, cwd: Value) -> Value:
    """`path` made absolute and normal; UNKNOWN when it is relative and `cwd` is not known, or when it is empty."""
    if isinstance(path, Unknown) or not path:
        return UNKNOWN
    if not path.startswith("/"):
        if isinstance(cwd, Unknown):
            return UNKNOWN
        path = f"{cwd}/{path}"
    return "/" + posixpath.normpath(path).lstrip("/")


def under(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or lies below it."""
    return path == folder or folder == "/" or path.startswith(folder + "/")


@lru_cache(maxsize=256)
def _component(pattern: str) -> Pattern[str]:
    return compile(translate(pattern.replace("[^", "[!")))


def matches(path: str, pattern: str) -> bool:
    """Whether `path` is one that a shell pattern names: ``*`` does not cross ``/`` nor match a leading dot."""
    names, globs = path.strip("/").split("/"), pattern.strip("/").split("/")
    if len(names) != len(globs):
        return False
    for name, glob in zip(names, globs, strict=True):
        if name.startswith(".") and not glob.startswith("."):
            return False
        if not _component(glob).match(name):
            return False
    return True
