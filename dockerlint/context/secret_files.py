"""What files hold whose names say that it may be a secret. Loaded when there is such a file."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File")
_SAMPLE = re.compile(
    r"(?i)(?:^|[._-])(?:example|sample|template|tmpl|tpl|dist|defaults?|schema|dummy|test|ci)(?:$|[._-])"
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
_ENV = re.compile(r"\.env(?:\.(.+))?|(.+)\.env")


def may_hold(path: str) -> bool:
    """Whether a file of that name is to be read at all."""
    return _ENV.fullmatch(path.rpartition("/")[2]) is not None or next(_patterns(path), None) is not None


def holds(path: str, text: str) -> bool | None:
    """True when a file's text has a secret in it, False when only its name says so, None when nothing does."""
    if any(pattern.search(text) for pattern in _patterns(path)):
        return True
    env = _ENV.fullmatch(path.rpartition("/")[2])
    return None if env is None else _environment(env[1] if env[2] is None else env[2], text)


def _patterns(path: str) -> Iterator[re.Pattern[str]]:
    """What to look for in a file of that name."""
    folder, _, name = path.rpartition("/")
    folder = folder.rpartition("/")[2]
    for (place, file), pattern in _IN_FOLDER.items():
        if folder == place and file in (name, ""):
            yield pattern
    if not _SAMPLE.search(name.rpartition(".")[0]):
        yield from (pattern for expression, pattern in _BY_NAME if expression.fullmatch(name))


def _environment(variant: str | None, text: str) -> bool | None:
    """`.env` files: what is assigned there; the plain one is no file to publish whatever is in it."""
    if variant is not None and _SAMPLE.search(variant):
        return None
    found = [match for line in text.split("\n") if (match := _ASSIGNMENT.match(line))]
    values = {m[1]: next((v for v in m.groups()[1:] if v), "") for m in found}
    own = {name: value for name, value in values.items() if not _PUBLIC.match(name)}
    told = any(_TELLING.search(name) and not _HARMLESS.fullmatch(value) for name, value in own.items())
    if told or any(_PASSWORD_IN_URL.search(value) for value in own.values()):
        return True
    return False if own and (variant in (None, "local") or (variant or "").endswith(".local")) else None
