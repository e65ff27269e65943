"""What a shell body runs: words, directories, variables, wrappers, and what surely runs."""

from __future__ import annotations

import pytest

from dockerlint.model.build import build
from dockerlint.model.invocations import Invocation
from dockerlint.syntax import parse
from dockerlint.values import UNKNOWN, Value

BASH = 'SHELL ["/bin/bash", "-c"]\n'


def follow(body: str, head: str = "") -> tuple[Invocation, ...]:
    graph = build(parse(f"FROM debian:12\n{head}RUN {body}\n"))
    return graph.steps[-1].invocations


def one(program: str, body: str, head: str = "") -> Invocation:
    (found,) = [i for i in follow(body, head) if i.program == program]
    return found


def words(program: str, body: str, head: str = "") -> list[Value]:
    return [a.value for a in one(program, body, head).arguments]


def cwd(body: str, head: str = "") -> Value:
    """Where `here` runs."""
    return one("here", body, head).cwd


def certain(body: str, head: str = "", program: str = "rm") -> list[bool]:
    return [i.certain for i in follow(body, head) if i.program == program]


# fmt: off
VARIABLES = [
    # body, instructions before, the arguments of `p`
    ("X=a; p $X", "", ["a"]),
    ("X=a && p \"$X/b\"", "", ["a/b"]),
    ("export X=a; p $X", "", ["a"]),
    ("export X=a Y=$X; p $Y", "", [UNKNOWN]),               # `$X` was expanded before
    ("X=a p $X", "", [UNKNOWN]),                            # the prefix is for `p`, not for its words
    ("readonly X=a; p $X", "", ["a"]),
    ("p $X", "ENV X=a\n", ["a"]),
    ("p $X", "ARG X=a\n", ["a"]),
    ("p $X", "ARG X=a\nENV X=b\n", ["b"]),
    ("p $X", "ARG X\n", [UNKNOWN]),
    ("p $X", "", [UNKNOWN]),                                # the base image may set it
    ("p ${X:-b}", "", [UNKNOWN]),                           # so the default says nothing
    ("p ${X:-b}", "ENV X=\n", ["b"]),
    ("p ${X:-b}", "ENV X=a\n", ["a"]),
    ("p ${X:+b}", "ENV X=a\n", ["b"]),
    ("p ${X-b}", "ENV X=a\n", ["a"]),
    ("p ${X%.tar*}", "ENV X=a.tar.gz\n", ["a"]),
    ("p ${X##*/}", "ENV X=/a/b.c\n", ["b.c"]),
    ("p ${X#*/}", "ENV X=a/b/c\n", ["b/c"]),
    ("p ${X%%/*}", "ENV X=a/b/c\n", ["a"]),
    ("p ${X/a/b}", "ENV X=aa\n", [UNKNOWN]),                # bash only
    ("X=b; unset X; p a$X", "ENV X=a\n", ["a"]),
    ("unset -f X; p $X", "ENV X=a\n", ["a"]),
    ("X=a; X=\"$X b\"; p \"$X\"", "", ["a b"]),
    ("X+=b; p $X", "ENV X=a\n" + BASH, ["ab"]),
    ("X=$(date); p $X", "ENV X=a\n", [UNKNOWN]),
    ("export X=$(date); p $X", "ENV X=a\n", [UNKNOWN]),
    ("export X=$Y; p $X", "ENV X=a Y='b c'\n", [UNKNOWN]),  # dash splits here, bash does not
    ("export X+=b; p $X", "ENV X=a\n" + BASH, [UNKNOWN]),
    ("read X; p $X", "ENV X=a\n", [UNKNOWN]),
    ("printf -v X %s b; p $X", "ENV X=a\n" + BASH, [UNKNOWN]),
    (": ${X:=b}; p $X", "ENV X=\n", [UNKNOWN]),
    ("((X++)); p $X", "ENV X=1\n" + BASH, [UNKNOWN]),
    ("let X=2; p $X", "ENV X=1\n" + BASH, [UNKNOWN]),
    ("for X in a b; do true; done; p $X", "ENV X=c\n", [UNKNOWN]),
    ("for X in a b; do p $X; done", "", [UNKNOWN]),
    ("while true; do X=b; done; p $X", "ENV X=a\n", [UNKNOWN]),
    ("if true; then X=b; fi; p $X", "ENV X=a\n", [UNKNOWN]),
    ("if true; then X=b; else X=c; fi; p $X", "", [UNKNOWN]),
    ("case $Y in a) X=b;; esac; p $X", "ENV X=a\n", [UNKNOWN]),
    ("test -f f && X=b; p $X", "ENV X=a\n", [UNKNOWN]),
    ("false || X=b; p $X", "ENV X=a\n", [UNKNOWN]),
    ("(X=b); p $X", "ENV X=a\n", ["a"]),
    ("{ X=b; }; p $X", "ENV X=a\n", ["b"]),
    ("echo b | read X; p $X", "ENV X=a\n", ["a"]),
    ("X=b & p $X", "ENV X=a\n", ["a"]),
    ("f() { X=b; }; p $X", "ENV X=a\n", ["a"]),
    ("f() { X=b; }; f; p $X", "ENV X=a\n", [UNKNOWN]),
    (". ./env.sh; p $X", "ENV X=a\n", [UNKNOWN]),
    ("eval $(ssh-agent); p $X", "ENV X=a\n", [UNKNOWN]),
    ("p $1 $@ $? $$", "", [UNKNOWN] * 4),
]
# fmt: on


