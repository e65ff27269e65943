"""What a Dockerfile needs of its base image, and which of three rules speaks of a base."""

from __future__ import annotations

from pathlib import Path

import pytest

from dockerlint.api import check
from dockerlint.context import Context
from dockerlint.context.needs import Need, needs
from dockerlint.file import File
from dockerlint.findings import Finding
from dockerlint.source import Source

LACKS = frozenset("gcc make git curl wget ps python3 xz bzip2".split())
TAIL = '\nCMD ["python", "app.py"]\n'


def found(
    body: str, context: Context | None = None, *, head: str = "FROM python:3.12\n", tail: str = TAIL
) -> list[Need]:
    file = File(Source(head + body + tail), context)
    return needs(file.graph, file.ledgers[-1], file.invocations, context, LACKS)


def texts(body: str, context: Context | None = None, **more: str) -> list[str]:
    return [need.text for need in found(body, context, **more)]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("RUN git clone x", "uses `git`"),
        ("RUN cd /x && make install", "uses `make`"),
        ("RUN tar xJf /x", "unpacks with `xz`"),
        ("RUN tar -C /opt -xf x.tar.xz", "unpacks with `xz`"),
        ("RUN tar xf x.tar.bz2", "unpacks with `bzip2`"),
        ("RUN tar -xjf x", "unpacks with `bzip2`"),
        ("RUN sh -c 'curl -s x'", "uses `curl`"),
        ("HEALTHCHECK CMD curl -f localhost", "uses `curl`"),
        ('HEALTHCHECK CMD ["/usr/bin/wget", "-q", "x"]', "uses `wget`"),
    ],
)
def test_a_program_that_is_surely_used(body: str, text: str) -> None:
    (need,) = found(body)
    assert (need.text, need.sure) == (text, True)


@pytest.mark.parametrize(
    "body",
    [
        "RUN apt-get update && apt-get install -y git && git clone x",
        "RUN apt-get install -y build-essential && gcc x.c && make",
        "RUN apt-get install -y procps\nHEALTHCHECK CMD ps",
        "RUN mkdir /x && chmod 755 /x && python manage.py collectstatic",
        "RUN pip install flask 'requests>=2' && pip install -U pip",
        "COPY git /git",
        "RUN tar xzf x.tar.gz -C /opt/J && tar -xf x.tar",
        "RUN apt-get install -y xz-utils && tar xJf x",
        "ENV GIT=git",
    ],
)
def test_nothing_is_missed(body: str) -> None:
    assert found(body) == []


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("RUN pip install mysqlclient", "installs `mysqlclient`, which may need a compiler or libraries"),
        ("RUN pip install acme", "installs `acme`, which may be compiled for all that is known"),
        (
            "RUN pip install acme flask-acme emca",
            "installs `acme` and 1 more, which may be compiled for all that is known",
        ),
        ("RUN pip install -r r.txt", "installs Python packages that could not all be told"),
        ("RUN pip install .", "builds a Python package"),
        ("RUN python setup.py install", "runs `python`, whose needs are not known"),
        ("RUN poetry install", "`poetry` may compile what it installs"),
        ("RUN cpanm JSON::XS", "`cpanm` may compile what it installs"),
        ("RUN npm ci", "`npm` may compile what it installs, and no lock file tells"),
        ("RUN ./configure", "runs `configure`, which is not in the build context"),
        ("RUN sh /x/setup.sh", "runs `setup.sh`, which is not in the build context"),
        ("RUN frobnicate", "runs `frobnicate`, whose needs are not known"),
        ("RUN $TOOL x", "runs a command that is not known"),
        ('RUN ["python", "-c", "x"]', "runs what could not be followed"),
        ("ONBUILD RUN make", "is there for others to build on"),
        (
            "RUN apt-get install -y openjdk-17-jre-headless",
            "installs `openjdk-17-jre-headless`, which may want manual pages or translations",
        ),
    ],
)
def test_what_may_be_missed(body: str, text: str) -> None:
    missed = found(body)
    assert text in [need.text for need in missed]
    assert not any(need.sure for need in missed)


def test_installers_do_not_mind_that_documentation_is_left_out() -> None:
    text = "FROM debian:12\nRUN apt-get install -y python3-pip npm && pip install acme && npm ci\nCMD python3 x.py\n"
    file = File(Source(text))
    assert needs(file.graph, file.ledgers[-1], file.invocations, None, frozenset()) == []
    (finding,) = [f for f in check(text) if f.code == "IMG001"]
    assert finding.fix is not None
    assert finding.fix.safety.value == "unsafe"


def test_other_stages_on_the_same_base_and_those_that_are_copied_from() -> None:
    head = "FROM python:3.12 AS base\nFROM base AS build\nRUN git clone x\nFROM base\n"
    assert texts("", head=head) == ["uses `git`"]
    head = "FROM debian:12 AS build\nRUN git clone x\nRUN pip install acme\nFROM python:3.12\nCOPY --from=build /x /x\n"
    assert texts("", head=head) == ["installs `acme`, which may be compiled for all that is known"]


