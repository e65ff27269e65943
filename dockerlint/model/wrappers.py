"""Commands that run another command: ``sudo``, ``env``, ``timeout``, ``sh -c``, ``xargs`` and their kin."""

from __future__ import annotations

import re
from itertools import pairwise

from dockerlint.model.invocations import Argument
from dockerlint.record import field, record, replace
from dockerlint.values import UNKNOWN, Unknown, Value


@record
class _Wrapper:
    """How a wrapper's own arguments end and the command begins."""

    valued: frozenset[str]
    """Options that take a value."""
    operands: int = 0
    """Words before the command: the duration of ``timeout``, the user of ``gosu``."""
    user: frozenset[str] | None = None
    """Options that name another user; None for a wrapper that keeps the user."""
    moves: frozenset[str] = frozenset()
    """Options with which the command starts elsewhere."""
    assigns: bool = False
    """Takes ``NAME=value`` words before the command."""


def _wrapper(
    valued: str = "", operands: int = 0, user: str | None = None, moves: str = "", assigns: bool = False
) -> _Wrapper:
    named = None if user is None else frozenset(user.split())
    return _Wrapper(frozenset(valued.split()), operands, named, frozenset(moves.split()), assigns)


_WRAPPERS: dict[str, _Wrapper] = {
    "sudo": _wrapper(
        "-u --user -g --group -h --host -p --prompt -C --close-from -r --role -t --type -T --command-timeout -U"
        " --other-user -D --chdir -R --chroot",
        user="-u --user",
        moves="-D --chdir -i --login -R --chroot",
        assigns=True,
    ),
    "doas": _wrapper("-u -C -a", user="-u"),
    "runuser": _wrapper("-u --user -g --group -G --supp-group", user="-u --user"),
    "env": _wrapper("-u --unset -C --chdir", moves="-C --chdir", assigns=True),
    "nice": _wrapper("-n --adjustment"),
    "ionice": _wrapper("-c --class -n --classdata -p --pid"),
    "timeout": _wrapper("-k --kill-after -s --signal", operands=1),
    "stdbuf": _wrapper("-i --input -o --output -e --error"),
    "xargs": _wrapper("-n --max-args -L --max-lines -P --max-procs -I -d --delimiter -a --arg-file -s --max-chars -E"),
    "time": _wrapper("-f --format -o --output"),
    "exec": _wrapper("-a"),
    "chrt": _wrapper("-T -P -D", operands=1),
    "taskset": _wrapper(operands=1),
    "gosu": _wrapper(operands=1, user=""),
    "su-exec": _wrapper(operands=1, user=""),
    "s6-setuidgid": _wrapper(operands=1, user=""),
    "setuidgid": _wrapper(operands=1, user=""),
    "setarch": _wrapper(operands=1),
    "tini": _wrapper("-p -e"),
    "xvfb-run": _wrapper("-s --server-args -e --error-file -f --auth-file -n --server-num -p --xauth-protocol -w"),
    **dict.fromkeys(
        "nohup command builtin eatmydata linux32 linux64 fakeroot busybox setsid dumb-init dbus-run-session unbuffer"
        " catchsegv".split(),
        _wrapper(),
    ),
}
_LOOK_UP = re.compile(r"-[pvV]*[vV][pvV]*")  # `command -v x` asks, it does not run
_SHELLS = frozenset(("sh", "bash", "dash", "ash", "zsh", "ksh"))
_SHELL_VALUED = frozenset("oO")  # `-o pipefail`, `-O extglob`
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_ROOT = frozenset(("", "root", "0"))


@record(frozen=False)
class Unwrapped:
    """The command that is really run."""

    arguments: list[Argument]
    prefixes: tuple[str, ...] = ()
    assigned: dict[str, Value] = field(default_factory=dict)
    script: Argument | None = None
    """The text given to ``sh -c``."""
    shell: str = "sh"
    """Which shell runs `script`."""
    options: tuple[str, ...] = ()
    """That shell's options."""
    nested: bool = False
    """Arguments come from elsewhere as well (``xargs``)."""
    moved: bool = False
    """Where the command starts is not known."""
    cleared: bool = False
    """``env -i``: nothing but `assigned` is in the environment."""
    other_user: bool = False
    """Runs as another user than the RUN, or perhaps does: HOME is not known."""


def unwrap(arguments: list[Argument], user: Value = "") -> Unwrapped:
    """Look through wrappers, as far as their options are understood. `user`: who runs the RUN."""
    out = Unwrapped(arguments)
    while out.arguments:
        name = _base(out.arguments[0].value)
        if name in _SHELLS:
            out.shell = name
            out.script, out.options = _script(out.arguments)
            return out
        if name == "su" or (name == "runuser" and _su_script(out.arguments) is not None):
            out.script = _su_script(out.arguments)
            out.other_user = True
            out.moved = out.moved or any(a.value in ("-", "-l", "--login") for a in out.arguments[1:])
            if out.script is not None:
                out.prefixes += (name,)
            return out
        if name not in _WRAPPERS or not _step(out, name, _WRAPPERS[name], user):
            return out
    return out