@pytest.mark.parametrize(("body", "head", "expected"), VARIABLES)
def test_variables(body: str, head: str, expected: list[Value]) -> None:
    assert words("p", body, head) == expected


def test_a_prefix_assignment_is_in_the_environment_of_its_command_alone() -> None:
    first, second = [i for i in follow("X=a p; p") if i.program == "p"]
    assert first.variables["X"] == "a"
    assert "X" not in second.variables


# fmt: off
SPLITTING = [
    ("p $X", "ENV X='a  b'\n", ["a", "b"]),
    ("p \"$X\"", "ENV X='a  b'\n", ["a  b"]),
    ("p x$X/y", "ENV X='a b'\n", ["xa", "b/y"]),
    ("p $X", "ENV X=''\n", []),
    ("p \"$X\"", "ENV X=''\n", [""]),
    ("p $X\"\"", "ENV X=''\n", [""]),
    ("p 'a b' c\\ d \"e'f\"", "", ["a b", "c d", "e'f"]),
    ("p '$X' \\$X \"\\$X\"", "ENV X=a\n", ["$X", "$X", "$X"]),
    ("IFS=:; p $X", "ENV X=a:b\n", [UNKNOWN]),
    ("p $(ls) `ls` \"$(ls)/a\"", "", [UNKNOWN] * 3),
    ("p $((1+1))", "", [UNKNOWN]),
    ("p ~ ~/a ~root/a 'b~' \"~\"", "", ["/root", "/root/a", UNKNOWN, "b~", "~"]),
    ("p ~/a", "ENV HOME=/h\n", ["/h/a"]),
    ("p ~/a", "USER app\n", ["/~app/a"]),                    # a sign: only the image's passwd file knows
    ("p ~/a", "USER root:staff\n", ["/root/a"]),
    ("p $HOME/a", "", ["/root/a"]),
    ("p {a,b}", "", [UNKNOWN]),                              # dash keeps it, bash does not: sh may be either
    ("p {a,b}/c", BASH, ["a/c", "b/c"]),
    ("p x{a,}{1..3}", BASH, ["xa1", "xa2", "xa3", "x1", "x2", "x3"]),
    ("p {3..1}", BASH, ["3", "2", "1"]),
    ("p {08..10}", BASH, ["08", "09", "10"]),
    ("p {,a}", BASH, ["a"]),
    ("p {a,{b,c}}", BASH, [UNKNOWN]),
    ("p {'a b',c}", BASH, [UNKNOWN]),
    ("p {$X,c}", "ENV X=a\n" + BASH, [UNKNOWN]),
    ("p $X{1,2}", "ENV X='a b'\n" + BASH, [UNKNOWN]),
    ("p {1..999999999}", BASH, [UNKNOWN]),
    ("p '{a,b}' {a}", BASH, ["{a,b}", "{a}"]),
    ("p $'a\\tb'", BASH, ["a\tb"]),
    ("p $'a\\tb'", "", [UNKNOWN]),
]
# fmt: on


@pytest.mark.parametrize(("body", "head", "expected"), SPLITTING)
def test_words_become_arguments(body: str, head: str, expected: list[Value]) -> None:
    assert words("p", body, head) == expected


