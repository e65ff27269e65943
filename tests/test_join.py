"""Joining RUNs: the right wrap for each hazard, or a refusal that names what stands in the way."""

from __future__ import annotations

import itertools
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from dockerlint.edits import Fix, Licence, Safety, apply
from dockerlint.findings import Withheld
from dockerlint.fixer import fix
from dockerlint.model.build import build
from dockerlint.rewrite.join import groups, join, join_over
from dockerlint.settings import Settings
from dockerlint.source import Source
from dockerlint.syntax import parse
from dockerlint.verify import verify
from joined import BODIES, leaves


def joined(text: str) -> str | Withheld:
    """All RUNs of `text` joined."""
    graph = build(parse(text))
    outcome = join(graph, [s for s in graph.steps if s.instruction.keyword == "RUN"])
    return apply(text, list(outcome.edits)) if isinstance(outcome, Fix) else outcome


def pair(first: str, second: str, head: str = "") -> str | Withheld:
    """The body of the joined RUN, its parts on one line."""
    outcome = joined(f"FROM debian:12\n{head}RUN {first}\nRUN {second}\n")
    if isinstance(outcome, Withheld):
        return outcome
    return " ".join(outcome.split("RUN ", 1)[1].replace("\\\n", " ").split())


BASH = 'SHELL ["/bin/bash", "-c"]\n'
ERREXIT = 'SHELL ["/bin/bash", "-eo", "pipefail", "-c"]\n'
# fmt: off
WRAPS = [
    # hazard of the table, two bodies, the joined one
    ("pure lists", "a && b", "c", "a && b && c"),
    ("1 cd", "cd src && make", "cp m /out", "(cd src && make) && cp m /out"),
    ("1 pushd", "pushd x; a", "b", "(pushd x; a) && b"),
    ("1 cd that may fail", "cd src || true", "b", "(cd src || true) && b"),
    ("1 cd in a subshell of its own", "(cd src && make)", "b", "(cd src && make) && b"),
    ("1 cd in a group", "{ cd x; }", "b", "({ cd x; }) && b"),
    ("1 cd in the last one", "a", "cd x && b", "a && cd x && b"),
    ("2 a list second", "a", "b; c", "a && { b; c; }"),
    ("2 a list first", "a; b", "c", "{ a; b; } && c"),
    ("2 lists", "a; b", "c; d", "{ a; b; } && { c; d; }"),
    ("2 a list that ends in ;", "a", "b; c;", "a && { b; c; }"),
    ("3 || second", "./configure", "test -d b || mkdir b", "./configure && { test -d b || mkdir b; }"),
    ("3 || and && second", "a", "b || c && d", "a && { b || c && d; }"),
    ("4 || first", "a || b", "c", "a || b && c"),
    ("5 a trailing ;", "a;", "b", "a && b"),
    ("5 a trailing ; and blanks", "a ;  ", "b", "a && b"),
    ("8 pipefail in the first", "set -o pipefail && a | b", "c | d", "(set -o pipefail && a | b) && c | d"),
    ("9 export", "export X=1 && a", "b", "(export X=1 && a) && b"),
    ("9 assignment", "X=1; a $X", "b $X", "(X=1; a $X) && b $X"),
    ("9 an assignment for one command", "X=1 a", "b", "X=1 a && b"),
    ("9 unset", "unset X; a", "b", "(unset X; a) && b"),
    ("9 a default that is assigned", ": ${X:=1}; a", "b $X", "(: ${X:=1}; a) && b $X"),
    ("9 read", "read X < f; a", "b", "(read X < f; a) && b"),
    ("9 a loop's variable", "for i in 1; do a $i; done", "b $i", "(for i in 1; do a $i; done) && b $i"),
    ("10 a function", "f() { a; }; f", "f", "(f() { a; }; f) && f"),
    ("11 exit", "[ -f x ] || exit 0; gen x", "b", "([ -f x ] || exit 0; gen x) && b"),
    ("12 exec", "exec ./setup.sh", "b", "(exec ./setup.sh) && b"),
    ("13 exec of redirections", "exec >log; a", "b", "(exec >log; a) && b"),
    ("14 umask", "umask 077 && a", "b", "(umask 077 && a) && b"),
    ("14 ulimit", "ulimit -c 0 && a", "b", "(ulimit -c 0 && a) && b"),
    ("15 trap", "trap 'rm -rf /tmp/b' EXIT; a", "b", "(trap 'rm -rf /tmp/b' EXIT; a) && b"),
    ("16 IFS", "IFS=:; a $P", "b", "(IFS=:; a $P) && b"),
    ("16 set -f", "set -f; a *", "b *", "(set -f; a *) && b *"),
    ("16 set --", "set -- a; b $1", "c $1", "(set -- a; b $1) && c $1"),
    ("16 shopt", "shopt -s nullglob; a *", "b *", "(shopt -s nullglob; a *) && b *"),
    ("17 installed and called by the next", "wget a", "apk add wget && wget b", "(wget a) && apk add wget && wget b"),
    ("17 a moved program", "t --version; mv /o/t /usr/bin/t", "t", "(t --version; mv /o/t /usr/bin/t) && t"),
    ("17 pip upgrades pip3", "pip3 install -U pip", "pip3 install x", "(pip3 install -U pip) && pip3 install x"),
    ("17 installed and then called", "apk add wget && wget a", "wget b", "apk add wget && wget a && wget b"),
    ("17 called and then installed", "wget a && apk add wget", "wget b", "(wget a && apk add wget) && wget b"),
    ("17 pip upgrades pip", "pip install -U pip", "pip install x", "(pip install -U pip) && pip install x"),
    ("18 a comment behind", "make # quick", "make install", "make # quick && make install"),
    ("27 source", ". ./env && a", "b", "(. ./env && a) && b"),
    ("27 the same source twice", ". ./e && a", ". ./e && b", "(. ./e && a) && . ./e && b"),
    ("28 another account", "useradd app", "b", "useradd app && b"),
    ("28 another account is changed", "usermod -u 5 app", "b", "usermod -u 5 app && b"),
    ("28 a change that no RUN sees", "a", "usermod -d /x root", "a && usermod -d /x root"),
    ("a negation", "! a", "b", "! a && b"),
    ("a pipeline", "a | b", "c", "a | b && c"),
    ("an if", "if a; then b; fi", "c", "if a; then b; fi && c"),
    ("a case", "case $X in a) b;; esac", "c", "case $X in a) b;; esac && c"),
    ("a program by its path", "${JAVA_HOME}/bin/java x", "b", "${JAVA_HOME}/bin/java x && b"),
    ("an rc file read", "cat ~/.bashrc", "b", "cat ~/.bashrc && b"),
    ("a daemon in the last one", "a", "service x start && b", "a && service x start && b"),
]
LISTS = [
    # under errexit one list; a subshell left of && would switch it off
    ("7 set -e twice", "", "set -e; a; b", "set -e; c", "set -e; a; b; set -e; c"),
    ("7 set -eux twice", "", "set -eux; a; b", "set -eux; c; d", "set -eux; a; b; set -eux; c; d"),
    ("7 set -e and nothing else", "", "set -e && a", "set -e && b", "(set -e && a) && set -e && b"),
    ("7 SHELL -e, lists", ERREXIT, "a; b", "c; d", "a; b; c; d"),
    ("7 SHELL -e, chains", ERREXIT, "a && b", "c", "a && b && c"),
    ("7 SHELL -e, a chain and a list", ERREXIT, "a", "c; d", "a && { c; d; }"),
    ("8 SHELL with pipefail", ERREXIT, "a | b; c", "d", "a | b; c; d"),
]
REFUSED = [
    # hazard, instructions before, two bodies, a part of the reason, the text it points at
    ("6 a trailing &", "", "service mysql start &", "b", "background job", "&"),
    ("6 an & inside", "", "a & sleep 5; b", "c", "background job", "&"),
    ("7 set -e in the first only", "", "set -e; a; b", "c", "`set -e`", None),
    ("7 set -e in the second only", "", "set -e; a; b", "set -eux; c", "`set -e`", None),
    ("7 cd under errexit", "", "set -e; cd x; a", "set -e; b", "`cd` would reach", None),
    ("7 cd under SHELL -e", ERREXIT, "cd x; a", "b", "`cd` would reach", None),
    ("7 a last && under errexit", ERREXIT, "a; b && c", "d", "no longer stop", "b && c"),
    ("10 alias", "", "alias ll=ls; ll", "b", "`alias`", "alias ll=ls"),
    ("20 wait", "", "a", "wait", "`wait`", "wait"),
    ("21 a heredoc", "", "<<EOF\na\nEOF", "b", "here-document", "<<EOF"),
    ("21 a heredoc for a command", "", "cat <<EOF > /x\na\nEOF", "b", "here-document", "<<EOF"),
    ("22 a mount in one", "", "--mount=type=secret,id=t a", "b", "different flags", "--mount=type=secret,id=t"),
    ("22 a network in the second", "", "a", "--network=none b", "different flags", "--network=none"),
    ("23 a tmpfs", "", "--mount=type=tmpfs,target=/t a", "--mount=type=tmpfs,target=/t b", "next would see", None),
    ("23 a bind mount for writing", "", "--mount=target=/t,rw a", "--mount=target=/t,rw b", "next would see", None),
    ("23 a bind mount in capitals", "", "--mount=target=/t,RW a", "--mount=target=/t,RW b", "next would see", None),
    ("23 a bind mount by a number", "", "--mount=target=/t,ro=0 a", "--mount=target=/t,ro=0 b", "next would see", None),
    ("23 a bind mount by a letter", "", "--mount=target=/t,ro=F a", "--mount=target=/t,ro=F b", "next would see", None),
    ("23 a tmpfs in capitals", "", "--mount=type=TMPFS,dst=/t a", "--mount=type=TMPFS,dst=/t b", "next would", None),
    ("23 a mount of unknown type", "", "--mount=type=$T,dst=/t a", "--mount=type=$T,dst=/t b", "next would see", None),
    ("25 exec form", "", '["a", "b"]', "c", "exec form", "RUN"),
    ("26 a login shell", 'SHELL ["/bin/bash", "-lc"]\n', "a", "b", "login", None),
    ("26 a login shell by its long name", 'SHELL ["/bin/bash", "--login", "-c"]\n', "a", "b", "login", None),
    ("/dev/shm entered", "", "cd /dev/shm && a", "b", "`/dev/shm`", "cd /dev/shm"),
    ("26 BASH_ENV", "ENV BASH_ENV=/x\n" + BASH, "a", "b", "BASH_ENV", None),
    ("26 an rc file", "", "echo a >> ~/.bashrc", "b", "`~/.bashrc`", "~/.bashrc"),
    ("26 a profile", "", "echo a > /etc/profile.d/x.sh", "b", "/etc/profile.d/x.sh", "/etc/profile.d/x.sh"),
    ("26 conda init", "", "conda init bash", "b", "`conda init`", "conda init bash"),
    ("28 the account in force", "", "usermod -d /home/new root", "b", "`usermod`", None),
    ("28 the account of USER", "USER app\n", "usermod -aG docker app", "b", "`usermod`", None),
    ("28 an account by number", "USER 1000\n", "useradd app", "b", "`useradd`", None),
    ("28 /etc/passwd", "", "echo a >> /etc/passwd", "b", "/etc/passwd", None),
    ("33 PowerShell", 'SHELL ["powershell"]\n', "a", "b", "cannot be followed", "RUN"),
    ("34 cmd", 'SHELL ["cmd", "/S", "/C"]\n', "a", "b", "cannot be followed", "RUN"),
    ("eval", "", "eval $(x)", "b", "`eval`", "eval $(x)"),
    ("an unknown program", "", "$CMD a", "b", "`$CMD` is not known", "$CMD a"),
    ("an unknown program second", "", "a", "$(which x) b", "`$(which x)` is not known", "$(which x) b"),
    ("$$", "", "echo $$ > a", "echo $$ > b", "`$$`", "echo $$ > a"),
    ("$RANDOM", "", "a", "echo $RANDOM", "`$RANDOM`", "echo $RANDOM"),
    ("$? at the start", "", "a", "echo $?", "`$?`", "echo $?"),
    ("a template", "", "echo {{ x }}", "b", "template", None),
    ("broken quotes", "", "echo 'a", "b", "cannot be followed", "RUN"),
    ("a replaced shell", "", "rm /bin/sh && ln -s /bin/bash /bin/sh", "source x", "replace the shell", "rm /bin/sh"),
    ("a shell replaced there", "", "cd /bin && ln -sf bash sh", "x", "replace the shell", "ln -sf bash sh"),
    ("a package with /bin/sh", "", "apk add dash-binsh", "x", "replace the shell", "apk add dash-binsh"),
    ("a reconfigured shell", "", "dpkg-reconfigure dash", "b", "replace the shell", "dpkg-reconfigure dash"),
    ("a service", "", "service mysql start && a", "b", "`service` starts", "service mysql start"),
    ("an init script", "", "/etc/init.d/x restart; a", "b", "`x` starts", "/etc/init.d/x restart"),
    ("a daemon", "", "sudo mysqld && a", "b", "`mysqld` starts", "sudo mysqld"),
    ("a program that detaches", "", "x --daemon && a", "b", "`x` starts", "x --daemon"),
    ("nohup", "", "nohup a", "b", "starts", "nohup a"),
    ("/etc/hosts", "", "echo 1 x >> /etc/hosts", "curl x", "`/etc/hosts`", "echo 1 x >> /etc/hosts"),
    ("/dev/shm", "", "cp a /dev/shm/b", "c", "`/dev/shm/b`", "cp a /dev/shm/b"),
    ("a kernel setting", "", "sysctl -w a=b", "c", "`sysctl`", "sysctl -w a=b"),
    ("a kill", "", "kill 1", "b", "`kill`", "kill 1"),
    ("the working directory goes", "WORKDIR /w\n", "rm -rf /w", "b", "working directory", "rm -rf /w"),
    ("find deletes it", "WORKDIR /w/x\n", "find / -name w -exec rm -rf {} +", "b", "working directory", None),
    ("find deletes what holds it", "WORKDIR /w/x\n", "find /w -mindepth 1 -delete", "b", "working directory", None),
    ("it may go", "WORKDIR $W\n", "rm -rf $W", "b", "working directory", "rm -rf $W"),
    ("24 ENV", "", "a\nENV X=1", "b", "ENV on line 3", "ENV"),
    ("24 USER", "", "a\nUSER x", "b", "USER on line 3", "USER"),
    ("24 COPY", "", "a\nCOPY x /x", "b", "COPY on line 3", "COPY"),
    ("34 a pragma between", "", "a\n# hadolint ignore=DL3008", "b", "speaks of one RUN", "# hadolint ignore=DL3008"),
    ("34 another's pragma", "", "a\n# checkov:skip=X", "b", "speaks of one RUN", "# checkov:skip=X"),
    ("34 a pragma behind", "", "a # nosec", "b", "comment", "# nosec"),
]
# fmt: on


