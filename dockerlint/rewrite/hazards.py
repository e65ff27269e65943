"""What makes a RUN body impossible to join, however wrapped: it outlives its step or changes what the next finds.

Rows of the table of merge hazards in the project's references.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise

from dockerlint.findings import Withheld
from dockerlint.model.invocations import Argument, Invocation
from dockerlint.model.paths import absolute, matches
from dockerlint.rewrite.bodies import Body, by_path, name_of, parameters
from dockerlint.shell.tree import Node, Redirect, Sequence, Simple
from dockerlint.shell.walk import children
from dockerlint.values import Unknown, Value

MAX_JOINED = 100_000  # characters; one argument may have 131,072 bytes on Linux (MAX_ARG_STRLEN)
REFUSED = frozenset("eval alias wait jobs fg bg disown coproc suspend".split())
_SPECIAL = frozenset(
    ("$", "!", "_", "-", "PPID", "RANDOM", "SECONDS", "BASHPID", "SHLVL", "LINENO", "BASH_COMMAND", "BASH_SUBSHELL")
)
_TEMPLATE = re.compile(r"\{\{|\}\}|<%|%>|\{%|%\}")
_BARE = re.compile(r"([-_@=<>~!\[].*|[\d.]+)$")
_READERS = frozenset("cd echo printf test [ which type command grep cat ls mkdir export set touch rmdir git".split())
_BUILDERS = frozenset(
    "make gmake ninja cmake meson scons waf bazel rake dpkg rpm stow corepack update-alternatives".split()
)
_MANAGERS = frozenset("apt-get apt apk yum dnf microdnf zypper pip pip3 npm gem conda".split())
_SHELLS = frozenset("sh bash dash ash zsh ksh".split())
_PLACES = frozenset(("mv", "cp", "ln", "install", "rsync"))
_USUAL_WORKDIRS = (
    "/home",
    "/root",
    "/opt",
    "/srv",
    "/usr/src",
    "/usr/local/src",
    "/var/www",
    "/workspace",
    "/app",
    "/src",
    "/code",
    "/data",
)


def refusal(it: Body) -> Withheld | None:
    """What makes a join of this body impossible, whatever the other one is."""
    text = it.shell.logical.text
    if len(text) > MAX_JOINED:
        return Withheld("the RUN is too long to be joined", None, "move a part of it into a script")
    if "\r" in text or _TEMPLATE.search(text):
        return Withheld(
            "the RUN holds a template marker or a stray carriage return", None, "fix the template, or the line ends"
        )
    return next(_refused(it), None)


def deletes_workdir(it: Body) -> Withheld | None:
    """A command that may delete the directory in which the next RUN starts: the builder would make it anew."""
    workdir = it.step.scope.workdir
    if workdir == "/":
        return None
    for inv in it.step.invocations:
        if inv.program == "find" and _finds(inv, workdir):
            return Withheld("the command may delete the working directory", inv.span, "find files only: `-type f`")
        if inv.program in ("rm", "rmdir", "mv", "unlink"):
            for argument in inv.arguments:
                option = isinstance(argument.value, str) and argument.value.startswith("-")
                if not option and _may_hold(argument, inv.cwd, workdir):
                    return Withheld(
                        "the command may delete the working directory",
                        inv.span,
                        "delete what is in it, not the folder itself",
                    )
    return None


def _finds(inv: Invocation, workdir: Value) -> bool:
    """Whether `find` may delete a folder that is the working directory, or holds it."""
    words = [a.value if isinstance(a.value, str) else "?" for a in inv.arguments]
    if "-delete" not in words and "rm" not in words:
        return False
    if isinstance(workdir, Unknown) or (("-type", "d") not in pairwise(words) and "-type" in words):
        return False
    start = absolute(next((w for w in words if w[:1] not in "-(!" or not w), "."), inv.cwd)
    parts = [posixpath.basename(workdir), *workdir.split("/")[1:-1]]
    named = [w for option, w in pairwise(words) if option in ("-name", "-iname")]
    if named and not any(matches(part, pattern) for part in parts for pattern in named):
        return False
    return (
        isinstance(start, Unknown)
        or start == "/"
        or ((workdir + "/").startswith(start + "/") and not (start == workdir and "-mindepth" in words))
    )


def _may_hold(argument: Argument, cwd: Value, workdir: Value) -> bool:
    """Whether a path is, or may be, the working directory or one above it."""
    path = absolute(argument.value, cwd)
    if isinstance(path, Unknown):
        value = argument.value  # a plain name goes down from here
        return isinstance(value, Unknown) or value.startswith((".", "~", "*"))
    if isinstance(workdir, Unknown):
        return path.count("/") == 1 or path.startswith(_USUAL_WORKDIRS)
    places = [workdir]
    while places[-1] != "/":
        places.append(posixpath.dirname(places[-1]))
    return any(matches(p, path) if argument.glob else p == path for p in places)


def _refused(it: Body) -> Iterator[Withheld]:
    for node in _everything(it.root):
        if isinstance(node, Sequence):
            for item in node.items:
                if item.terminator == "&":
                    yield Withheld(
                        "a background job would outlive its RUN",
                        item.terminator_span,
                        "end the job in the RUN that starts it",
                    )
        for redirect in getattr(node, "redirects", ()):
            if isinstance(redirect, Redirect) and redirect.heredoc is not None:
                yield Withheld(
                    "a here-document cannot be joined with `&&`",
                    redirect.span,
                    "write the file with COPY, or with printf",
                )
        if isinstance(node, Simple):
            yield from _refused_command(it, node)
    for comment in () if it.shell.heredoc_script else it.shell.comments:
        if comment.span.start < it.end or "\n" in it.step.instruction.logical.text:
            yield Withheld(
                "a shell comment stands between commands",
                comment.span,
                "put the comment on a line of its own, which the builder drops",
            )


def _refused_command(it: Body, command: Simple) -> Iterator[Withheld]:
    name = name_of(command)
    if name in REFUSED:
        yield Withheld(f"`{name}` cannot be followed", command.span, "write the command that it stands for")
    if command.words and command.words[0].literal is None and not by_path(command):
        yield Withheld(
            f"the command `{command.words[0].text}` is not known before it runs",
            command.span,
            "name the program, or call it by a path",
        )
    for parameter in parameters(command.words):
        if parameter.name in _SPECIAL:
            yield Withheld(f"`${parameter.name}` differs between RUNs", command.span)
    if command is it.commands[0] and any(p.name == "?" for p in parameters(command.words)):
        yield Withheld("`$?` at the start of a RUN would see the previous one", command.span)


def _everything(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from _everything(child)


def rehashed(names: frozenset[str], mover: Body, later: frozenset[str]) -> bool:
    """Whether `mover` may move a program called before and later: the shell remembers the old place."""
    shared = (names & later) - {""}
    return bool(shared) and any(_moves(command, shared, shared - _SYSTEM) for command in mover.commands)


def rehashes(it: Body, later: frozenset[str]) -> bool:
    """Whether a body itself calls a program and then moves it."""
    shared: frozenset[str] = frozenset()
    for command in it.commands:
        shared |= ({name_of(command)} & later) - {""}
        if shared and _moves(command, shared, shared - _SYSTEM):
            return True
    return False


def _moves(command: Simple, shared: frozenset[str], foreign: frozenset[str]) -> bool:
    """Whether a command may put one of these programs at another place of PATH."""
    name = name_of(command)
    words = [w.literal or w.text for w in command.words[1:]]
    if name in _PLACES:
        return bool(words) and words[-1].rstrip("/").rsplit("/", 1)[-1] in shared | {"bin", "sbin"}
    if name in _READERS or not (foreign or name in _MANAGERS):
        return False
    named = {_BARE.sub("", w.rsplit("/", 1)[-1]) for w in words}
    if "pip" in named:
        named |= {"pip2", "pip3"}
    if named & (shared if name in _MANAGERS else foreign):
        return True  # `pip install -U pip`
    if foreign == {name}:
        return False
    if name in _BUILDERS:
        return any("install" in w or w == "-i" for w in words)
    return (
        name in _SHELLS
        or name in ("volta", "pyenv", "rbenv", "asdf", "n")
        or name.endswith((".sh", ".run", ".bin"))
        or _local(command)
    )


def _local(command: Simple) -> bool:
    word = command.words[0].text if command.words else ""
    return word.startswith(("./", "../", "/tmp/"))


# what every base image has and nobody replaces by `make install`
_SYSTEM = frozenset(
    "rm cd mkdir cp mv ln echo printf cat tar chmod chown make touch ls test [ set export apt-get apt apk yum dnf sed"
    " grep find true ldconfig useradd groupadd adduser addgroup".split()
)