@pytest.mark.parametrize(
    ("body", "head", "expected"),
    [
        ("p /a/*", "", [("/a/*", True)]),
        ("p '/a/*' /b\\*", "", [("/a/*", False), ("/b*", False)]),
        ("p $X", "ENV X='/a/*'\n", [("/a/*", True)]),
        ('p "$X"', "ENV X='/a/*'\n", [("/a/*", False)]),
        ("p {*.a,b}", BASH, [("*.a", True), ("b", True)]),
        ("p \\*/*", "", [(UNKNOWN, False)]),  # one value could not tell the two stars apart
    ],
)
def test_patterns(body: str, head: str, expected: list[tuple[Value, bool]]) -> None:
    assert [(a.value, a.glob) for a in one("p", body, head).arguments] == expected


# fmt: off
DIRECTORIES = [
    ("here", "", "/"),
    ("here", "WORKDIR /a\nWORKDIR b\n", "/a/b"),
    ("here", "WORKDIR $UNSET\n", UNKNOWN),
    ("cd /a && here", "", "/a"),
    ("cd /a; cd ../b; here", "", "/b"),
    ("cd a/./b//c; here", "WORKDIR /w\n", "/w/a/b/c"),
    ("cd; here", "", "/root"),
    ("cd ~/x; here", "", "/root/x"),
    ("cd $X; here", "", UNKNOWN),
    ("cd $X && cd /b && here", "", "/b"),
    ("cd $X; here", "ENV X=/a\n", "/a"),
    ("cd -; here", "", UNKNOWN),
    ("cd -P -- /a; here", "", "/a"),
    ("(cd /a); here", "", "/"),
    ("(cd /a && here)", "", "/a"),
    ("{ cd /a; }; here", "", "/a"),
    ("cd /a | true; here", "", "/"),
    ("cd /a & here", "", "/"),
    ("cd /a || exit 1; here", "", "/a"),
    ("test -d /a && cd /a; here", "", UNKNOWN),
    ("if true; then cd /a; fi; here", "", UNKNOWN),
    ("for d in a b; do cd $d; done; here", "", UNKNOWN),
    ("for d in a b; do (cd $d); done; here", "", "/"),
    ("f() { cd /a; }; here", "", "/"),
    ("f() { cd /a; }; f; here", "", UNKNOWN),
    ("eval cd /a; here", "", UNKNOWN),
    ("pushd /a; here", BASH, "/a"),
    ("pushd /a; pushd b; popd; here", BASH, "/a"),
    ("pushd /a; popd; here", BASH, "/"),
    ("popd; here", BASH, UNKNOWN),
    ("pushd +1; here", BASH, UNKNOWN),
    ("pushd; here", BASH, UNKNOWN),
    ("(pushd /a); here", BASH, "/"),
    ("sh -c 'cd /a'; here", "", "/"),
    ("sh -c 'cd a && here'", "WORKDIR /w\n", "/w/a"),
    ("env -C /a here", "", UNKNOWN),
    ("env --chdir=/a here", "", UNKNOWN),
    ("sudo -i here", "", UNKNOWN),
    ("sudo -D /a here", "", UNKNOWN),
    ("su - app -c here", "", UNKNOWN),
    ("su app -c here", "WORKDIR /w\n", "/w"),
    ("X=$(cd /a; pwd); here", "", "/"),
]
# fmt: on


@pytest.mark.parametrize(("body", "head", "expected"), DIRECTORIES)
def test_directories(body: str, head: str, expected: Value) -> None:
    assert cwd(body, head) == expected