@pytest.mark.parametrize(("first", "second", "expected"), [w[1:] for w in WRAPS], ids=[w[0] for w in WRAPS])
def test_wrapped_as_the_hazard_asks(first: str, second: str, expected: str) -> None:
    head = BASH if "shopt" in first or "pushd" in first else ""
    assert pair(first, second, head) == expected


@pytest.mark.parametrize(("head", "first", "second", "expected"), [w[1:] for w in LISTS], ids=[w[0] for w in LISTS])
def test_errexit_lists_stay_lists(head: str, first: str, second: str, expected: str) -> None:
    assert pair(first, second, head) == expected


@pytest.mark.parametrize(
    ("head", "first", "second", "why", "token"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_refused_with_the_reason_and_its_place(head: str, first: str, second: str, why: str, token: str | None) -> None:
    text = f"FROM debian:12\n{head}RUN {first}\nRUN {second}\n"
    outcome = joined(text)
    assert isinstance(outcome, Withheld)
    assert why in outcome.reason
    if token is not None:
        assert outcome.span is not None
        assert text[outcome.span.start : outcome.span.end] == token


def test_17_a_program_called_moved_and_called_again_by_three() -> None:
    text = "FROM debian:12\nRUN tool a\nRUN mv /opt/tool /usr/bin/tool\nRUN tool b\n"
    assert joined(text) == ("FROM debian:12\nRUN (tool a) \\\n    && mv /opt/tool /usr/bin/tool \\\n    && tool b\n")
    assert fix(Source(text), Settings(select=("LAY003",))).applied


def test_19_comment_lines_inside_and_between_are_kept() -> None:
    text = "FROM x\nRUN a \\\n    # inside\n    && b\n# between\n\n# two\nRUN c\n"
    assert joined(text) == ("FROM x\nRUN a \\\n    # inside\n    && b \\\n    # between\n    # two\n    && c\n")


def test_23_flags_are_kept_once() -> None:
    flag = "--mount=type=cache,target=/c"
    assert joined(f"FROM x\nRUN {flag} a\nRUN {flag} b\n") == f"FROM x\nRUN {flag} a \\\n    && b\n"
    two = "--network=none --mount=type=cache,target=/c"
    swapped = "--mount=type=cache,target=/c --network=none"
    assert joined(f"FROM x\nRUN {two} a\nRUN {swapped} b\n") == f"FROM x\nRUN {two} a \\\n    && b\n"


@pytest.mark.parametrize(
    "mount", ["type=cache,target=/c", "type=ssh", "target=/t,ro", "source=a,target=/t,Readonly=TRUE"]
)
def test_23_mounts_that_are_the_same_for_the_next(mount: str) -> None:
    text = f"FROM debian:12\nRUN --mount={mount} a\nRUN --mount={mount} b\n"
    settings = Settings(select=("LAY003",), options={"consecutive-runs": {"minimum": 2}})
    assert fix(Source(text), settings).text == f"FROM debian:12\nRUN --mount={mount} a \\\n    && b\n"


def test_29_length() -> None:
    long = "echo " + " \\\n ".join(["a" * 49_000] * 2)
    outcome = joined(f"FROM x\nRUN {long}\nRUN {long}\n")
    assert isinstance(outcome, Withheld)
    assert "longer" in outcome.reason


def test_30_triggers_are_not_touched() -> None:
    text = "FROM x\nONBUILD RUN a\nONBUILD RUN b\nONBUILD RUN c\n"
    assert fix(Source(text), Settings()).text == text


def test_32_apt_in_one_run() -> None:
    text = (
        "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y --no-install-recommends curl\n"
        "RUN rm -rf /var/lib/apt/lists/*\n"
    )
    assert fix(Source(text), Settings(select=("LAY004",))).text == (
        "FROM debian:12\nRUN apt-get update \\\n    && apt-get install -y --no-install-recommends curl \\\n"
        "    && rm -rf /var/lib/apt/lists/*\n"
    )


def test_a_row_is_cut_where_it_cannot_be_joined() -> None:
    graph = build(parse("FROM x\nRUN a\nRUN b\nRUN eval c\nRUN d\nRUN e\n"))
    rows, cuts = groups(graph, graph.stages[0].steps)
    assert [[s.instruction.start_line for s in row] for row in rows] == [[2, 3], [4], [5, 6]]
    assert all("eval" in cut.reason for cut in cuts)


# Layouts
# fmt: off
LAYOUTS = [
    ("&& at the start of lines", "RUN a \\\n && b\nRUN c\n", "RUN a \\\n && b \\\n && c\n"),
    ("&& at the end of lines", "RUN a && \\\n  b\nRUN c\n", "RUN a && \\\n  b && \\\n  c\n"),
    ("tabs", "RUN a \\\n\t&& b\nRUN c\n", "RUN a \\\n\t&& b \\\n\t&& c\n"),
    ("the majority decides", "RUN a && \\\n  b && \\\n  c\nRUN d \\\n    && e\n",
     "RUN a && \\\n  b && \\\n  c && \\\n  d \\\n    && e\n"),
    ("nothing to go by", "RUN a\nRUN b\n", "RUN a \\\n    && b\n"),
    ("blank lines between", "RUN a\n\n\nRUN b\n", "RUN a \\\n    && b\n"),
    ("a comment between", "RUN a\n# why\nRUN b\n", "RUN a \\\n    # why\n    && b\n"),
    ("an indented comment", "RUN a\n   # why\nRUN b\n", "RUN a \\\n    # why\n    && b\n"),
    ("a comment behind &&", "RUN a && \\\n  b\n# why\nRUN c\n", "RUN a && \\\n  b && \\\n  # why\n  c\n"),
    ("a trailing comment", "RUN a # why\nRUN b\n", "RUN a \\\n    # why\n    && b\n"),
    ("no newline at the end", "RUN a\nRUN b", "RUN a \\\n    && b"),
    ("lower case", "run a\nrun b\n", "run a \\\n    && b\n"),
    ("an indented RUN", "  RUN a\n  RUN b\n", "  RUN a \\\n    && b\n"),
    ("blanks behind a body", "RUN a  \nRUN b\n", "RUN a \\\n    && b\n"),
    ("a continuation in front", "RUN \\\n  a\nRUN \\\n  b\n", "RUN \\\n  a \\\n    && b\n"),
    ("blank lines inside", "RUN a \\\n\n && b\nRUN c\n", "RUN a \\\n\n && b \\\n && c\n"),
]
# fmt: on


@pytest.mark.parametrize(("before", "after"), [row[1:] for row in LAYOUTS], ids=[row[0] for row in LAYOUTS])
def test_layout(before: str, after: str) -> None:
    assert joined(f"FROM x\n{before}") == f"FROM x\n{after}"


def test_layout_crlf() -> None:
    assert joined("FROM x\r\nRUN a \\\r\n  && b\r\n# why\r\nRUN c\r\n") == (
        "FROM x\r\nRUN a \\\r\n  && b \\\r\n  # why\r\n  && c\r\n"
    )


def test_layout_backtick() -> None:
    assert joined("# escape=`\nFROM debian:12\nRUN a `\n  && b\nRUN c\n") == (
        "# escape=`\nFROM debian:12\nRUN a `\n  && b `\n  && c\n"
    )


@pytest.mark.parametrize("before", [row[1] for row in LAYOUTS], ids=[row[0] for row in LAYOUTS])
def test_a_second_run_changes_nothing(before: str) -> None:
    settings = Settings(options={"consecutive-runs": {"minimum": 2}})
    once = fix(Source(f"FROM debian:12-slim\n{before}"), settings).text
    assert "&& " in once
    assert fix(Source(once), settings).text == once


def test_the_table_survives_verify() -> None:
    """What the table joins, the gate accepts: nothing is refused twice over."""
    settings = Settings(select=("LAY003",), options={"consecutive-runs": {"minimum": 2}})
    refused = {}
    for name, first, second, _ in WRAPS:
        head = BASH if "shopt" in first or "pushd" in first else ""
        result = fix(Source(f"FROM debian:12\n{head}RUN {first}\nRUN {second}\n"), settings)
        if not result.applied:
            refused[name] = [f.withheld and f.withheld.reason for f in result.withheld]
    assert not refused


# The same, by doing it: two shells in a row against one

SHELLS = {
    "sh": ["/bin/sh", "-c"],
    "sh -e": ["/bin/sh", "-ec"],
    "bash": ["/bin/bash", "-c"],
    "bash -eo pipefail": ["/bin/bash", "-eo", "pipefail", "-c"],
}


def one_body(shell: list[str], bodies: tuple[str, ...]) -> str | None:
    """The joined body as the builder would hand it to the shell; None when the join is refused."""
    words = ", ".join(f'"{w}"' for w in shell)
    outcome = joined(f"FROM x\nSHELL [{words}]\n" + "".join(f"RUN {b}\n" for b in bodies))
    if isinstance(outcome, Withheld):
        return None
    (step,) = [s for s in build(parse(outcome)).steps if s.instruction.keyword == "RUN"]
    return step.instruction.arguments


@pytest.mark.parametrize("name", [n for n, words in SHELLS.items() if shutil.which(words[0])])
def test_joined_bodies_do_what_they_did(name: str, tmp_path: Path) -> None:
    """A sample of all pairs; ``python tests/joined.py`` tries more."""
    pairs = random.Random(name).sample(list(itertools.product(BODIES, repeat=2)), 150)
    wrong, tried = [], 0
    for i, bodies in enumerate(pairs):
        body = one_body(SHELLS[name], bodies)
        if body is None:
            continue
        tried += 1
        apart = leaves(SHELLS[name], bodies, tmp_path / f"{i}a")
        together = leaves(SHELLS[name], (body,), tmp_path / f"{i}b")
        if apart != together:
            wrong.append((bodies, body, apart, together))
    assert not wrong
    assert tried > 50


def test_bodies_are_fit_for_the_comparison(tmp_path: Path) -> None:
    """The comparison can fail: a naive join shows it."""
    first, second = "cd d", "echo x >x"
    assert first in BODIES
    shell = SHELLS["sh"]
    assert leaves(shell, (first, second), tmp_path / "a") != leaves(shell, (f"{first} && {second}",), tmp_path / "b")
    assert subprocess.run(["/bin/sh", "-c", "true"]).returncode == 0


CONFIGURATION = """FROM debian:12
RUN a
{0}
RUN b
"""


@pytest.mark.parametrize(
    "between",
    [
        "EXPOSE 80",
        "LABEL a=b \\\n  c=d",
        "CMD x && y",
        'ENTRYPOINT ["x"]',
        "STOPSIGNAL 9",
        "HEALTHCHECK CMD x",
        "# why\nEXPOSE 80\n\nLABEL a=b",
    ],
)
def test_configuration_goes_behind_the_joined_run(between: str) -> None:
    assert joined(CONFIGURATION.format(between)) == f"FROM debian:12\nRUN a \\\n    && b\n{between}\n"


def test_configuration_between_several() -> None:
    text = "FROM debian:12\nRUN a\n# 1\nEXPOSE 1\n# b it is\nRUN b; c\nCMD x\n\nRUN d || e\n\nUSER u\nCMD y"
    assert joined(text) == (
        "FROM debian:12\nRUN a \\\n    # b it is\n    && { b; c; } \\\n    && { d || e; }\n"
        "# 1\nEXPOSE 1\nCMD x\n\nUSER u\nCMD y"
    )


@pytest.mark.parametrize("end", ["", "\n"])
def test_configuration_at_the_end_of_the_file(end: str) -> None:
    assert joined(f"FROM debian:12\nRUN a\nCMD x\nRUN cd b; c{end}") == (
        f"FROM debian:12\nRUN a \\\n    && {{ cd b; c; }}\nCMD x{end}"
    )


@pytest.mark.parametrize("between", ["ENV A=b", "USER u", "WORKDIR /w", "COPY a b", "VOLUME /v", "ONBUILD RUN x"])
def test_what_a_run_notices_stays_between(between: str) -> None:
    outcome = joined(CONFIGURATION.format(between))
    assert isinstance(outcome, Withheld)
    assert outcome.reason == f"{between.split()[0]} on line 3 stands between"


SCRIPT = "RUN <<EOF\nset -eu\n{0}\nEOF\n"


@pytest.mark.parametrize(
    ("first", "between", "second", "script"),
    [
        ("a\nb", "", "c", "a\nb\nc\n"),
        ("a", "# why\n\n", "# inside\n\nb || c", "a\n# why\n# inside\n\nb || c\n"),
        ("if a; then b; fi\nc", "", "cd d\ne", "if a; then b; fi\nc\ncd d\ne\n"),
    ],
)
def test_here_documents_become_one_script(first: str, between: str, second: str, script: str) -> None:
    text = f"FROM debian:12\n{SCRIPT.format(first)}{between}{SCRIPT.format(second)}"
    assert joined(text) == f"FROM debian:12\nRUN <<EOF\nset -eu\n{script}EOF\n"


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (SCRIPT.format("cd a\nb"), SCRIPT.format("c"), "`cd` would reach the next RUN"),
        (SCRIPT.format("a && b"), SCRIPT.format("c"), "would no longer stop the build"),
        (SCRIPT.format("a"), SCRIPT.format("b").replace("<<EOF", "<<-EOF"), "different marks"),
        (SCRIPT.format("a"), SCRIPT.format("b").replace("EOF", "END"), "different marks"),
        (SCRIPT.format("a").replace("set -eu\n", ""), SCRIPT.format("b"), "has no `set -e`"),
        (SCRIPT.format("a"), SCRIPT.format("b").replace("-eu", "-e"), "other options"),
        (SCRIPT.format("a"), "EXPOSE 80\n" + SCRIPT.format("b"), "stands between"),
        (SCRIPT.format("a"), "RUN b\n", "cannot be joined with `&&`"),
        (SCRIPT.format("a").replace("set", "#!/bin/sh\nset"), SCRIPT.format("b"), "cannot be joined with `&&`"),
    ],
)
def test_here_documents_that_stay_apart(first: str, second: str, reason: str) -> None:
    outcome = joined(f"FROM debian:12\n{first}{second}")
    assert isinstance(outcome, Withheld)
    assert reason in outcome.reason


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("apt-get install -y gcc", "git clone https://x/y.git", True),
        ("make", "curl -O https://x/releases/latest/download/y", True),
        ("apt-get install -y gcc", "git clone -b v1.2 https://x/y.git", False),
        ("git clone https://x/y.git && make", "git pull", False),
        ("echo a", "git clone https://x/y.git", False),
        ("git clone https://x/y.git", "make", False),
    ],
)
def test_the_title_names_what_the_layer_cache_pays(first: str, second: str, told: bool) -> None:
    graph = build(parse(f"FROM debian:12\nRUN {first}\nRUN {second}\n"))
    outcome = join(graph, graph.steps[-2:])
    assert isinstance(outcome, Fix)
    assert ("line 2, which takes long, is then done anew whenever line 3 is" in outcome.title) == told


