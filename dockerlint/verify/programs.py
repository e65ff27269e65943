"""Which programs a shell may remember at a path where they no longer are.

A shell looks a program up once. When `pip install -U pip` puts a new pip at an earlier place of PATH, the same process
goes on calling the old one, a new process calls the new one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from dockerlint.verify.cleanups import cleanup
from dockerlint.verify.commands import BUILTINS

_NAME = re.compile(r"[A-Za-z][\w+.-]*")
_VERSION = re.compile(r"(?:[-_@=<>~!\[].*|\.(?:tar|tgz|t[bx]z|zip|deb|rpm|whl|exe|sh|py)\b.*)$")
_DIGITS = re.compile(r"[\d.]+$")
_BUILDERS = re.compile(
    r"(?:^|/)(?:g?make|ninja|cmake|scons|waf|meson|bazel|rake|just|stow|dpkg|rpm|alternatives|update-alternatives|corepack)$"
)
_INSTALLS = re.compile(r"^(?:install\S*|--install|bdist|develop|altinstall|-i|-U|enable)$")
_MANAGERS = frozenset("pyenv rbenv asdf volta n nodenv goenv".split())
_SHELLS = frozenset("sh bash dash ash zsh ksh".split())
_SYSTEM_FOLDERS = frozenset(("/", "/usr", "/usr/local", "/usr/local/bin", "/usr/bin", "-C/", "-C/usr/local"))
_PLACERS = frozenset(
    "cp mv ln install rsync rm apt-get apt apk yum dnf pip pip3 npm gem conda update-alternatives".split()
)
_GNU = {
    "coreutils": "cat chmod chown cp cut date dd df du env expr head id ln ls md5sum mkdir mktemp mv nproc od"
    " readlink realpath rm rmdir sha1sum sha256sum sha512sum sleep sort split stat stty sync tail tee touch tr"
    " uname uniq wc yes",
    "findutils": "find xargs",
    "diffutils": "cmp diff",
    "grep": "grep egrep fgrep",
    "gawk": "awk",
    "procps": "ps top free pgrep pkill",
    "util-linux": "mount umount more getopt hexdump",
    "gzip": "gzip gunzip zcat",
}
"""Alpine packages whose programs come before busybox's in PATH, beside those that bear the program's name."""
_HERE = ("./", "../", "/tmp/")
_HARMLESS = frozenset("./configure ./gradlew ./mvnw ./autogen.sh ./bootstrap ./Configure ./config".split())
_READERS = frozenset(
    "cd echo printf test [ which type command grep cat ls mkdir export set tar unzip gunzip touch rmdir git svn"
    " hg find id".split()
)
"""Commands that name a program without putting another in its place. (`tar` counts by where it unpacks to.)"""
_ASKERS = frozenset(("command", "type", "hash", "builtin"))
_PREFIXES = frozenset("sudo env nice nohup time command exec eatmydata gosu su-exec".split())
SYSTEM = frozenset(
    "apk apt apt-cache apt-get apt-key aptitude ar as awk basename bunzip2 bzip2 cat cc cd chgrp chmod chown"
    " clang cmp comm cp cpio curl cut date dd debconf-set-selections diff dirname dnf dpkg dpkg-query du echo env"
    " expr false file find g++ gcc getent git gpg grep groupadd gunzip gzip head id install ldconfig ld ln"
    " locale-gen ls make microdnf mkdir mkfifo mknod mktemp mv nproc ninja cmake autoconf automake autoreconf"
    " libtool patch perl pkg-config printf pwd readlink realpath rm rmdir rpm sed seq sh sha256sum sha1sum"
    " sha512sum md5sum sleep sort split stat strip su sudo sync tail tar tdnf tee test touch tr true uname uniq"
    " unlink unxz unzip update-ca-certificates useradd usermod wc wget which xargs xz yes yum zcat zypper zip bash"
    " dash".split()
)
"""Programs of the distribution: what builds and installs from source does not replace them, unless it names them."""


class Memory:
    """The programs one shell process has looked up, and what since then may have put another in their place."""

    __slots__ = ("_any", "_clock", "_moved", "called")

    def __init__(self) -> None:
        self.called: dict[str, int] = {}
        self._clock = 0
        self._any: dict[str, int] = {}
        self._moved: dict[str, int] = {}

    def call(self, words: Iterable[str]) -> bool:
        """Take note of a command; whether its program may be remembered at a wrong place."""
        argv = list(words)
        while argv and (argv[0] in _ASKERS or (argv[0] in ("-v", "-V", "-p") and len(argv) > 1)):
            argv = argv[1:]
        if not argv:
            return False
        self._clock += 1
        name = argv[0]
        stale = False
        if "/" not in name and _NAME.fullmatch(name) and name not in BUILTINS:
            since = self.called.setdefault(name, self._clock)
            stale = self._moved.get(name, -1) >= since or (
                name not in SYSTEM and any(at >= since for by, at in self._any.items() if by != name)
            )
        if _places_any(argv):
            self._any[name] = self._clock
        if name not in _READERS and cleanup(tuple(argv)) is None:
            for word in argv[1:]:
                for mentioned in mentions(word):
                    if mentioned not in SYSTEM or "/" in word or name in _PLACERS:
                        self._moved[mentioned] = self._clock
            if name == "apk":
                for package in _GNU.keys() & set(argv):
                    self._moved.update(dict.fromkeys(_GNU[package].split(), self._clock))
        return stale


def mentions(word: str) -> set[str]:
    """Program names that a word may stand for: ``/usr/local/bin/pip3``, ``pip==23.1``, ``node-v18.tar.gz``."""
    if word == "--system":
        return {"gem"}
    base = word.strip("\"'").rstrip("/").rpartition("/")[2]
    if not base or base.startswith("-"):
        return set()
    plain = _VERSION.sub("", base)
    bare = _DIGITS.sub("", plain)
    return ({base, plain, bare} | ({"pip", "pip2", "pip3"} if bare == "pip" else set())) - {""}


def _places_any(argv: list[str]) -> bool:
    """Whether a command may put programs anywhere in PATH that it does not name."""
    while argv and (argv[0] in _PREFIXES or "=" in argv[0]):
        argv = argv[1:]
    if not argv:
        return False
    name, rest = argv[0], argv[1:]
    if _BUILDERS.search(name):
        return any(_INSTALLS.match(word) for word in rest)
    if name in _MANAGERS:
        return True
    if name == "tar":
        return any(word in _SYSTEM_FOLDERS for word in rest)
    if name in _SHELLS:
        return True
    if name.startswith("python"):
        return any(word.endswith(("setup.py", "get-pip.py", "install.py")) for word in rest)
    return name.endswith((".sh", ".run", ".bin")) or (name.startswith(_HERE) and name not in _HARMLESS)
