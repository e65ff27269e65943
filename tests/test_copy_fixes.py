"""Owner, mode, place and mounts said by COPY and RUN instead of a later layer: what is fixed, and what never is."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from dockerlint.edits import Fix, Licence, Safety, apply
from dockerlint.engine import check_source
from dockerlint.fixer import fix
from dockerlint.model.frontend import NEWEST, version_of
from dockerlint.rewrite.modes import applied, numeric, owner, symbolic
from dockerlint.settings import Settings
from dockerlint.source import Source
from dockerlint.syntax import parse
from dockerlint.verify import verify
from dockerlint.verify.owners import after
from mutations import MUTATORS, copies, wrong

RULES = ("LAY001", "LAY002", "LAY005", "LAY006", "LAY008")
NEW = "# syntax=docker/dockerfile:1\n"
LAB = "# syntax=docker/dockerfile:1.4\n"
KINDS = [name for name, kind in MUTATORS.items() if kind.__module__ == copies.__name__]
# Words on which a mutation of the fixed text has no effect, as the licence of the fix allows both.
WIDE = Licence(
    added=frozenset((("rm", "-rf", "/var/lib/apt/lists/*"),)),
    options=frozenset(("--no-cache-dir",)),
    instructions=frozenset(("MAINTAINER",)),
)


class Case(NamedTuple):
    """A text behind ``FROM debian:12``, what it becomes, and how far the (first) fix may be trusted."""

    name: str
    before: str
    after: str
    exact: bool = False
    """The outcome is shown to be the same; else it is what people mean."""


# fmt: off
CASES = [
    Case("numbers for --link", "COPY --link a.cfg /etc/a.cfg\nRUN chown 5:5 /etc/a.cfg",
         "COPY --link --chown=5:5 a.cfg /etc/a.cfg", True),
    Case("a number", "COPY run.sh /run.sh\nRUN chmod 755 /run.sh", "COPY --chmod=755 run.sh /run.sh", True),
    Case("a mode that is a number in words", "COPY run.sh /run.sh\nRUN chmod u=rwx,go=rx /run.sh",
         "COPY --chmod=0755 run.sh /run.sh", True),
    Case("+x", "COPY run.sh /run.sh\nRUN chmod +x /run.sh", "COPY --chmod=0755 run.sh /run.sh"),
    Case("a file in a folder of every image", "COPY run.sh /usr/bin\nRUN chmod 700 /usr/bin/run.sh",
         "COPY --chmod=700 run.sh /usr/bin", True),
    Case("a heredoc", "COPY <<EOF /usr/bin/run\n#!/bin/sh\nEOF\nRUN chmod 755 /usr/bin/run",
         "COPY --chmod=755 <<EOF /usr/bin/run\n#!/bin/sh\nEOF", True),
    Case("no suffix", "COPY run /usr/bin/run\nRUN chmod a+x /usr/bin/run", "COPY --chmod=0755 run /usr/bin/run"),
    Case("two COPYs by one command", "COPY a.sh /a.sh\nCOPY b.sh /b.sh\nRUN chmod 755 /a.sh /b.sh && ls",
         "COPY --chmod=755 a.sh /a.sh\nCOPY --chmod=755 b.sh /b.sh\nRUN ls", True),
    Case("the last of a chain", "COPY a.sh /a.sh\nRUN ls \\\n    && ls -l \\\n    && chmod 755 /a.sh",
         "COPY --chmod=755 a.sh /a.sh\nRUN ls \\\n    && ls -l", True),
    Case("only some of its files", "COPY a.sh /a.sh\nRUN chmod 755 /a.sh /bin/x",
     "COPY --chmod=755 a.sh /a.sh\nRUN chmod 755 /bin/x"),
    Case("an option is there already", "COPY --chmod=644 a.sh /a.sh\nRUN chmod 755 /a.sh",
     "COPY --chmod=755 a.sh /a.sh", True),
    Case("owner, then mode", "COPY a.cfg /etc/a.cfg\nRUN chown 5:6 /etc/a.cfg && chmod 600 /etc/a.cfg",
         "COPY --chown=5:6 --chmod=600 a.cfg /etc/a.cfg", True),
    Case("a group alone", "COPY a.cfg /etc/a.cfg\nRUN chgrp 8 /etc/a.cfg", "COPY --chown=0:8 a.cfg /etc/a.cfg", True),
    Case("a user over an owner", "COPY --chown=1:2 a.cfg /etc/a.cfg\nRUN chown 3 /etc/a.cfg",
         "COPY --chown=3:2 a.cfg /etc/a.cfg", True),
    Case("the login group", "COPY a.cfg /etc/a.cfg\nRUN chown app: /etc/a.cfg", "COPY --chown=app a.cfg /etc/a.cfg"),
    Case("a variable that COPY knows, too", "ENV U=5\nCOPY a.cfg /etc/a.cfg\nRUN chown $U:$U /etc/a.cfg",
         "ENV U=5\nCOPY --chown=${U}:${U} a.cfg /etc/a.cfg", True),
    Case("the folder may be made by the COPY", "COPY a.cfg /srv/x/a.cfg\nRUN chown 5:5 /srv/x/a.cfg",
         "COPY --chown=5:5 a.cfg /srv/x/a.cfg"),
    Case("the folder is there", "WORKDIR /srv/x\nCOPY a.cfg .\nRUN chown 5:5 a.cfg",
         "WORKDIR /srv/x\nCOPY --chown=5:5 a.cfg .", True),
    Case("a script between may look at the mode", "COPY a.sh /a.sh\nRUN ./configure\nRUN chmod 755 /a.sh",
         "COPY --chmod=755 a.sh /a.sh\nRUN ./configure"),
    Case("a tree below a folder of the base image", "COPY . /var/www/html\nRUN chown -R 33:33 /var/www/html",
         "COPY --chown=33:33 . /var/www/html\nRUN chown 33:33 /var/www/html"),
    Case("a mode for a tree", "COPY . /app\nRUN chmod -R 755 /app", "COPY --chmod=755 . /app\nRUN chmod 755 /app"),
    Case("recursive, for one file", "COPY a.conf /etc/x/a.conf\nRUN chown -R 5:5 /etc/x/a.conf",
         "COPY --chown=5:5 a.conf /etc/x/a.conf"),
    Case("a folder that is there, but empty", "RUN useradd app\nCOPY blob /srv/blob\nRUN chown -R app:app /srv",
         "RUN useradd app\nCOPY --chown=app:app blob /srv/blob\nRUN chown app:app /srv"),
    Case("folders of a folder", "COPY a/ /app/a\nCOPY b/ /app/b\nRUN chown -R 5:5 /app",
         "COPY --chown=5:5 a/ /app/a\nCOPY --chown=5:5 b/ /app/b\nRUN chown 5:5 /app"),
    Case("CRLF", "COPY a.sh /a.sh\r\nRUN chmod 755 /a.sh\r\nUSER x\r", "COPY --chmod=755 a.sh /a.sh\r\nUSER x\r",
     True),
    Case("mounted where it is used",
         "COPY a.deb b.deb /tmp/\nRUN dpkg -i /tmp/a.deb /tmp/b.deb && rm /tmp/a.deb /tmp/b.deb",
         "RUN --mount=type=bind,source=a.deb,target=/tmp/a.deb \\\n"
         "    --mount=type=bind,source=b.deb,target=/tmp/b.deb \\\n    dpkg -i /tmp/a.deb /tmp/b.deb"),
    Case("mounted beside another flag", "COPY a.deb /tmp/\nRUN --network=none dpkg -i /tmp/a.deb && rm /tmp/a.deb",
         "RUN --network=none --mount=type=bind,source=a.deb,target=/tmp/a.deb dpkg -i /tmp/a.deb"),
    Case("a folder, which may be written to", "COPY build /build\nRUN cd /build && make install && rm -rf /build",
         "RUN --mount=type=bind,source=build,target=/build,rw cd /build && make install"),
    Case("a download that is unpacked", "RUN cd /tmp && wget https://x/a.tgz && tar xf a.tgz -C /opt",
         "RUN cd /tmp && wget https://x/a.tgz && tar xf a.tgz -C /opt && rm /tmp/a.tgz"),
    Case("moved by another name", "COPY a.conf /tmp/\nRUN mv -f /tmp/a.conf /etc/b.conf && ls",
         "COPY a.conf /etc/b.conf\nRUN ls"),
]
WITHHELD = [
    ("a name that --link cannot look up", "RUN useradd app\nCOPY --link a.cfg /etc/a.cfg\nRUN chown app /etc/a.cfg",
     "looks up no names"),
    ("a user who changes", "RUN useradd app\nCOPY a.cfg /etc/a.cfg\nRUN usermod -u 9 app\nRUN chown app /etc/a.cfg",
     "changes `app` after the COPY"),
    ("a file of a user who may change it",
     "USER app\nCOPY --chown=app s.sh /tmp/s.sh\nRUN chmod +x /tmp/s.sh && /tmp/s.sh"
     " && rm /tmp/s.sh", "would belong to root"),
    ("a key that git looks for", "COPY k /root/.ssh/id_rsa\nRUN chmod 400 /root/.ssh/id_rsa\nRUN git clone x\n"
     "RUN rm /root/.ssh/id_rsa", "may use `/root/.ssh/id_rsa` without naming it"),
    ("a list of checksums", "COPY x.tgz /x.tgz\nRUN sha256sum -c sums\nRUN tar xf /x.tgz\nRUN rm /x.tgz",
     "`sha256sum` may use `/x.tgz`"),
    ("a stage by its number", "RUN x\nFROM debian:12\nCOPY --from=0 /x.tgz /x.tgz\nRUN tar xf /x.tgz && rm /x.tgz",
     "by its name only"),
    ("other files too", "COPY a.sh b.txt /opt/\nRUN chmod 755 /opt/a.sh", "brings `b.txt`"),
    ("a pattern that takes more", "COPY a.sh b.sh c.txt /opt/\nRUN chmod 755 /opt/*.sh", "brings `c.txt`"),
    ("a mode that depends on the file", "COPY a.sh /a.sh\nRUN chmod u+x /a.sh", "depends on the file"),
    ("a folder in which packages put files", "COPY a.conf /etc/x/a.conf\nRUN chown -R 5:5 /etc/x", "may hold more"),
    ("a folder of the base image", "COPY a.sh /u/x/\nRUN chown -R 5:5 /u/x", "may hold more"),
    ("used in between", "COPY a.sh /a.sh\nRUN cp -p /a.sh /b.sh\nRUN chmod 755 /a.sh", "uses `/a.sh` before"),
    ("run in between", "WORKDIR /w\nCOPY a.sh .\nRUN ./a.sh\nRUN chmod 755 a.sh", "uses `/w/a.sh` before"),
    ("a user who is made later", "COPY a.cfg /etc/a.cfg\nRUN adduser app\nRUN chown app:app /etc/a.cfg",
     "after the COPY"),
    ("a package may make the user",
     "COPY a.cfg /etc/a.cfg\nRUN apt-get install -y nginx\nRUN chown nginx:nginx /etc/a.cfg",
     "after the COPY"),
    ("not root", "COPY a.cfg /etc/a.cfg\nUSER app\nRUN chown app:app /etc/a.cfg", "as root"),
    ("a folder by its looks", "COPY a.crt /etc/ssl2\nRUN chmod 700 /etc/ssl2", "may be a folder"),
    ("a dot that may be part of the name", "COPY a.cfg /etc/a.cfg\nRUN chown a.b /etc/a.cfg", "is not an owner"),
    ("the group of a file of another stage", "COPY --from=x /a.cfg /etc/a.cfg\nRUN chown 5 /etc/a.cfg", "group"),
    ("an archive that ADD unpacks", "ADD a.tar.gz /opt/a\nRUN chmod -R 755 /opt/a", "unpack"),
    ("--reference", "COPY a.cfg /etc/a.cfg\nRUN chmod --reference=/etc/passwd /etc/a.cfg", "--reference"),
    ("a folder used by two RUNs", "COPY src /src\nRUN make -C /src\nRUN make -C /src install && rm -rf /src",
     "several RUNs"),
    ("a folder that was there", "WORKDIR /src\nCOPY src /src\nRUN make install && rm -rf /src", "before the COPY"),
    ("a variable in a mount", "ARG V=1\nCOPY a-$V.deb /tmp/\nRUN dpkg -i /tmp/a-$V.deb && rm /tmp/a-$V.deb",
     "no plain path"),
    ("a mode that a mount has not", "COPY --chmod=755 a.sh /tmp/\nRUN /tmp/a.sh && rm /tmp/a.sh", "--chmod"),
    ("sed -i of a mount", "COPY a.sh /tmp/\nRUN sed -i s/a/b/ /tmp/a.sh && sh /tmp/a.sh && rm /tmp/a.sh", "replaces"),
    ("moved, though copied before", "COPY a.bin /tmp/\nRUN cp /tmp/a.bin /b && mv /tmp/a.bin /opt/",
     "uses `/tmp/a.bin`"),
    ("moved with others", "COPY a.bin b.bin /tmp/\nRUN mv /tmp/a.bin /opt/", "brings other files"),
    ("a download that is named later", "RUN wget https://x/a.tgz && tar xf a.tgz -C /opt\nRUN cp a.tgz /b",
     "names it later"),
    ("a download whose folder depends on a variable", "ARG D=/x\nRUN cd $D && wget https://x/a.tgz && tar xf a.tgz",
     "variable"),
    ("a download in one layer, unpacked in the next", "RUN wget https://x/a.tgz\nRUN tar xf a.tgz -C /opt",
     "another layer"),
    ("ENV between", "RUN apk add gcc\nENV A=b\nRUN apk del gcc", "ENV on line 4"),
]
# fmt: on


def whole(body: str, head: str = LAB) -> str:
    newline = "\r\n" if "\r" in body else "\n"
    return f"{head}FROM debian:12\n{body}\n".replace("\r\n", "\n").replace("\n", newline)


def fixes(text: str) -> list[Fix]:
    return [f.fix for f in check_source(Source(text), Settings(select=RULES)) if f.fix]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_fixed(case: Case) -> None:
    result = fix(Source(whole(case.before)), Settings(select=RULES, unsafe_fixes=True))
    assert result.text == whole(case.after)
    assert {f.fix.safety for f in result.applied if f.fix} == {Safety.UNSAFE}
    assert {bool(f.fix.licence.restated) for f in result.applied if f.fix} == {case.exact}
    again = fix(Source(result.text), Settings(select=RULES, unsafe_fixes=True))
    assert again.text == result.text


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_unsafe_only_when_asked_for(case: Case) -> None:
    assert fix(Source(whole(case.before)), Settings(select=RULES)).text == whole(case.before)


def test_a_mode_is_exact_only_where_the_file_names_the_frontend() -> None:
    """Without ``# syntax`` the legacy builder may read the file, which refuses --chmod; --chown it knows."""
    body = "COPY a.sh /a.sh\nRUN chmod 755 /a.sh"
    for head, exact in (("", False), (LAB, True), (NEW, True)):
        (only,) = fixes(whole(body, head))
        assert bool(only.licence.restated) == exact
    (owned,) = fixes(whole("COPY a.sh /a.sh\nRUN chown 5:5 /a.sh", ""))
    assert owned.licence.restated
    assert not verify(whole(body, ""), whole("COPY --chmod=755 a.sh /a.sh", ""), restating(*CHMOD)).ok
    symbolic_mode = "COPY a.sh /a.sh\nRUN chmod +x /a.sh"
    found = [fixes(whole(symbolic_mode, line))[0] for line in (NEW, NEW.replace(":1", ":1.14"))]
    assert [bool(only.licence.restated) for only in found] == [False, True]


