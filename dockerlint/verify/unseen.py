"""What commands may do that their words do not say: install packages of the distribution, use a file."""

from __future__ import annotations

import re

from dockerlint.verify.items import Leaf

_PREFIXES = frozenset("sudo env nice nohup time command exec".split())
_SHELLS = frozenset("sh bash dash ash zsh ksh source .".split())
_INTERPRETERS = re.compile(r"(?:python|perl|ruby|node|php)[\d.]*")
_MAKERS = frozenset("make gmake just task rake".split())
_HARMLESS = re.compile(
    r"configure\w*|config\w*\.status|autogen\.sh|mvnw|gradlew|sbt|install-(?:tl|info|php-extensions|plugins\.sh)|install2\.r"
    r"|docker-php-ext-\w+|(?:pip|python)[\d.]*|.*(?:conda|forge).*|(?:nvm|rvm|asdf|sdkman-init|rustup-init)(?:\.sh)?|env|activate"
    r"|setup\.py|composer-setup\.php|\.?(?:bashrc|profile)",
    re.I,
)
_FOLDER_OF_SERVICES = re.compile(r"/etc/(?:rc\.d/)?init\.d/")
_NAMED_FOR_IT = re.compile(
    r"(?<![a-z])(?:deps|dependencies|requirements|setup|bootstrap|provision|install[-_.])(?![a-z])"
)
_MAKES = frozenset(
    "echo printf mkdir touch export cd set true : test [ ln cp mv cat chmod chown chgrp useradd groupadd adduser"
    " addgroup usermod sed head tail date unset umask rmdir . source".split()
)
_FETCHES = frozenset(
    "apt-get apt apt-key add-apt-repository apk yum dnf microdnf zypper pip pip3 npm yarn pnpm gem conda curl wget git"
    " tar unzip dpkg rpm locale-gen update-ca-certificates ldconfig gpg find grep ls id python python3 java node cargo"
    " go".split()
)
"""Programs that use archives, lists and scripts only when their words name them."""


def stays_apart(leaf: Leaf, path: str) -> bool:
    """Whether a command that does not name a file cannot use it; settings are looked for by programs themselves."""
    words = leaf.words[1:] if leaf.words[:1] == ("sudo",) else leaf.words
    name = words[0].rpartition("/")[2] if words else "cd"
    return name in _MAKES or (name in _FETCHES and re.search(r"/\.|^/etc/", path) is None)


def may_install(leaf: Leaf) -> bool:
    """Whether a command runs a script, or a target of make, that is called as if it installed things."""
    words = [w.strip("\"'") for w in leaf.words]
    while words and (words[0] in _PREFIXES or "=" in words[0]):
        words = words[1:]
    if not words or _FOLDER_OF_SERVICES.match(words[0]):
        return False
    name = words[0].rpartition("/")[2]
    rest = [w for w in words[1:] if not w.startswith("-")]
    if name in _SHELLS:
        return bool(rest) and "-c" not in words and rest[0].endswith(".sh") and not _known(rest[0])
    if name in _MAKERS:
        return any(_NAMED_FOR_IT.search(w) for w in rest)
    if _INTERPRETERS.fullmatch(name):
        return bool(rest) and rest[0].endswith((".py", ".pl", ".rb", ".js")) and _named_for_it(rest[0])
    return (name.endswith(".sh") and not _known(name)) or _named_for_it(name)


def _named_for_it(script: str) -> bool:
    return _NAMED_FOR_IT.search(script.rpartition("/")[2]) is not None and not _known(script)


def _known(script: str) -> bool:
    return _HARMLESS.fullmatch(script.rpartition("/")[2]) is not None