def test_a_script_of_the_context_is_read(tmp_path: Path) -> None:
    (tmp_path / "start.sh").write_text(
        "#!/bin/sh\n# git is not needed\nif ! curl -f x; then\n  exit 1\nfi\nexec python app.py\n"
    )
    (tmp_path / "plain.sh").write_text("echo curl\nmkdir -p /x\n")
    context = Context(tmp_path, tmp_path / "Dockerfile")
    assert texts("RUN sh plain.sh", context) == []
    assert texts("COPY . .", context, tail='\nENTRYPOINT ["./start.sh"]\n') == ["runs `start.sh`, which uses `curl`"]


@pytest.mark.parametrize(
    ("name", "lock", "text"),
    [
        ("package-lock.json", '{"packages": {"": {"hasInstallScript": true}, "node_modules/a": {}}}', None),
        ("package-lock.json", '{"packages": {"node_modules/a": {"hasInstallScript": true}}}', "`npm` may compile `a`"),
        (
            "package-lock.json",
            '{"packages": {"node_modules/fsevents": {"hasInstallScript": true, "optional": true}}}',
            None,
        ),
        ("package-lock.json", "{", "`npm` may compile `packages that could not be told`"),
        ("package-lock.json", "[]", "`npm` may compile `packages that could not be told`"),
        (
            "package-lock.json",
            '{"packages": {"node_modules/a": {"resolved": "git+ssh://git@x/a"}}}',
            "`npm` takes packages from git repositories",
        ),
        ("yarn.lock", 'express@^4:\n  version "4"\n', None),
        (
            "yarn.lock",
            'node-gyp@^9:\n  version "9"\n\nx:\n  dependencies:\n    "node-gyp" "^9"\n',
            "`npm` may compile `native modules`",
        ),
        ("pnpm-lock.yaml", "packages:\n  /x@1:\n    requiresBuild: true\n", "`npm` may compile `native modules`"),
    ],
)
def test_a_lock_file_tells_what_is_compiled(name: str, lock: str, text: str | None, tmp_path: Path) -> None:
    (tmp_path / name).write_text(lock)
    context = Context(tmp_path, tmp_path / "Dockerfile")
    assert texts("RUN npm ci", context, head="FROM node:22\n") == ([] if text is None else [text])


def bases(text: str) -> list[Finding]:
    return [f for f in check(text) if f.code in ("IMG001", "IMG002", "IMG005")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('FROM python:3.12\nCMD ["python", "x.py"]\n', "IMG001"),
        ('FROM golang:1.23\nCOPY . .\nRUN go build -o /x\nCMD ["/x"]\n', "IMG002"),
        ('FROM golang:1.23\nCOPY x /x\nCMD ["/x"]\n', "IMG005"),
        ('FROM eclipse-temurin:21-jdk\nCOPY x.jar /\nCMD ["java", "-jar", "/x.jar"]\n', "IMG005"),
        ('FROM maven:3-eclipse-temurin-21\nCOPY . .\nRUN mvn package\nCMD ["java", "-jar", "x.jar"]\n', "IMG002"),
        ('FROM rust:1.83\nRUN cargo install x\nCMD ["x"]\n', "IMG002"),
        ('FROM nvidia/cuda:12.2.0-devel-ubuntu22.04\nCOPY x /x\nCMD ["/x"]\n', "IMG005"),
    ],
)
def test_one_complaint_for_one_cause(text: str, code: str) -> None:
    assert [f.code for f in bases(text)] == [code]


@pytest.mark.parametrize(
    "text",
    [
        'FROM golang:1.23\nCMD ["go", "run", "."]\n',
        'FROM eclipse-temurin:21-jdk\nRUN ./mystery\nCMD ["java", "-jar", "/x.jar"]\n',
        'FROM eclipse-temurin:21-jdk AS dev\nCMD ["java", "-jar", "/x.jar"]\n',
        "FROM rust:1.83\n",
        'FROM swift:6.1-slim\nCMD ["/x"]\n',
        'FROM erlang:27\nCMD ["erl", "-s", "x"]\n',
        "FROM golang:1.23@sha256:" + "a" * 64 + '\nCMD ["/x"]\n',
        'ARG V=1\nFROM golang:$V\nCMD ["/x"]\n',
        'FROM registry.example.com/python:3.12\nCMD ["python"]\n',
        'FROM --platform=windows/amd64 golang:1.23\nCMD ["/x"]\n',
    ],
)
def test_nothing_is_said_of_these(text: str) -> None:
    assert bases(text) == []


@pytest.mark.parametrize(
    ("end", "safety"),
    [
        ('CMD ["java", "-jar", "/x.jar"]', "unsafe"),
        ('ENTRYPOINT ["/usr/local/hbase/bin/hbase"]', "display"),
        ("RUN pip install acme\nCMD java -jar /x.jar", "display"),
    ],
)
def test_a_jdk_is_only_changed_below_java_itself(end: str, safety: str) -> None:
    (finding,) = bases(f"FROM eclipse-temurin:21-jdk\nCOPY x.jar /\n{end}\n")
    assert finding.fix is not None
    assert finding.fix.safety.value == safety
