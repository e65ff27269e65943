"""Whether a command speaks of a path, and whether a deletion reaches it."""

from __future__ import annotations

import posixpath
import re

from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import absolute, matches, under
from dockerlint.values import Unknown

_SETTINGS = re.compile(r"/\.|^/etc/")  # what programs look for of their own accord
_PLAIN = frozenset(
    "echo printf mkdir touch export cd set true : test [ rm rmdir ln cp mv cat chmod chown chgrp useradd groupadd"
    " adduser addgroup usermod sed head tail cut sort tr wc date sleep unset umask source .".split()
)
_APART = frozenset(
    "apt-get apt apt-key add-apt-repository apk yum dnf microdnf zypper pip pip3 npm yarn pnpm gem conda curl wget git"
    " tar unzip gzip dpkg rpm locale-gen update-ca-certificates ldconfig gpg find grep ls id uname python python3 java"
    " node cargo go rustup install".split()
)
"""Programs that read files of no archive or list that their words do not name."""


def may_read(program: str, path: str) -> bool:
    """Whether a program may use a file that its command does not name: a script, a build, a list of checksums."""
    return program not in _PLAIN and (program not in _APART or _SETTINGS.search(path) is not None)


def names(inv: Invocation, path: str, tree: bool) -> bool:
    """Whether a command names a path, or (`tree`) runs below it."""
    words = [(a.value, a.word.text) for a in inv.arguments]
    if inv.program_word is not None:
        words.append((inv.program_word.literal or "", inv.program_word.text))
    for redirect in inv.redirects:
        if redirect.target is not None:
            words.append((redirect.target.literal or "", redirect.target.text))
    for value, text in words:
        place = absolute(value, inv.cwd)
        known = isinstance(place, str)
        if isinstance(place, str) and (under(place, path) or globbed(place, path)):
            return True
        if speaks(text, path) and not (known and value == text and value.startswith("/")):
            return True
        if isinstance(inv.cwd, Unknown) and posixpath.basename(path) in text:
            return True
    return tree and isinstance(inv.cwd, str) and under(inv.cwd, path)


def speaks(text: str, path: str) -> bool:
    """Whether a text speaks of a path by its full name, or by its last one."""
    name = re.escape(posixpath.basename(path))
    return re.search(rf"(?<![\w.-]){name}(?![\w-]|\.\w)", text) is not None


def globbed(pattern: str, path: str) -> bool:
    """Whether a pattern, if it is one, matches a path."""
    return any(c in pattern for c in "*?[") and matches(path, pattern)


def covers(place: str, glob: bool, path: str) -> bool:
    """Whether deleting `place` deletes what is mounted at `path`."""
    if not glob:
        return under(path, place)
    depth = place.strip("/").count("/") + 1
    return matches("/" + "/".join(path.strip("/").split("/")[:depth]), place)