# fmt: off
CERTAIN = [
    ("rm x", "", [True]),
    ("make && rm x", "", [True]),                           # a build whose make fails is no good build
    ("make; rm x", "", [True]),
    ("make || rm x", "", [False]),
    ("make || true && rm x", "", [True]),
    ("rm x || true", "", [True]),
    ("rm x && make || true", "", [True]),
    ("test -f x && rm x", "", [True]),                      # it is the whole RUN: were it false the build would fail
    ("test -f x && rm x; make", "", [False]),
    ("test -f x && rm x || true", "", [False]),
    ("[ -f x ] && rm x; make", "", [False]),
    ("grep -q a b && rm x; make", "", [False]),
    ("! which a && rm x; make", "", [False]),
    ("make; test -f x && rm x", "", [True]),
    ("set -e; test -f x && rm x; make", "", [False]),       # errexit lets a failing left side pass
    ("set -e; test -f x; rm x", "", [True]),
    ("set -e; { test -f x && rm x; }; make", "", [False]),
    ("set -e; (test -f x && rm x); make", "", [True]),      # the subshell's status counts
    ("set -e; (test -f x && rm x; make) && make", "", [False]),
    ("(test -f x && rm x); make", "", [False]),
    ("(test -f x && rm x)", "", [True]),
    ("{ test -f x && rm x; }", "", [True]),
    ("true | (test -f x && rm x)", "", [True]),
    ("(test -f x && rm x) | true", "", [False]),
    ("! { test -f x && rm x; }", "", [False]),
    ("if make; then rm x; fi", "", [False]),
    ("if rm x; then make; fi", "", [True]),
    ("if a; then b; elif rm x; then c; fi", "", [False]),
    ("if a; then b; else rm x; fi", "", [False]),
    ("for f in a b; do rm $f; done", "", [False]),
    ("while rm x; do make; done", "", [True]),
    ("case $X in a) rm x;; esac", "", [False]),
    ("f() { rm x; }", "", [False]),
    ("f() { rm x; }; f", "", [False]),
    ("rm x &", "", [True]),
    ("rm x | tee log", "", [True]),
    ("[ -f x ] || exit 0; rm x", "", [False]),              # `exit 0` would end the RUN well
    ("[ -f x ] || exit 1; rm x", "", [True]),
    ("if a; then exit 0; fi; rm x", "", [False]),
    ("if a; then exit 1; fi; rm x", "", [True]),
    ("exit $X; rm x", "", [False]),
    ("[ -f x ] || exit; rm x", "", [True]),                 # the status of `[`, which is not 0
    ("[ -f x ] || { echo no; exit; }; rm x", "", [False]),
    ("[ -f x ] && exit; rm x", "", [False]),
    ("(exit 0); rm x", "", [True]),
    ("(a || exit 1; rm x) || true", "", [False]),
    ("(a || exit 1; rm x)", "", [True]),
    ("exec make; rm x", "", [False]),
    ("exec >log; rm x", "", [True]),
    ("f() { exit 0; }; a || f; rm x", "", [False]),
    ("f() { exit 0; }; rm x", "", [True]),
    ("trap 'rm x' EXIT; make", "", [False]),
    ("sh -c 'test -f x && rm x'; make", "", [False]),
    ("sh -c 'test -f x && rm x'", "", [True]),
    ("sh -ec 'test -f x; rm x'; make", "", [True]),
    ("set +e; set -o errexit; test -f y; rm x", "", [True]),
    ("set -e; set +o errexit; (test -f x && rm x); make", "", [False]),
    ("test -f y; (test -f x && rm x); make", 'SHELL ["/bin/bash", "-ec"]\n', [True]),
    ("test -f y; (test -f x && rm x); make", 'SHELL ["/bin/bash", "-o", "errexit", "-c"]\n', [True]),
]
# fmt: on


@pytest.mark.parametrize(("body", "head", "expected"), CERTAIN)
def test_what_surely_runs(body: str, head: str, expected: list[bool]) -> None:
    assert certain(body, head) == expected


