"""Dockerfiles from a grammar: a hypothesis strategy, and `python tests/generate.py DIR COUNT [START]`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

# Few paths, so that what one layer writes another deletes, copies or changes.
PATHS = st.sampled_from("/tmp/a /tmp/a /tmp/b /opt/work/a /opt/work/b a b sub/a ../a /tmp/sub".split())
FOLDERS = st.sampled_from("/tmp /opt/work sub / .. /root".split())
PACKAGES = st.sampled_from("curl git make libc6-dev ca-certificates".split())
NAMES = st.sampled_from("base build tools final".split())
IMAGES = st.sampled_from(
    "debian:12 ubuntu:24.04 alpine:3.20 python:3.12-slim node:20 scratch busybox centos:7 fedora:40 $IMAGE".split()
)
NOTES = st.sampled_from(
    "# a note|# why this is here|#no blank|# 说明|# x && y \\|# RUN rm /tmp/a|# it's|#|# <<EOF".split("|")
)
SUPPRESSIONS = st.sampled_from(
    [
        "# dockerlint: ignore=LAY001 wanted",
        "# dockerlint: ignore=removed-in-later-layer,PKG001",
        "# hadolint ignore=DL3009,DL3015",
    ]
)

WRITE = r"""
dd if=/dev/zero of={p} bs=1M count=3
dd if=/dev/zero of={p} count=1 bs=10MB
touch {p}
echo text > {p}
echo more >> {p}
cp {p} {q}
mv {p} {q}
mkdir -p {p}
ln -s {p} {q}
truncate -s 4M {p}
curl -fsSL -o {p} https://files.example.org/a
wget -O {p} https://files.example.org/b
tar -xzf {p} -C {d}
git clone https://git.example.org/r.git {p}
"""
CHANGE = r"""
chmod 755 {p}
chmod -R a+rX {d}
chown nobody {p}
sed -i s/a/b/ {p}
strip {p}
cat {p}
test -e {p}
"""
REMOVE = r"""
rm {p}
rm -f {p}
rm -rf {p}
rm -rf {p} {q}
rm -r /tmp/*
rm -f /tmp/?
rmdir {p}
"""
MANAGE = r"""
apt-get update
apt-get install -y {k}
apt-get install -y --no-install-recommends {k}
apt-get clean
rm -rf /var/lib/apt/lists/*
apt-get purge -y {k}
apt-get autoremove -y
apt-get -qq upgrade -y
apt install {k} -y
apk add {k}
apk add --no-cache {k}
apk -U add {k}
apk del {k}
rm -rf /var/cache/apk/*
pip install {k}
pip install --no-cache-dir {k}
pip3 install -r {p}
rm -rf /root/.cache
yum install -y {k}
yum clean all
dnf -y install {k}
npm install
npm cache clean --force
make install
"""
STATE = r"""
cd {d}
export V=x
V=y
set -e
set -eux
set +e
set -o pipefail
umask 077
exit 0
false
true
unset V
shopt -s extglob
trap 'echo bye' EXIT
. /etc/profile
exec echo over
alias ll=ls
sleep 0 &
f() {{ rm /tmp/a; }}
ulimit -n 10
pushd {d}
IFS=,
"""
ODD = r"""
echo "a # b" 'c'
echo $V ${{V:-d}} $(uname)
echo it\'s
V=1 make {p}
sudo rm -rf {p}
sh -c "rm {p}"
echo `date` > {p}
cat {p} | sort > {q}
find {d} -name '*.o' -delete
2>/dev/null rm {p}
rm {p} # a shell comment
echo {{a,b}} *.txt ~
! test -e {p}
printf '%s\n' x
[ -e {p} ]
[[ -e {p} ]]
"""
COMMANDS = [st.sampled_from(block.strip().splitlines()) for block in (WRITE, REMOVE, MANAGE, CHANGE, STATE, ODD)]
WEIGHTS = st.sampled_from([0] * 8 + [1] * 6 + [2] * 8 + [3] * 3 + [4] * 2 + [5] * 2)
OTHER = r"""
ENV V=x
ENV V=x W="two words" X='y'
ENV V the rest of it
ARG V
ARG IMAGE=debian:12
WORKDIR /opt/work
WORKDIR sub
WORKDIR $V/x
USER nobody
USER root
EXPOSE 80 443/tcp
CMD ["bash"]
CMD bash -c 'echo hi'
ENTRYPOINT ["/entry"]
VOLUME /tmp
VOLUME ["/data"]
LABEL a=b c="d e"
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s CMD test -e /tmp/a
HEALTHCHECK NONE
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
SHELL ["powershell", "-Command"]
SHELL ["/bin/sh", "-ec"]
MAINTAINER Some One <one@example.org>
MAINTAINER 某人
COPY a /tmp/a
COPY --chown=1000 . .
COPY --from=build /tmp/a /tmp/b
COPY --link a b /opt/work/
ADD https://files.example.org/x.tgz /tmp/a
ADD a.tar.gz /opt/work
ONBUILD RUN rm /tmp/a
ONBUILD COPY . /src
UNKNOWN thing
ENV
COPY onlyone
""".strip().splitlines()
EXEC = ('RUN ["rm", "/tmp/a"]', 'RUN ["sh", "-c", "rm -rf /tmp/b"]', 'RUN [ "x" ', "RUN")
FLAGS = ("--network=none ", "--mount=type=cache,target=/tmp ", "--mount=type=secret,id=s --security=insecure ")


@dataclass(frozen=True)
class Layout:
    """How a file is written: its escape character, line ending, and what stands at its ends."""

    escape: str
    newline: str
    bom: bool
    final: bool


LAYOUTS = st.builds(
    Layout,
    escape=st.sampled_from("\\\\\\\\\\`"),
    newline=st.sampled_from(["\n"] * 4 + ["\r\n"]),
    bom=st.sampled_from([False] * 7 + [True]),
    final=st.sampled_from([True] * 7 + [False]),
)


@st.composite
def simple(draw: st.DrawFn) -> str:
    """One simple command."""
    command = draw(COMMANDS[draw(WEIGHTS)])
    return command.format(p=draw(PATHS), q=draw(PATHS), d=draw(FOLDERS), k=draw(PACKAGES))


@st.composite
def gap(draw: st.DrawFn, escape: str) -> str:
    """What stands between two words: a blank, or a continuation, perhaps with comments or blank lines in it."""
    kind = draw(st.sampled_from("blank blank blank blank line line line comment margin empty tab trailing".split()))
    if kind == "comment":
        return f" {escape}\n    {draw(NOTES)}\n    "
    if kind == "margin":
        return f" {escape}\n{draw(NOTES)}\n{draw(NOTES)}\n "
    plain = {"blank": " ", "line": " ^\n    ", "empty": " ^\n\n  ", "tab": "\t^\n\t\t", "trailing": " ^  \n"}
    return plain[kind].replace("^", escape)


@st.composite
def commands(draw: st.DrawFn, escape: str, depth: int = 2) -> str:
    """A list of commands: ``&&``, ``;``, ``||``, pipes, subshells, groups, conditions."""
    out = draw(compound(escape, depth))
    for _ in range(draw(st.sampled_from([0, 0, 0, 0, 1, 1, 2, 3]))):
        operator = draw(st.sampled_from("&& && && && && && ; ; || |".split()))
        before = draw(gap(escape)) if operator != ";" else ""
        out += f"{before}{operator}{draw(gap(escape))}{draw(compound(escape, depth))}"
    return out


@st.composite
def compound(draw: st.DrawFn, escape: str, depth: int) -> str:
    """A simple command or, one time in twelve, lists inside another construct."""
    kind = draw(st.integers(0, 60))
    if depth == 0 or kind >= 5:
        return draw(simple())
    body = draw(commands(escape, depth - 1))
    forms = (
        f"( {body} )",
        f"{{ {body}; }}",
        f"if {draw(simple())}; then {body}; fi",
        f"for f in a b; do {body}; done",
        f"while {draw(simple())}; do {body}; break; done",
    )
    return forms[kind]


@st.composite
def heredoc(draw: st.DrawFn) -> str:
    """A RUN, COPY or ADD with a here-document."""
    name = draw(st.sampled_from("EOF END".split()))
    mark = draw(st.sampled_from(["<<{}", '<<"{}"', "<<'{}'", "<<-{}"])).format(name)
    lines = draw(st.lists(st.one_of(simple(), NOTES, st.just(""), st.just("\tindented")), max_size=5))
    heads = ["RUN {}", "RUN {}", "RUN bash {}", "RUN cat {} > /tmp/a", "COPY {} /tmp/a", "ADD {} /tmp/"]
    return "\n".join([draw(st.sampled_from(heads)).format(mark), *lines, name])


@st.composite
def run(draw: st.DrawFn, escape: str) -> str:
    """A RUN in its shell form, with or without flags, or in its exec form."""
    if draw(st.integers(0, 14)) == 14:
        return draw(st.sampled_from(EXEC))
    flag = draw(st.sampled_from([""] * 15 + list(FLAGS)))
    if flag:
        flag += draw(st.sampled_from(["", f"{escape}\n  "]))
    keyword = draw(st.sampled_from(["RUN"] * 6 + ["run", "  RUN", "\tRUN", "RUN "]))
    return f"{keyword} {flag}{draw(commands(escape))}"


@st.composite
def block(draw: st.DrawFn, escape: str) -> str:
    """One instruction, comment or blank line."""
    kind = draw(st.integers(0, 19))
    if kind < 13:
        return draw(run(escape))
    if kind < 16:
        return draw(st.sampled_from(OTHER))
    return draw(heredoc()) if kind == 16 else draw(NOTES) if kind < 19 else ""


@st.composite
def stage(draw: st.DrawFn, escape: str) -> list[str]:
    """The blocks of one stage, its FROM first."""
    name = draw(st.sampled_from(["", "", " AS {}", " as {}"])).format(draw(NAMES))
    platform = draw(st.sampled_from(["", "", "", "", "--platform=linux/amd64 "]))
    image = draw(NAMES) if draw(st.integers(0, 4)) == 4 else draw(IMAGES)
    return [f"FROM {platform}{image}{name}", *draw(st.lists(block(escape), min_size=1, max_size=9))]


@st.composite
def dockerfiles(draw: st.DrawFn) -> str:
    """A whole Dockerfile; most of them parse."""
    layout = draw(LAYOUTS)
    heads = [""] * 6 + ["# syntax=docker/dockerfile:1\n", "ARG IMAGE=alpine\n", "# a licence\n\n", "#!/usr/bin/env x\n"]
    head = draw(st.sampled_from(heads))
    if layout.escape == "`":
        head = "# escape=`\n" + head.replace("# syntax=", "# see ")
    stages = draw(st.lists(stage(layout.escape), min_size=1, max_size=3))
    blocks = [block for one in stages for block in one]
    if draw(st.integers(0, 5)) == 5:
        blocks.insert(draw(st.integers(1, len(blocks))), draw(SUPPRESSIONS))
    text = head + "\n".join(blocks) + ("\n" if layout.final else "")
    return ("\ufeff" if layout.bom else "") + text.replace("\n", layout.newline)


def samples(count: int, start: int = 0) -> list[str]:
    """`count` different texts, the same for the same `start`."""
    texts: dict[str, None] = {}
    options = settings(
        max_examples=6, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )

    def collect(text: str) -> None:
        texts[text] = None

    # Later examples of one run are variants of earlier ones: many short runs give more different files.
    number = start
    while len(texts) < count:
        seed(number)(options(given(dockerfiles())(collect)))()
        number += 1
    return list(texts)[:count]


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(samples(*map(int, sys.argv[2:4]))):
        (folder / f"{number:04}.Dockerfile").write_bytes(text.encode())
