"""Files that hold a secret, by name and by a bounded look inside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dockerlint.context.folder import Context, Entry
from dockerlint.record import record

_LIMIT = 1 << 14
"""Bytes read of a file."""
_MOST_READ = 300
"""Files looked into."""
_PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File")
_SAMPLE = re.compile(
    r"(?i)(?:^|[._-])(?:example|sample|template|tmpl|tpl|dist|defaults?|schema|dummy|test|ci)(?:$|[._-])"
)
_SAMPLE_FOLDERS = frozenset(
    "test tests testing testdata testfiles fixtures __tests__ spec specs example examples sample samples demo demos doc"
    " docs mocks __mocks__ node_modules vendor site-packages third_party .git .hg .svn .venv venv".split()
)
_PUBLIC = re.compile(r"(?:VITE|REACT_APP|NEXT_PUBLIC|NUXT_PUBLIC|VUE_APP|PUBLIC|GATSBY|EXPO_PUBLIC|STORYBOOK)_")
_TELLING = re.compile(
    r"(?i)(?:secret|token|passw|passphrase|pwd|credential|private|api_?key|access_?key|auth(?!or)|salt|jwt)"
    r"|(?:^|_)(?:key|dsn|pass|pw|mongo(?:db)?_ur[il]|database_url|redis_url|webhook)(?:$|_)"
)
_HARMLESS = re.compile(
    r"(?i)|\$\{?\w+\}?|<.*>|\{\{.*\}\}|[x*.]+|(?:true|false|yes|no|on|off|none|null|\d{1,5})"
    r"|https?://[^\s@?]*|\.{0,2}/[\w./-]*"
    r"|.*(?:change.?me|your[-_ ]|replace|placeholder|example|todo|dummy|xxxx).*"
)
_ASSIGNMENT = re.compile(
    r"\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^#\r\n]*?))\s*(?:#.*)?\r?$"
)
_PASSWORD_IN_URL = re.compile(r"\w+://[^\s:/@]*:(?!\$|<|\{|password@|pass@)[^\s/@]+@")
_INSIDE = {
    r"id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?": _PRIVATE_KEY,
    r".*\.(?:pem|key|p8|pk8|ppk|gpg|asc)": _PRIVATE_KEY,
    r"\.npmrc": re.compile(r"(?m)(?:^|:)_(?:authToken|auth|password)\s*=\s*(?!\s*[\"']?\$\{)\S"),
    r"\.yarnrc\.yml": re.compile(r"(?m)^\s*npmAuth(?:Token|Ident)\s*:\s*[\"']?(?!\$\{)[\w-]"),
    r"\.pypirc": re.compile(r"(?m)^\s*password\s*[=:]\s*(?!\s*(?:\$|%\())\S"),
    r"[._]netrc": re.compile(r"\bpassword\s+\S"),
    r"\.git-credentials": re.compile(r"://[^\s:@]*:[^\s@]+@"),
    r"\.vault-token": re.compile(r"\S"),
    r"master\.key": re.compile(r"\A\s*[0-9a-f]{32}\s*\Z"),
    r"\.dockercfg|\.dockerconfigjson": re.compile(r'"(?:auth|identitytoken)"\s*:\s*"[^"]'),
    r".*(?:service[-_]?account|credentials|gcp|google|key).*\.json": re.compile(
        r'"private_key"\s*:\s*"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY'
    ),
}
_IN_FOLDER = {
    (".aws", "credentials"): re.compile(r"(?mi)^\s*aws_secret_access_key\s*=\s*\S"),
    (".docker", "config.json"): _INSIDE[r"\.dockercfg|\.dockerconfigjson"],
    (".kube", "config"): re.compile(r"(?m)^\s*(?:client-key-data|token|password)\s*:\s*\S"),
    (".ssh", ""): _PRIVATE_KEY,
}
_BY_NAME = tuple((re.compile(name), inside) for name, inside in _INSIDE.items())
_PERSONAL = re.compile(
    r"(?:.*/)?(?:\.env(?:\..+)?|.+\.env|id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|\.npmrc|\.yarnrc\.yml|\.pypirc"
    r"|[._]netrc|\.git-credentials|\.vault-token|\.dockercfg|\.dockerconfigjson|\.(?:aws|kube|docker|ssh)/.+)"
)
_CANDIDATE = re.compile(
    "(?s)(?:.*/)?(?:" + "|".join((*_INSIDE, r"\.env(?:\..+)?|.+\.env")) + r")|(?:.*/)?\.(?:aws|docker|kube|ssh)/[^/]+"
)
"""A quick question that leaves out nearly everything."""
_ENV = re.compile(r"\.env(?:\.(.+))?|(.+)\.env")


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
        if entry.folder or not entry.bytes or read >= _MOST_READ or not _CANDIDATE.fullmatch(entry.path):
            continue
        if not _SAMPLE_FOLDERS.isdisjoint(_above(entry.path)):
            continue
        candidate = list(_inside(entry.path))
        is_env = _ENV.fullmatch(entry.path.rpartition("/")[2])
        if not candidate and is_env is None:
            continue
        read += 1
        text = context.read_text(entry.path, _LIMIT) or ""
        if any(pattern.search(text) for pattern in candidate):
            found.append(Secret(entry.path, True))
        elif is_env is not None:
            found += _environment(entry.path, is_env[1] if is_env[2] is None else is_env[2], text)
    return found


def _above(path: str) -> list[str]:
    return path.lower().split("/")[:-1]


def _inside(path: str) -> Iterator[re.Pattern[str]]:
    """What to look for in a file of that name."""
    folder, _, name = path.rpartition("/")
    folder = folder.rpartition("/")[2]
    for (place, file), pattern in _IN_FOLDER.items():
        if folder == place and file in (name, ""):
            yield pattern
    if not _SAMPLE.search(name.rpartition(".")[0]):
        yield from (pattern for expression, pattern in _BY_NAME if expression.fullmatch(name))


def _environment(path: str, variant: str | None, text: str) -> Iterator[Secret]:
    """`.env` files: what is assigned there; the plain one is no file to publish whatever is in it."""
    if variant is not None and _SAMPLE.search(variant):
        return
    found = [match for line in text.split("\n") if (match := _ASSIGNMENT.match(line))]
    values = {m[1]: next((v for v in m.groups()[1:] if v), "") for m in found}
    own = {name: value for name, value in values.items() if not _PUBLIC.match(name)}
    told = any(_TELLING.search(name) and not _HARMLESS.fullmatch(value) for name, value in own.items())
    if told or any(_PASSWORD_IN_URL.search(value) for value in own.values()):
        yield Secret(path, True)
    elif own and (variant in (None, "local") or (variant or "").endswith(".local")):
        yield Secret(path, False)