@pytest.mark.parametrize(("name", "body", "reason"), WITHHELD, ids=[w[0] for w in WITHHELD])
def test_withheld(name: str, body: str, reason: str) -> None:
    result = fix(Source(whole(body)), Settings(select=RULES, unsafe_fixes=True))
    assert result.text == whole(body)
    assert any(f.withheld and reason in f.withheld.reason for f in result.withheld), result.withheld


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_the_gate_refuses_what_is_like_the_fix_but_wrong(case: Case) -> None:
    before, fixed = whole(case.before), whole(case.after)
    licence = Licence()
    for one in fixes(before):
        licence |= one.licence
    result = fix(Source(before), Settings(select=RULES, unsafe_fixes=True))
    for finding in result.applied:
        licence |= finding.fix.licence if finding.fix else Licence()
    assert verify(before, fixed, licence).ok
    assert not verify(before, fixed, Licence()).ok
    refused = 0
    for kind in KINDS:
        for mutated in wrong(fixed, kind):
            assert mutated == before or not verify(before, mutated, licence | WIDE).ok, (kind, mutated)
            refused += 1
    assert refused or "COPY" not in fixed


def restating(*words: str, exact: bool = True) -> Licence:
    argv = frozenset((words,))
    return Licence(restated=argv) if exact else Licence(intended=argv)


