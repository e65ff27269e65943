"""Files that hold a secret, by name and by a bounded look inside."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dockerlint.context.folder import Context, Entry
from dockerlint.record import record

_LIMIT = 1 << 14
"""Bytes read of a file."""
_MOST_READ = 300
"""Files looked into."""
_SAMPLE_FOLDERS = frozenset(
    "test tests testing testdata testfiles fixtures __tests__ spec specs example examples sample samples demo demos doc"
    " docs mocks __mocks__ node_modules vendor site-packages third_party .git .hg .svn .venv venv".split()
)
_CANDIDATE = re.compile(
    r"(?s)(?:.*/)?(?:.*\.env|\.env\..+|id_\w+|.*\.(?:pem|key|p8|pk8|ppk|gpg|asc)|\.npmrc|\.yarnrc\.yml|\.pypirc|[._]netrc"
    r"|\.git-credentials|\.vault-token|\.docker(?:cfg|configjson)|.*(?:account|credentials|gcp|google|key).*\.json"
    r"|\.(?:aws|docker|kube|ssh)/[^/]+)"
)
"""A quick question that leaves out nearly everything."""
_PERSONAL = re.compile(
    r"(?:.*/)?(?:\.env(?:\..+)?|.+\.env|id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|\.npmrc|\.yarnrc\.yml|\.pypirc"
    r"|[._]netrc|\.git-credentials|\.vault-token|\.dockercfg|\.dockerconfigjson|\.(?:aws|kube|docker|ssh)/.+)"
)


@record
class Secret:
    """A file that holds one."""

    path: str
    sure: bool
    """Its content says so; else only its name does."""

    @property
    def personal(self) -> bool:
        """It belongs to who builds; else it may be the program's own, such as the key of a server's certificate."""
        return _PERSONAL.fullmatch(self.path) is not None


def secrets(entries: Iterable[Entry], context: Context) -> list[Secret]:
    """The files among the entries that hold a secret; samples, tests and what packages bring along left out."""
    found, read = [], 0
    for entry in entries:
        path = entry.path
        if entry.folder or not entry.bytes or read >= _MOST_READ or not _CANDIDATE.fullmatch(path):
            continue
        from dockerlint.context.secret_files import holds, may_hold  # a score of expressions, for few contexts

        if not _SAMPLE_FOLDERS.isdisjoint(path.lower().split("/")[:-1]) or not may_hold(path):
            continue
        read += 1
        sure = holds(path, context.read_text(path, _LIMIT) or "")
        if sure is not None:
            found.append(Secret(path, sure))
    return found
