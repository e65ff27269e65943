"""Where the border between two RUNs matters beyond their shells: what a new container step resets or reads anew."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from posixpath import join, normpath

from dockerlint.model.graph import Scope, Step
from dockerlint.shell.tree import ShellBody
from dockerlint.verify.items import Chain, Leaf, leaves

_START_UP_FILE = re.compile(
    r"\.(?:bashrc|zshrc|kshrc|mkshrc|shrc|profile|zprofile|zlogin|zshenv|login|logout)\b|\.bash_(?:profile|login|logout|aliases)"
    r"|/etc/(?:profile|environment|bash\.bashrc|bashrc|zsh|csh)"
)
_RESET_FILE = re.compile(r"(?:^|[=\"'<>])(?:/dev/shm|/etc/(?:hosts|resolv\.conf|hostname)\b|/proc/sys|/sys/)")
_ACCOUNT_FILE = re.compile(r"/etc/(?:passwd|group)$")
_ONLY_READ = frozenset("cat ls grep egrep test [ head tail stat source . sed awk cut wc diff getent readlink".split())
_CHANGES_ACCOUNT = frozenset("usermod userdel deluser groupmod groupdel delgroup gpasswd chsh chfn vipw vigr".split())
_ADDS_ACCOUNT = frozenset("useradd adduser groupadd addgroup newusers".split())
_DAEMON = re.compile(
    r"\b(?:service|invoke-rc\.d|systemctl|rc-service|initctl)\s+\S+\s+(?:re)?start\b|\b(?:systemctl|initctl|apachectl|apache2ctl)\s+(?:re)?start\b"
    r"|/etc/(?:rc\.d/)?init\.d/\S+\s+(?:re)?start\b|\bpg_ctl(?:cluster)?\b.*\sstart\b"
    r"|\s--(?:daemon(?:ize)?|fork|background|detach|start-server|daemon-mode)(?:[=\s]|$)"
)
_DAEMONS = frozenset(
    "start-stop-daemon daemonize setsid nohup mysqld mysqld_safe mariadbd mongod dockerd containerd supervisord crond"
    " cron sshd Xvfb dbus-daemon redis-server rabbitmq-server postgres nginx httpd php-fpm adb tmux screen at"
    " gradle gradlew bazel gpg-agent ssh-agent catalina.sh startup.sh".split()
)
_ONLY_ASKED = frozenset("--no-daemon -t -T -qt -v -V --version -version version --help -h".split())
_KERNEL = frozenset("mount umount swapon losetup ip iptables nft ifconfig route sysctl hostname modprobe".split())
"""Programs that change namespaces, which end with the RUN."""
_SHELL_PATH = re.compile(r"(?:^(?:\./)?|/bin/)(?:ba|da|a|z|k|mk)?sh$|/etc/alternatives/")
_REPLACERS = frozenset("ln cp mv rm install rsync update-alternatives dpkg-divert busybox".split())
_PREFIXES = frozenset("sudo gosu su-exec exec env nice time command chroot".split())
_LASTING_MOUNT = re.compile(r"(?:.*,)?[\"']?type=(?:cache|secret|ssh)[\"']?(?:,.*)?", re.I)
_BOUND = re.compile(
    r"(?!.*\btype=(?!bind\b))(?!.*(?:^|[,\"'])(?:rw|readwrite)\b)(?!.*\b(?:ro|readonly)=(?!1|t\b|true\b)).*", re.I
)
"""A bind mount that is only read."""
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_TEMPLATE = re.compile(r"\{\{|\}\}|<%|%>|\{%|%\}")
_REMOVERS = frozenset(("rm", "mv", "rmdir"))
_ROOT = frozenset(("", "root", "0", "root:root", "0:0"))


def in_front(step: Step, body: ShellBody) -> str | None:
    """Why nothing may run in the same process before this RUN."""
    if step.instruction.heredoc_nodes and not body.heredoc_script:
        return "a here-document"
    if _TEMPLATE.search(body.logical.text):
        return "a template marker"
    if "\r" in body.logical.text:
        return "a carriage return"
    return None


def behind(step: Step, body: ShellBody, chain: Chain) -> str | None:
    """Why nothing may run in the same process after this RUN."""
    return in_front(step, body) or _surroundings(step.scope, body) or _flags(step) or _commands(step.scope, chain)


def _surroundings(scope: Scope, body: ShellBody) -> str | None:
    if {"l", "i", "--login", "login"} & (body.kind.letters() | set(body.kind.options)):
        return f"a login or interactive {body.kind.name} reads its start-up files anew"
    if body.kind.name in ("zsh", "ksh"):
        return f"{body.kind.name} is not followed across RUNs"
    for name in ("BASH_ENV", "ENV"):
        if name in scope.env or name in scope.args:
            return f"{name} is set: each RUN reads that file anew"
    return None


def _flags(step: Step) -> str | None:
    for flag in step.instruction.flag_nodes:
        mount = flag.value or ""
        if flag.name == "mount" and not (_LASTING_MOUNT.fullmatch(mount) or _BOUND.fullmatch(mount)):
            return f"`{flag.text}`: each RUN finds it as it was"
    return None


def _commands(scope: Scope, chain: Chain) -> str | None:
    user = scope.user if isinstance(scope.user, str) else None
    for leaf in leaves(chain):
        reason = _files(leaf) or _accounts(leaf, user) or _folder(leaf, scope) or _shell(leaf)
        if reason is not None:
            return reason
        if _starts_daemon(leaf):
            return f"`{leaf.text}` may start what ends with its RUN"
    return None


def _starts_daemon(leaf: Leaf) -> bool:
    programs = [w for w in leaf.words if not w.startswith("-") and "=" not in w]
    while programs and programs[0] in _PREFIXES:
        programs = programs[1:]
    name = programs[0].rpartition("/")[2] if programs else ""
    if name in _KERNEL:
        return True
    if name in _DAEMONS:
        return not _ONLY_ASKED.intersection(leaf.words)
    return name not in ("echo", "printf") and _DAEMON.search(" ".join(leaf.words)) is not None


def _shell(leaf: Leaf) -> str | None:
    """Whether the shell that runs the next RUN may be another program afterwards: `ln -sf /bin/bash /bin/sh`."""
    words = [w for w in leaf.words if w not in _PREFIXES]
    replaces = words[:1] and words[0] in _REPLACERS and any(_SHELL_PATH.search(w.strip("\"'")) for w in words[1:])
    if replaces or any(w.endswith("-binsh") for w in words) or ("dash" in words and "dpkg-reconfigure" in words):
        return f"`{leaf.text}` may replace the shell of the next RUN"
    return None


def _files(leaf: Leaf) -> str | None:
    name = leaf.words[0] if leaf.words else ""
    written = leaf.rest if name in _ONLY_READ and "-i" not in leaf.words else (*leaf.words, *leaf.rest)
    for word in written:
        if _START_UP_FILE.search(word):
            return f"`{word}` may be read when the next RUN starts"
        if _RESET_FILE.search(word):
            return f"`{word}` is not the same in the next RUN"
    if name == "conda" and "init" in leaf.words:
        return "`conda init` changes start-up files"
    return None


def _accounts(leaf: Leaf, user: str | None) -> str | None:
    words = [w.strip("\"'") for w in leaf.words]
    if not words:
        return None
    if words[0] == "sudo":
        words = words[1:]
    name = words[0].rpartition("/")[2] if words else ""
    current = "root" if user in _ROOT else (user or "").partition(":")[0]
    if name in _CHANGES_ACCOUNT or any(_ACCOUNT_FILE.search(w) for w in leaf.rest):
        if name in _CHANGES_ACCOUNT and _names_another(words, current):
            return None
        return f"`{leaf.text}` may change the account that the next RUN starts with"
    if name in _ADDS_ACCOUNT:
        numeric = current.isdigit() or not current
        if numeric or current in words[1:]:
            return f"`{leaf.text}` may change the account that the next RUN starts with"
    return None


def _names_another(words: list[str], current: str) -> bool:
    """The account is written out, at the end, and is not the one in force."""
    named = bool(current) and not current.isdigit() and current not in words
    return named and re.fullmatch(r"[a-z_][\w-]*", words[-1]) is not None


def _folder(leaf: Leaf, scope: Scope) -> str | None:
    """Whether the folder that the next RUN starts in goes away: a new RUN makes it again."""
    workdir = scope.workdir
    if leaf.words[:1] == ("find",) and isinstance(workdir, str) and workdir != "/" and _finds(leaf, workdir):
        return f"`{leaf.text}` may delete the working directory"
    if not leaf.words or leaf.words[0] not in _REMOVERS or workdir == "/":
        return None
    for word in leaf.words[1:]:
        plain = _expanded(word.strip("\"'"), scope)
        if word.startswith("-") or not plain:
            continue
        gone = plain in (".", "..") or plain.startswith("../") or "pwd" in plain.lower()
        if not gone and isinstance(workdir, str):
            path = normpath(join(_directory(leaf, workdir), plain))
            gone = (workdir + "/").startswith(path.rstrip("/") + "/") or ("$" in plain and not _set_here(leaf, plain))
            gone = gone or (path.startswith("?") and path.rpartition("/")[2] in workdir.split("/"))
        if gone:
            return f"`{leaf.text}` may delete the folder that the next RUN starts in"
    return None


def _expanded(word: str, scope: Scope) -> str:
    known = scope.variables()

    def value(match: re.Match[str]) -> str:
        found = known.get(match[1] or match[2])
        return found if isinstance(found, str) else match[0]

    return _VARIABLE.sub(value, word)


def _finds(leaf: Leaf, workdir: str) -> bool:
    """Whether `find` deletes folders at or above the one that the next RUN starts in, as far as its words tell."""
    text = " ".join(w.strip("\"'") for w in leaf.words)
    if not re.search(r"\s-delete\b|\srm\s", text) or re.search(r"\s-type [fl]\b", text):
        return False
    start = normpath(join(_directory(leaf, workdir), (*(w for w in leaf.words[1:2] if w[:1] != "-"), ".")[0]))
    inside = start == workdir and "-mindepth" in text
    names = re.findall(r"-i?name (\S+)", text)
    parts = workdir.split("/")[1:]
    named = not names or any(fnmatchcase(part, name) for part in parts for name in names)
    return named and not inside and (start == "/" or (workdir + "/").startswith(start + "/"))


def _set_here(leaf: Leaf, word: str) -> bool:
    """Whether all variables of a word were set in the same shell."""
    names = [m[1] or m[2] for m in _VARIABLE.finditer(word)]
    changes = " ".join(leaf.state.changes)
    return bool(names) and all(re.search(rf"\b(?:{n}=|for {n}\b|read\b.*\b{n}\b)", changes) for n in names)


def _directory(leaf: Leaf, workdir: str) -> str:
    """The directory a command runs in; one that starts with ``?`` when it is not known."""
    at = workdir
    for change in leaf.state.changes:
        words = change.split()
        if words[0] in ("cd", "pushd", "popd"):
            target = words[-1].strip("\"'") if len(words) > 1 else "?"
            at = join(at, "?" if "$" in target or target.startswith(("~", "-")) else target)
    return at if "?" not in at else "?" + at.rpartition("?")[2]