CHMOD, CHOWN = ("chmod", "755", "/a.sh"), ("chown", "u:g", "/a.sh")
TREE = ("chown", "-R", "u:g", "/app")
MV = ("mv", "/tmp/a.bin", "/opt/a.bin")
MOUNT = "--mount=type=bind,source=a.deb,target=/tmp/a.deb"
NUMBERED = "--mount=type=bind,from=0,source=/a.deb,target=/tmp/a.deb"
# fmt: off
REFUSED = [
    ("a name with --link", "RUN useradd app\nCOPY --link a.cfg /etc/a.cfg\nRUN chown app:app /etc/a.cfg",
     "RUN useradd app\nCOPY --link --chown=app:app a.cfg /etc/a.cfg", restating("chown", "app:app", "/etc/a.cfg")),
    ("a user who changes", "RUN useradd app\nCOPY a.cfg /etc/a.cfg\nRUN usermod -u 9 app && chown app:app /etc/a.cfg",
     "RUN useradd app\nCOPY --chown=app:app a.cfg /etc/a.cfg\nRUN usermod -u 9 app",
     restating("chown", "app:app", "/etc/a.cfg")),
    ("a mount of a file that belongs to a user", "COPY --chown=app a.deb /tmp/\nRUN x /tmp/a.deb && rm /tmp/a.deb",
     f"RUN {MOUNT} x /tmp/a.deb", Licence(mounted=frozenset((MOUNT,)))),
    ("a RUN between that may use it", "COPY a.deb /tmp/\nRUN x /tmp/a.deb\nRUN ./y\nRUN rm /tmp/a.deb",
     f"RUN {MOUNT} x /tmp/a.deb\nRUN ./y", Licence(mounted=frozenset((MOUNT,)))),
    ("a stage by its number", "RUN x\nFROM debian:12\nCOPY --from=0 /a.deb /tmp/\nRUN x /tmp/a.deb && rm /tmp/a.deb",
     f"RUN x\nFROM debian:12\nRUN {NUMBERED} x /tmp/a.deb", Licence(mounted=frozenset((NUMBERED,)))),
    ("a command dropped that also changed another path", "COPY a.sh /a.sh\nRUN chmod 755 /a.sh /b.sh",
     "COPY --chmod=755 a.sh /a.sh", restating("chmod", "755", "/a.sh", "/b.sh")),
    ("nothing says the mode", "COPY a.sh /a.sh\nRUN chmod 755 /a.sh && ls", "COPY a.sh /a.sh\nRUN ls",
     restating(*CHMOD)),
    ("the account is made later", "COPY a.sh /a.sh\nRUN useradd u\nRUN chown u:g /a.sh",
     "COPY --chown=u:g a.sh /a.sh\nRUN useradd u", restating(*CHOWN)),
    ("the account is made in another stage",
     "RUN useradd u\nFROM debian:12\nCOPY a.sh /a.sh\nRUN useradd u && chown u:u /a.sh",
     "RUN useradd u\nFROM debian:12\nCOPY --chown=u:u a.sh /a.sh\nRUN useradd u", restating("chown", "u:u", "/a.sh")),
    ("the group that chown leaves", "COPY a.sh /a.sh\nRUN chown 5 /a.sh", "COPY --chown=5 a.sh /a.sh",
     restating("chown", "5", "/a.sh")),
    ("something copies it before", "COPY a.sh /a.sh\nRUN cp -p /a.sh /b\nRUN chmod 755 /a.sh",
     "COPY --chmod=755 a.sh /a.sh\nRUN cp -p /a.sh /b", restating(*CHMOD, exact=False)),
    ("a script before it, in a safe fix", "COPY a.sh /a.sh\nRUN make\nRUN chmod 755 /a.sh",
     "COPY --chmod=755 a.sh /a.sh\nRUN make", restating(*CHMOD)),
    ("a RUN before it that nobody can read", "COPY a.sh /a.sh\nRUN [\"x\"]\nRUN chmod 755 /a.sh",
     "COPY --chmod=755 a.sh /a.sh\nRUN [\"x\"]", restating(*CHMOD, exact=False)),
    ("perhaps a folder, in a safe fix", "COPY a /a\nRUN chmod 755 /a", "COPY --chmod=755 a /a", restating("chmod",
     "755", "/a")),
    ("another file goes with it", "COPY a.sh b.sh /\nRUN chmod 755 /a.sh", "COPY --chmod=755 a.sh b.sh /",
     restating(*CHMOD)),
    ("+x as a number, in a safe fix", "COPY a.sh /a.sh\nRUN chmod +x /a.sh", "COPY --chmod=0755 a.sh /a.sh",
     restating("chmod", "+x", "/a.sh")),
    ("u+x as a number", "COPY a.sh /a.sh\nRUN chmod u+x /a.sh", "COPY --chmod=0755 a.sh /a.sh",
     restating("chmod", "u+x", "/a.sh", exact=False)),
    ("a folder that the option would own, in a safe fix", "COPY a.sh /srv/x/a.sh\nRUN chown 5:5 /srv/x/a.sh",
     "COPY --chown=5:5 a.sh /srv/x/a.sh", restating("chown", "5:5", "/srv/x/a.sh")),
    ("a symbolic mode for an old frontend", "COPY a.sh /a.sh\nRUN chmod +x /a.sh", "COPY --chmod=+x a.sh /a.sh",
     restating("chmod", "+x", "/a.sh", exact=False)),
    ("the umask is another", "COPY a.sh /a.sh\nRUN umask 077 && chmod +x /a.sh",
     "COPY --chmod=0755 a.sh /a.sh\nRUN umask 077",
     restating("chmod", "+x", "/a.sh", exact=False)),
    ("not root", "COPY a.sh /a.sh\nUSER u\nRUN chown u:g /a.sh", "COPY --chown=u:g a.sh /a.sh\nUSER u",
     restating(*CHOWN, exact=False)),
    ("something is mounted there", "COPY a.sh /m/a.sh\nRUN --mount=type=cache,target=/m chmod 755 /m/a.sh && ls",
     "COPY --chmod=755 a.sh /m/a.sh\nRUN --mount=type=cache,target=/m ls",
     restating("chmod", "755", "/m/a.sh", exact=False)),
    ("only where something fails", "COPY a.sh /a.sh\nRUN x || chmod 755 /a.sh", "COPY --chmod=755 a.sh /a.sh\nRUN x",
     restating(*CHMOD)),
    ("a COPY of another stage", "COPY a.sh /a.sh\nFROM debian:12\nRUN chmod 755 /a.sh && ls",
     "COPY --chmod=755 a.sh /a.sh\nFROM debian:12\nRUN ls", restating(*CHMOD)),
    ("a tree into which something was written", "COPY . /app\nRUN cd /app && make\nRUN chown -R u:g /app",
     "COPY --chown=u:g . /app\nRUN cd /app && make", restating(*TREE, exact=False)),
    ("one COPY of a tree without its owner", "COPY a /app/a\nCOPY b /app/b\nRUN chown -R u:g /app",
     "COPY --chown=u:g a /app/a\nCOPY b /app/b", restating(*TREE, exact=False)),
    ("a tree that was there before", "WORKDIR /app\nCOPY . .\nRUN chown -R u:g /app",
     "WORKDIR /app\nCOPY --chown=u:g . .",
     restating(*TREE, exact=False)),
    ("a tree, in a safe fix", "COPY . /app\nRUN chown -R u:g /app", "COPY --chown=u:g . /app", restating(*TREE)),
    ("moved, though read before", "COPY a.bin /tmp/\nRUN sha1sum /tmp/a.bin\nRUN mv /tmp/a.bin /opt/a.bin",
     "COPY a.bin /opt/a.bin\nRUN sha1sum /tmp/a.bin", Licence(relocated=frozenset((MV,)))),
    ("moved to another place", "COPY a.bin /tmp/\nRUN mv /tmp/a.bin /opt/a.bin", "COPY a.bin /srv/a.bin",
     Licence(relocated=frozenset((MV,)))),
    ("not moved at all", "COPY a.bin /tmp/\nRUN mv /tmp/a.bin /opt/a.bin && ls", "COPY a.bin /tmp/\nRUN ls",
     Licence(relocated=frozenset((MV,)))),
    ("a pattern moved", "COPY a.bin /tmp/\nRUN mv /tmp/*.bin /opt/", "COPY a.bin /opt/a.bin",
     Licence(relocated=frozenset((("mv", "/tmp/*.bin", "/opt/"),)))),
    ("mounted for one RUN of two", "COPY a.deb /tmp/\nRUN x /tmp/a.deb\nRUN y /tmp/a.deb && rm /tmp/a.deb",
     f"RUN x /tmp/a.deb\nRUN {MOUNT} y /tmp/a.deb", Licence(mounted=frozenset((MOUNT,)))),
    ("deleted by a pattern", "COPY a.deb /tmp/\nRUN x /tmp/a.deb && rm /tmp/*", f"RUN {MOUNT} x /tmp/a.deb",
     Licence(mounted=frozenset((MOUNT,)))),
    ("a pattern that would meet the mount", "COPY a.deb /tmp/\nRUN x /tmp/a.deb && rm -rf /tmp/* && rm /tmp/a.deb",
     f"RUN {MOUNT} x /tmp/a.deb && rm -rf /tmp/*", Licence(mounted=frozenset((MOUNT,)))),
    ("a mount that is unpacked in place", "COPY a.deb /tmp/\nRUN gunzip /tmp/a.deb && rm /tmp/a.deb",
     f"RUN {MOUNT} gunzip /tmp/a.deb",
     Licence(mounted=frozenset((MOUNT,)))),
    ("a mount in place of another file", "COPY b.deb /tmp/\nRUN x /tmp/b.deb && rm /tmp/b.deb",
     f"RUN {MOUNT} x /tmp/b.deb",
     Licence(mounted=frozenset((MOUNT,)))),
    ("more deleted than is mounted", "COPY a.deb /tmp/\nRUN x /tmp/a.deb && rm /tmp/a.deb /tmp/b",
     f"RUN {MOUNT} x /tmp/a.deb",
     Licence(mounted=frozenset((MOUNT,)))),
    ("what the image starts needs it", "COPY a.deb /tmp/\nRUN x /tmp/a.deb\nCMD cat /tmp/a.deb",
     f"RUN {MOUNT} x /tmp/a.deb\nCMD cat /tmp/a.deb",
     Licence(mounted=frozenset((MOUNT,)))),
    ("another stage takes it", "COPY a.deb /tmp/\nRUN x /tmp/a.deb\nFROM debian:12\nCOPY --from=0 /tmp /t",
     f"RUN {MOUNT} x /tmp/a.deb\nFROM debian:12\nCOPY --from=0 /tmp /t", Licence(mounted=frozenset((MOUNT,)))),
    ("a mode that the mount has not", "COPY --chmod=755 a.deb /tmp/\nRUN /tmp/a.deb && rm /tmp/a.deb",
     f"RUN {MOUNT} /tmp/a.deb",
     Licence(mounted=frozenset((MOUNT,)))),
    ("a download that is read later", "RUN wget https://x/a.tgz && tar xf a.tgz\nRUN cat /a.tgz",
     "RUN wget https://x/a.tgz && tar xf a.tgz && rm /a.tgz\nRUN cat /a.tgz", Licence(deleted=frozenset(("/a.tgz",)))),
    ("a download that the next stage takes",
     "RUN wget https://x/a.tgz && tar xf a.tgz\nFROM scratch\nCOPY --from=0 / /",
     "RUN wget https://x/a.tgz && tar xf a.tgz && rm /a.tgz\nFROM scratch\nCOPY --from=0 / /",
     Licence(deleted=frozenset(("/a.tgz",)))),
    ("a file that nothing unpacks", "RUN wget https://x/a.tgz && ls", "RUN wget https://x/a.tgz && ls && rm /a.tgz",
     Licence(deleted=frozenset(("/a.tgz",)))),
    ("deleted before it is unpacked", "RUN wget https://x/a.tgz && tar xf a.tgz",
     "RUN wget https://x/a.tgz && rm /a.tgz && tar xf a.tgz",
     Licence(deleted=frozenset(("/a.tgz",)))),
    ("another file deleted", "RUN wget https://x/a.tgz && tar xf a.tgz",
     "RUN wget https://x/a.tgz && tar xf a.tgz && rm /etc/passwd",
     Licence(deleted=frozenset(("/a.tgz", "/etc/passwd")))),
    ("a mount that is none of a file", "RUN x && rm /tmp/a.deb", f"RUN {MOUNT} x",
     Licence(mounted=frozenset((MOUNT,)))),
]
# fmt: on