def across(text: str) -> Fix | Withheld:
    """The first RUN joined with the last, whatever stands between."""
    graph = build(parse(text))
    runs = [s for s in graph.steps if s.instruction.keyword == "RUN"]
    return join_over(graph, runs[0], runs[-1])


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("RUN a\nWORKDIR /w\nRUN b", "RUN a \\\n    && mkdir -p /w && cd /w && b\nWORKDIR /w"),
        ("RUN a\nWORKDIR /w\nRUN b; c", "RUN a \\\n    && mkdir -p /w && cd /w && { b; c; }\nWORKDIR /w"),
        (
            "WORKDIR /w\nRUN a\nWORKDIR sub\n# why\nEXPOSE 80\nRUN b || c\nWORKDIR /z\nRUN cd d && e",
            "WORKDIR /w\nRUN a \\\n    && (mkdir -p /w/sub && cd /w/sub && { b || c; }) \\\n"
            "    && mkdir -p /z && cd /z && cd d && e\nWORKDIR sub\n# why\nEXPOSE 80\nWORKDIR /z",
        ),
        (
            "WORKDIR /w\nRUN a\nWORKDIR /x\nRUN b\nWORKDIR /w\nRUN c",
            "WORKDIR /w\nRUN a \\\n    && (mkdir -p /x && cd /x && b) \\\n"
            "    && mkdir -p /w && cd /w && c\nWORKDIR /x\nWORKDIR /w",
        ),
        (
            "RUN a\nWORKDIR /x\nRUN cd b; c\nRUN d\nWORKDIR /w\nRUN e",
            "RUN a \\\n    && (mkdir -p /x && cd /x && (cd b; c) \\\n    && d) \\\n"
            "    && mkdir -p /w && cd /w && e\nWORKDIR /x\nWORKDIR /w",
        ),
    ],
)
def test_a_folder_is_entered_where_workdir_stands_between(body: str, after: str) -> None:
    text = f"FROM debian:12\n{body}\n"
    outcome = across(text)
    assert isinstance(outcome, Fix)
    assert outcome.safety is Safety.UNSAFE
    fixed = apply(text, list(outcome.edits))
    assert fixed == f"FROM debian:12\n{after}\n"
    assert verify(text, fixed, outcome.licence).ok
    assert not verify(text, fixed, Licence()).ok


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("RUN a\nWORKDIR $X\nRUN b", "not known"),
        ("RUN a\nWORKDIR 'a b'\nRUN b", "not known"),
        ("USER u\nRUN a\nWORKDIR /w\nRUN b", "as root"),
        ("RUN a\nWORKDIR /w\nRUN cd - && b", "was in before"),
        ("RUN a\nWORKDIR /w\nRUN echo $OLDPWD", "was in before"),
        ("RUN set -e; a; b\nWORKDIR /w\nRUN set -e; c", "`set -e`"),
        ("RUN a\nWORKDIR /w\nUSER u\nRUN b", "WORKDIR on line 3 stands between"),
        ("RUN a\nENV A=b\nWORKDIR /w\nRUN b", "ENV on line 3 stands between"),
    ],
)
def test_why_no_folder_is_entered(body: str, reason: str) -> None:
    outcome = across(f"FROM debian:12\n{body}\n")
    assert isinstance(outcome, Withheld)
    assert reason in outcome.reason


