"""What a RUN changes for itself alone, or for the start of the next: a join would make it last, or leave it unread."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dockerlint.findings import Withheld
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import absolute
from dockerlint.rewrite.bodies import Body, name_of
from dockerlint.shell.tree import Simple
from dockerlint.values import Unknown

_STARTERS = frozenset(
    "service invoke-rc.d systemctl rc-service initctl apachectl apache2ctl pg_ctl pg_ctlcluster".split()
)
_STARTS = frozenset(("start", "restart", "reload-or-restart"))
_INIT = re.compile(r"/etc/(rc\.d/)?init\.d/")
_DAEMONS = frozenset(
    "start-stop-daemon daemonize nohup setsid mysqld mysqld_safe mariadbd mongod dockerd containerd supervisord crond"
    " cron sshd Xvfb redis-server rabbitmq-server postgres nginx httpd php-fpm screen tmux gpg-agent ssh-agent".split()
)
_DETACHING = re.compile(r"--(daemon(ize)?|fork|background|detach)(=|$)")
_ASKS = frozenset("--no-daemon -t -T -v -V --version -version version --help -h".split())
_KERNEL = frozenset(
    "mount umount swapon losetup ip iptables nft ifconfig route sysctl hostname modprobe kill reboot".split()
)
_PROVIDED = re.compile(r"/etc/(hosts|resolv\.conf|hostname)$|/dev/shm(/|$)|/(proc|sys)/.")
_READERS = frozenset("cat ls grep egrep test [ head tail stat awk cut wc diff getent readlink mountpoint".split())
_SHELL = re.compile(r"/bin/(ba|da|a|z|k)?sh$|^/etc/alternatives/")
_REPLACERS = frozenset("ln cp mv rm install rsync update-alternatives dpkg-divert busybox".split())


_ACCOUNTS = frozenset(
    "usermod userdel deluser groupmod groupdel delgroup gpasswd chsh chfn passwd vipw vigr newgrp newusers".split()
)
_ADDS_ACCOUNT = frozenset("useradd adduser groupadd addgroup".split())
_ACCOUNT_NAME = re.compile(r"[a-z_][\w-]*")
_START_FILE = re.compile(
    r"\.(bash|z|k)?(rc|profile|shrc|login|zshenv)\b|\.bash_\w+|/etc/(profile|environment|bash\.bashrc|bashrc|zsh)|/etc/(passwd|group)$"
)
_START_FILE_READERS = frozenset(("cat", "ls", "grep", "test", "[", "source", "."))


def for_next(it: Body) -> Withheld | None:
    """The first command of a body that the next RUN finds done otherwise than a joined one would."""
    for inv in it.step.invocations:
        reason = _for_itself(inv)
        if reason is not None:
            return Withheld(reason, inv.span)
    return next((found for command in it.commands for found in _start_files(it, command)), None)


def _for_itself(inv: Invocation) -> str | None:
    words = [a.value for a in inv.arguments if isinstance(a.value, str)]
    if _starts(inv, words):
        return f"`{inv.program}` starts what ends with its RUN"
    if inv.program in _KERNEL and words:
        return f"what `{inv.program}` changes ends with its RUN"
    written = [r.target.text for r in inv.redirects if r.target is not None and not r.operator.startswith("<")]
    for word in (*([] if inv.program in _READERS else words), *written):
        if _PROVIDED.search(word):
            return f"`{word}` is made anew for each RUN"
    dash = (inv.program == "dpkg-reconfigure" and "dash" in words) or any(w.endswith("-binsh") for w in words)
    places = [*words, *(p for w in words if isinstance(p := absolute(w, inv.cwd), str))]
    if dash or (inv.program in _REPLACERS and any(_SHELL.search(place) for place in places)):
        return f"`{inv.program}` may replace the shell of the next RUN"
    return None


def _starts(inv: Invocation, words: list[str]) -> bool:
    if {"nohup", "setsid"} & set(inv.prefixes):
        return True
    if inv.program in _DAEMONS:
        return not _ASKS.intersection(words)
    literal = inv.program_word.literal if inv.program_word is not None else None
    if inv.program in _STARTERS or _INIT.match(literal or ""):
        return not _STARTS.isdisjoint(words)
    return inv.program not in ("echo", "printf") and any(_DETACHING.match(w) for w in words)


def _start_files(it: Body, command: Simple) -> Iterator[Withheld]:
    """Accounts and files that are read when a RUN starts."""
    name = name_of(command)
    words = [w.literal for w in command.words[1:]]
    user = it.step.scope.user
    current = "" if isinstance(user, Unknown) else user.partition(":")[0] or "root"
    named = "root" if current == "0" else current
    another = (
        bool(named)
        and not named.isdigit()
        and named not in words
        and bool(words)
        and _ACCOUNT_NAME.fullmatch(words[-1] or "") is not None
    )
    if name in _ACCOUNTS and not another:
        yield Withheld(f"`{name}` may change the account that the next RUN starts with", command.span)
    if name in _ADDS_ACCOUNT and (not named or named.isdigit() or named in words):
        yield Withheld(f"`{name}` may change the account that the next RUN starts with", command.span)
    for place in words if name in ("cd", "pushd") else ():
        if _PROVIDED.search(place or ""):
            yield Withheld(f"`{place}` is made anew for each RUN", command.span)
    if name == "conda" and "init" in words:
        yield Withheld("`conda init` changes shell start-up files", command.span)
    for word in (*command.words, *(r.target for r in command.redirects if r.target is not None)):
        if _START_FILE.search(word.text) and name not in _START_FILE_READERS:
            yield Withheld(f"`{word.text}` may be read when the next RUN starts", word.span)