@pytest.mark.parametrize(("name", "before", "changed", "licence"), REFUSED, ids=[r[0] for r in REFUSED])
def test_the_gate_refuses(name: str, before: str, changed: str, licence: Licence) -> None:
    assert not verify(whole(before), whole(changed), licence).ok


def test_old_frontends_get_nothing() -> None:
    for tag in (
        "docker/dockerfile:1.1",
        "docker/dockerfile:1.0-experimental",
        "example.org/my:1",
        "docker/dockerfile@sha256:0",
    ):
        body = "COPY a.sh /a.sh\nRUN chmod 755 /a.sh\nCOPY b.deb /tmp/\nRUN x /tmp/b.deb && rm /tmp/b.deb"
        text = whole(body, f"# syntax={tag}\n")
        result = fix(Source(text), Settings(select=RULES, unsafe_fixes=True))
        assert result.text == text
        assert all("syntax" in f.withheld.reason for f in result.withheld if f.withheld)


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ("", (1, 5)),
        ("# syntax=docker/dockerfile:1\n", NEWEST),
        ("# syntax=docker/dockerfile\n", NEWEST),
        ("# syntax=docker/dockerfile:1.14.0\n", (1, 14)),
        ("# syntax=docker.io/docker/dockerfile-upstream:1.7-labs\n", (1, 7)),
        ("# syntax=docker/dockerfile:1.4@sha256:0a\n", (1, 4)),
        ("# syntax=docker/dockerfile:experimental\n", None),
        ("# syntax=me/mine:1\n", None),
    ],
)
def test_the_version_of_the_frontend(line: str, version: tuple[int, int] | None) -> None:
    assert version_of(parse(f"{line}FROM debian:12\n")) == version