# fmt: off
WRAPPERS = [
    # body, prefixes
    ("p a -b", ()),
    ("/usr/bin/p a -b", ()),
    ("sudo p a -b", ("sudo",)),
    ("sudo -E -H p a -b", ("sudo",)),
    ("sudo -u app p a -b", ("sudo",)),
    ("sudo -Hu app p a -b", ("sudo",)),
    ("sudo --user=app -- p a -b", ("sudo",)),
    ("sudo X=1 p a -b", ("sudo",)),
    ("/usr/bin/sudo -n nice -n 5 p a -b", ("sudo", "nice")),
    ("doas -u app p a -b", ("doas",)),
    ("env p a -b", ("env",)),
    ("env -i A=b C=d p a -b", ("env",)),
    ("env -u X p a -b", ("env",)),
    ("env - p a -b", ("env",)),
    ("nice p a -b", ("nice",)),
    ("nice -n 5 p a -b", ("nice",)),
    ("nice -5 p a -b", ("nice",)),
    ("nice -n5 p a -b", ("nice",)),
    ("ionice -c3 -n 7 p a -b", ("ionice",)),
    ("timeout 10 p a -b", ("timeout",)),
    ("timeout -k 5 10 p a -b", ("timeout",)),
    ("timeout -s KILL --preserve-status 10m p a -b", ("timeout",)),
    ("timeout --kill-after=5 10 p a -b", ("timeout",)),
    ("time p a -b", ("time",)),
    ("command p a -b", ("command",)),
    ("command -p p a -b", ("command",)),
    ("builtin p a -b", ("builtin",)),
    ("exec p a -b", ("exec",)),
    ("exec -a q p a -b", ("exec",)),
    ("nohup p a -b", ("nohup",)),
    ("gosu app p a -b", ("gosu",)),
    ("su-exec app:app p a -b", ("su-exec",)),
    ("s6-setuidgid app p a -b", ("s6-setuidgid",)),
    ("runuser -u app -- p a -b", ("runuser",)),
    ("stdbuf -oL p a -b", ("stdbuf",)),
    ("stdbuf -o L p a -b", ("stdbuf",)),
    ("xargs p a -b", ("xargs",)),
    ("xargs -r -n 1 -P4 p a -b", ("xargs",)),
    ("xargs -rn 1 p a -b", ("xargs",)),
    ("taskset 3 p a -b", ("taskset",)),
    ("setarch x86_64 p a -b", ("setarch",)),
    ("linux32 p a -b", ("linux32",)),
    ("fakeroot -- p a -b", ("fakeroot",)),
    ("eatmydata p a -b", ("eatmydata",)),
    ("xvfb-run -a -s '-screen 0' p a -b", ("xvfb-run",)),
    ("busybox p a -b", ("busybox",)),
    ("sh -c 'p a -b'", ()),
    ("bash -lc 'p a -b'", ()),
    ("bash -exc 'p a -b'", ()),
    ("bash -euo pipefail -c 'p a -b'", ()),
    ("bash --norc -o pipefail -c 'p a -b' name x", ()),
    ("sh -c \"sh -c 'p a -b'\"", ()),
    ("sudo sh -c 'p a -b'", ("sudo",)),                     # what runs inside runs under sudo too
    ("sudo -u x sh -c 'nice p a -b'", ("sudo", "nice")),
    ("su -c 'p a -b'", ("su",)),
    ("su app -c 'p a -b'", ("su",)),
    ("su - app -s /bin/sh -c 'p a -b'", ("su",)),
    ("runuser -l app -c 'p a -b'", ("runuser",)),
    ("gosu app sh -c 'p a -b'", ("gosu",)),
    ("xargs sh -c 'p a -b'", ("xargs",)),
]
# fmt: on


@pytest.mark.parametrize(("body", "prefixes"), WRAPPERS)
def test_wrappers_are_looked_through(body: str, prefixes: tuple[str, ...]) -> None:
    found = one("p", body)
    assert ([a.value for a in found.arguments], found.prefixes) == (["a", "-b"], prefixes)


@pytest.mark.parametrize(
    ("body", "program"),
    [
        ("command -v p", "command"),
        ("command -V p", "command"),
        ("command -pv p", "command"),
        ("env", "env"),
        ("env A=b", "env"),
        ("env -S 'p a'", "env"),
        ("sudo", "sudo"),
        ("sudo $X", "sudo"),
        ("timeout 5", "timeout"),
        ("sh script.sh", "sh"),
        ("sh -x script.sh -c 'p a'", "sh"),
        ("bash -s", "bash"),
        ("chroot /mnt p", "chroot"),
        ("su app", "su"),
        ("exec", "exec"),
        ("type p", "type"),
        ("ssh host p", "ssh"),
    ],
)
def test_what_is_no_wrapper_or_runs_nothing_known(body: str, program: str) -> None:
    assert [i.program for i in follow(body)] == [program]


def test_the_script_of_a_shell_is_opaque_when_it_is_not_known() -> None:
    assert follow('sh -c "$X"') == ()
    assert follow("sh -c 'if'") == ()


def test_shells_in_shells_end_somewhere() -> None:
    body = "true"
    for _ in range(8):
        body = f'sh -c "{body}"'.replace("\\", "\\\\").replace('"', '\\"') if '"' in body else f'sh -c "{body}"'
    assert follow(body) == ()