def _step(out: Unwrapped, name: str, wrapper: _Wrapper, user: Value) -> bool:
    """Look through one wrapper; False when it runs nothing, or nothing that can be told."""
    given = out.arguments[1:]
    options, rest = _split_options(given, wrapper.valued)
    if name == "command" and any(isinstance(o, str) and _LOOK_UP.fullmatch(o) for o in options):
        return False
    if name == "env" and any(o.startswith(("-S", "--split-string")) for o in options):
        return False
    named = [str(a.value) for a in rest[: wrapper.operands]]
    rest = rest[wrapper.operands :]
    assigned: dict[str, Value] = {}
    while wrapper.assigns and rest and isinstance(rest[0].value, str) and _ASSIGNMENT.match(rest[0].value):
        key, _, value = rest[0].value.partition("=")
        assigned[key] = value
        rest = rest[1:]
    if not rest or isinstance(rest[0].value, Unknown):
        return False
    if name == "env":
        out.cleared = out.cleared or any(o in ("-", "--ignore-environment") or _has(o, "i") for o in options)
        assigned = {**dict.fromkeys(_unset(given, options), ""), **assigned}
    if name == "xargs":
        out.nested = True
        rest = _replaced(given, options, rest)
    if wrapper.user is not None:
        out.other_user = out.other_user or _other_user(wrapper, options, named, user)
    out.moved = out.moved or any(_is(o, wrapper.moves) for o in options)
    out.assigned.update(assigned)
    out.prefixes += (name,)
    out.arguments = rest
    return True


def _base(value: Value) -> str:
    return "" if isinstance(value, Unknown) else value.rsplit("/", 1)[-1]


def _has(option: str, letter: str) -> bool:
    return option[:1] == "-" and option[1:2] != "-" and letter in option


def _is(option: str, names: frozenset[str]) -> bool:
    """Whether an option as written is one of `names`: ``-D``, ``-Hi``, ``--chdir=/x``."""
    if option.startswith("--"):
        return option.partition("=")[0] in names
    return any(f"-{letter}" in names for letter in option[1:])


def _other_user(wrapper: _Wrapper, options: list[str], named: list[str], user: Value) -> bool:
    """Whether the command may run as another user: one is named, or the RUN's is not root."""
    if wrapper.operands:
        return not named or named[0].partition(":")[0] not in _ROOT or user not in _ROOT
    return user not in _ROOT or any(_is(o, wrapper.user or frozenset()) for o in options)


def _unset(given: list[Argument], options: list[str]) -> list[str]:
    """Names that ``env -u NAME`` takes out."""
    values = [str(a.value) for a in given]
    names = [b for a, b in pairwise(values) if a in ("-u", "--unset")]
    names += [o[2:] for o in options if o.startswith("-u") and len(o) > 2]
    return names + [o.partition("=")[2] for o in options if o.startswith("--unset=")]


def _replaced(given: list[Argument], options: list[str], rest: list[Argument]) -> list[Argument]:
    """``xargs -I {}``: words that hold the mark stand for what is read."""
    mark = ""
    for i, argument in enumerate(given):
        value = argument.value
        if value == "-I" and i + 1 < len(given):
            mark = str(given[i + 1].value)
        elif isinstance(value, str) and value.startswith(("-I", "-i")) and value in options:
            mark = value[2:] or "{}"
        elif value == "--replace" or (isinstance(value, str) and value.startswith("--replace=")):
            mark = value.partition("=")[2] or "{}"
    if not mark:
        return rest
    return [replace(a, value=UNKNOWN, glob=False) if mark in str(a.value) else a for a in rest]


def _split_options(arguments: list[Argument], valued: frozenset[str]) -> tuple[list[str], list[Argument]]:
    """(options as written, what follows them); values of options are left out."""
    options: list[str] = []
    at = 0
    while at < len(arguments):
        value = arguments[at].value
        if isinstance(value, Unknown) or not value.startswith("-"):
            break
        at += 1
        if value == "--":
            break
        options.append(value)
        if value in valued or _takes_next(value, valued):
            at += 1
    return options, arguments[at:]


def _takes_next(value: str, valued: frozenset[str]) -> bool:
    """Whether the value of the last letter of a cluster (``-Hu app``) is the next word."""
    if value.startswith("--"):
        return False
    for i, letter in enumerate(value[1:], 1):
        if f"-{letter}" in valued:
            return i + 1 == len(value)
    return False


def _script(arguments: list[Argument]) -> tuple[Argument | None, tuple[str, ...]]:
    """The operand of ``sh … -c`` and the options; None when the shell runs a file or its standard input."""
    options: list[str] = []
    text, at = False, 1
    while at < len(arguments):
        value = arguments[at].value
        if isinstance(value, Unknown) or not value.startswith(("-", "+")) or value in ("-", "--"):
            break
        at += 1
        options.append(value)
        if value.startswith("--"):
            at += value in ("--rcfile", "--init-file")
            continue
        text = text or (value[0] == "-" and "c" in value)
        if _SHELL_VALUED & set(value[1:]) and at < len(arguments):
            options.append(str(arguments[at].value))
            at += 1
    if at < len(arguments) and arguments[at].value in ("-", "--"):
        at += 1
    return (arguments[at] if text and at < len(arguments) else None), tuple(options)


def _su_script(arguments: list[Argument]) -> Argument | None:
    for i, argument in enumerate(arguments[:-1]):
        if argument.value in ("-c", "--command", "-lc"):
            return arguments[i + 1]
    return None