def test_symbolic_modes_need_the_frontend_that_has_them() -> None:
    body = f"{LAB}FROM debian:12\nCOPY a.sh /a.sh\nRUN chmod g-w /a.sh\n"
    for line, flag in ((NEW, "--chmod=g-w"), ("# syntax=docker/dockerfile:1.13\n", None), ("", None)):
        fixed = fix(Source(line + body), Settings(select=RULES, unsafe_fixes=True)).text
        assert (fixed != line + body) == (flag is not None)
        assert flag is None or f"COPY {flag} a.sh" in fixed


@pytest.mark.parametrize(
    ("mode", "text", "exact"),
    [
        ("755", "755", True),
        ("0644", "0644", True),
        ("4755", "4755", False),
        ("a=rx", "0555", True),
        ("a+rwx", "0777", True),
        ("ugo+rwx", "0777", True),
        ("+rwx", "0755", False),
        ("+x", "0755", False),
        ("+rx", "0755", False),
        ("u+x", None, False),
        ("go-w", None, False),
        ("u=rw,g=r,o=", "0640", True),
        ("a+s", None, False),
    ],
)
def test_modes(mode: str, text: str | None, exact: bool) -> None:
    found = numeric(mode)
    assert (found.text if found else None) == text
    assert found is None or found.exact is exact