def test_what_xargs_puts_in_is_not_known() -> None:
    assert words("cp", "ls | xargs -I{} cp {} /to/{} -v") == [UNKNOWN, UNKNOWN, "-v"]
    assert words("cp", "ls | xargs -I % cp a%b /to") == [UNKNOWN, "/to"]
    assert words("cp", "ls | xargs -i cp {} /to") == [UNKNOWN, "/to"]
    assert one("cp", "ls | xargs cp -t /to").nested


def test_the_words_of_a_nested_shell_are_no_place_to_edit_at() -> None:
    outer = "sh -c 'p a'"
    found = one("p", outer)
    assert found.nested
    assert found.span.end - found.span.start == len(outer)


def test_another_user_has_another_home() -> None:
    for body in ("sudo -u app p", "su app -c p", "gosu app p", "sudo -Hu app sh -c p", "runuser -u app p"):
        assert one("p", body).variables["HOME"] is UNKNOWN, body
    assert one("p", "sudo p", "USER app\n").variables["HOME"] is UNKNOWN
    assert "HOME" not in one("p", "sudo p").variables
    assert "HOME" not in one("p", "gosu root p").variables
    assert words("p", "sudo -u app sh -c 'p ~/x'") == [UNKNOWN]


def test_env_sets_clears_and_unsets() -> None:
    assert one("p", "env X=1 p", "ENV X=a Y=b\n").variables == {"X": "1", "Y": "b"}
    assert one("p", "env -i X=1 p", "ENV X=a Y=b\n").variables == {"X": "1"}
    assert one("p", "env -u X p", "ENV X=a Y=b\n").variables["X"] == ""
    assert one("p", "env --unset=X p", "ENV X=a Y=b\n").variables["X"] == ""
    assert one("p", "env X=1 sh -c 'p $X'").arguments[0].value == "1"


def test_redirections_of_groups_are_recorded() -> None:
    for body in ("{ a; b; } > f", "(a; b) > f", "for i in 1; do a; done > f", "if a; then b; fi > f"):
        (found,) = [i for i in follow(body) if i.redirects]
        assert (found.program, found.program_word, found.certain) == ("", None, True), body


def test_heredoc_bodies() -> None:
    graph = build(parse("FROM debian:12\nWORKDIR /w\nRUN <<EOF\ncd a\np b \\\n  c\nEOF\n"))
    (found,) = graph.steps[-1].invocations
    assert (found.cwd, [a.value for a in found.arguments]) == ("/w/a", ["b", "c"])
    text = graph.dockerfile.source.text
    assert text[found.span.start : found.span.end] == "p b \\\n  c"


def test_a_heredoc_for_a_command_is_not_its_commands() -> None:
    graph = build(parse("FROM debian:12\nRUN cat <<EOF > /x\np a\nEOF\n"))
    assert [i.program for i in graph.steps[-1].invocations] == ["cat"]


def test_an_interpreter_of_its_own_is_opaque() -> None:
    graph = build(parse("FROM debian:12\nRUN <<EOF\n#!/usr/bin/env python3\nimport os\nEOF\n"))
    assert graph.steps[-1].invocations == ()


def test_exec_form_and_foreign_shells_are_opaque() -> None:
    assert follow('["rm", "x"]') == ()
    assert follow("rm x", 'SHELL ["powershell", "-Command"]\n') == ()


def test_programs() -> None:
    assert [i.program for i in follow("$X a; ./b.sh; /opt/c/d; 'e'")] == ["", "b.sh", "d", "e"]


@pytest.mark.parametrize("operator", [" && ", " || "])
def test_lists_of_very_many_commands_are_opaque(operator: str) -> None:
    assert len(follow(operator.join(["p"] * 250))) == 250
    for count in (400, 5000):
        assert follow(operator.join(["p"] * count)) == ()


@pytest.mark.parametrize(
    ("body", "quoted"),
    [("p", "p"), ("p a b", "p a b"), ("p a b c", "p a b …"), ("p $(x) b", "p … b"), ("sudo /usr/bin/p a", "p a")],
)
def test_a_message_quotes_the_first_words(body: str, quoted: str) -> None:
    assert one("p", body).first_words == quoted