@pytest.mark.parametrize(
    "wrong",
    [
        "RUN a && mkdir -p /x && cd /x && b\nWORKDIR /w",  # another folder
        "RUN a && cd /w && b\nWORKDIR /w",  # which may not be there
        "RUN mkdir -p /w && cd /w && a && b\nWORKDIR /w",  # too early
        "RUN a && mkdir -p /w && cd /w && b",  # lost for what follows
        "RUN a && mkdir -p /w && cd /w && c\nWORKDIR /w",
        "RUN a && b\nWORKDIR /w",
        "RUN a && (mkdir -p /w && cd /w) && b\nWORKDIR /w",
        "RUN a && mkdir -p /w && cd /w && b || true\nWORKDIR /w",
    ],
)
def test_wrong_folders_are_refused(wrong: str) -> None:
    before = "FROM x\nRUN a\nWORKDIR /w\nRUN b\nCMD y\n"
    licence = Licence(directories=frozenset(("/w", "/x")))
    assert verify(before, "FROM x\nRUN a && mkdir -p /w && cd /w && b\nWORKDIR /w\nCMD y\n", licence).ok
    assert not verify(before, f"FROM x\n{wrong}\nCMD y\n", licence).ok


@pytest.mark.parametrize(
    "body",
    [
        "find / -name '*.pyc' -delete",
        "find /w -type f -delete",
        "find . -mindepth 1 -delete",
        "find /usr -name w -exec rm {} +",
    ],
)
def test_find_that_leaves_the_working_directory(body: str) -> None:
    settings = Settings(select=("LAY003",), options={"consecutive-runs": {"minimum": 2}})
    text = f"FROM debian:12\nWORKDIR /w\nRUN {body}\nRUN b\n"
    assert fix(Source(text), settings).text == f"FROM debian:12\nWORKDIR /w\nRUN {body} \\\n    && b\n"