def test_modes_are_what_chmod_makes(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_text("")
    old = os.umask(0o022)
    try:
        for mode in ("+x", "+w", "a+x", "u=rwx,go=rx", "go-rwx", "-w", "=r", "u+rwX,go+rX", "a-x,u+x", "+rwx"):
            for start in (0o644, 0o755, 0o600, 0o777, 0o664):
                file.chmod(start)
                subprocess.run(["chmod", "--", mode, str(file)], check=False, stderr=subprocess.DEVNULL)
                assert file.stat().st_mode & 0o777 == applied(mode, start) == after(mode, start), (mode, oct(start))
    finally:
        os.umask(old)


def test_owners() -> None:
    assert owner("app.app", "chown") is None
    assert owner("", "chown") is None
    root = owner("root", "chgrp")
    assert root is not None
    assert root.over(None) == "0:root"
    user = owner("app", "chown")
    assert user is not None
    assert (user.over("1:2"), user.over("1")) == ("app:2", None)
    assert symbolic("u+s") is None


def test_what_is_shown_only() -> None:
    """Display fixes are offered as patches, never applied."""
    bodies = {
        "COPY . /srv/app\nRUN rm -rf /srv/app/tests /srv/app/.git": f"{LAB}FROM debian:12\nCOPY . /srv/app\n",
        "COPY w/ /a/b\nRUN rm -rf /a/b/tests /srv/b": f"{LAB}FROM debian:12\nCOPY w/ /a/b\nRUN rm -rf /srv/b\n",
        "RUN apt-get install -y gcc\nCOPY x.c /x.c\nRUN gcc /x.c\nRUN apt-get purge -y gcc": (
            f"{LAB}FROM debian:12\nCOPY x.c /x.c\n"
            "RUN apt-get install -y gcc \\\n    && gcc /x.c \\\n    && apt-get purge -y gcc\n"
        ),
    }
    for body, patched in bodies.items():
        text = whole(body)
        (only,) = fixes(text)
        assert only.safety is Safety.DISPLAY
        assert apply(text, only.edits) == patched
        assert fix(Source(text), Settings(select=RULES, unsafe_fixes=True)).text == text


def test_exclude_where_the_frontend_has_it() -> None:
    text = f"{NEW}FROM debian:12\nCOPY --from=x . /srv/app\nRUN rm -rf /srv/app/tests\n"
    (only,) = fixes(text)
    assert apply(text, only.edits) == f"{NEW}FROM debian:12\nCOPY --from=x --exclude=tests . /srv/app\n"
    old = text.replace(":1\n", ":1.18\n")
    assert fixes(old) == []


def test_volume_moves_behind_what_changes_it() -> None:
    text = "FROM debian:12\nVOLUME /data\nRUN touch /data/a\nRUN ls\nRUN touch /data/b\nCMD x\n"
    found = [f.fix for f in check_source(Source(text), Settings(select=("LAY009",)))]
    assert [f.safety if f else None for f in found] == [Safety.DISPLAY] * 2
    patched = {apply(text, f.edits) for f in found if f}
    assert patched == {"FROM debian:12\nRUN touch /data/a\nRUN ls\nRUN touch /data/b\nVOLUME /data\nCMD x\n"}
    (inherited,) = check_source(
        Source("FROM a AS b\nVOLUME /data\nFROM b\nRUN touch /data/a\n"), Settings(select=("LAY009",))
    )
    assert inherited.withheld is not None
    assert "another stage" in inherited.withheld.reason


def test_the_gate_accepts_mounts_next_to_what_stays_apart() -> None:
    """What the refusals above are near to."""
    licence = Licence(mounted=frozenset((MOUNT,)))
    before = "COPY --chown=root a.deb /tmp/\nRUN x /tmp/a.deb\nRUN pip install y\nRUN rm /tmp/a.deb"
    assert verify(whole(before), whole(f"RUN {MOUNT} x /tmp/a.deb\nRUN pip install y"), licence).ok
    named = NUMBERED.replace("=0", "=s")
    before = "RUN x\nFROM debian:12\nCOPY --from=s /a.deb /tmp/\nRUN x /tmp/a.deb && rm /tmp/a.deb"
    after = f"RUN x\nFROM debian:12\nRUN {named} x /tmp/a.deb"
    assert verify(whole(before), whole(after), Licence(mounted=frozenset((named,)))).ok
