"""Another base image and a stage that goes: what the gate lets pass with a licence, and what it never does."""

from __future__ import annotations

import pytest

from dockerlint.edits import Licence
from dockerlint.fixer import fix
from dockerlint.settings import Settings
from dockerlint.source import Source
from dockerlint.verify import verify
from dockerlint.verify.bases import same_image

SMALLER = [
    ("python:3.12", "python:3.12-slim"),
    ("python", "python:slim"),
    ("python:latest", "python:slim"),
    ("debian", "debian:stable-slim"),
    ("python:3.12-bookworm", "python:3.12-slim-bookworm"),
    ("node:20-bookworm", "node:20-bookworm-slim"),
    ("ruby:bullseye", "ruby:slim-bullseye"),
    ("eclipse-temurin:21", "eclipse-temurin:21-jre"),
    ("eclipse-temurin:21-jdk-jammy", "eclipse-temurin:21-jre-jammy"),
    ("nvidia/cuda:12.2.0-devel-ubuntu22.04", "nvidia/cuda:12.2.0-runtime-ubuntu22.04"),
    ("docker.io/library/python:3.12", "docker.io/library/python:3.12-slim"),
    ("openjdk:11-jdk-slim", "openjdk:11-jre-slim"),
    ("tomcat:9-jdk17-temurin-jammy", "tomcat:9-jre17-temurin-jammy"),
]
NOT_THE_SAME = [
    ("python:3.12", "python:3.11-slim", "another version"),
    ("python:3.12", "python:3-slim", "another version"),
    ("python:3.12", "python:3.12-alpine", "another libc"),
    ("python:3.12", "python:slim", "no version"),
    ("python:3.12", "python", "nothing left"),
    ("python:3.12", "python:slim-3.12", "no such tag"),
    ("python:3.12", "node:3.12-slim", "another name"),
    ("python:3.12-bookworm", "python:3.12-slim", "no distribution"),
    ("python:3.12-bookworm", "python:3.12-slim-bullseye", "another distribution"),
    ("python:3.12", "docker.io/python:3.12-slim", "another spelling of the name"),
    ("python:3.12-slim", "python:3.12-slim-slim", "slim already"),
    ("python:3.12-slim", "python:3.12", "bigger"),
    ("python:3.12-alpine", "python:3.12-slim-alpine", "not the plain variant"),
    ("someone/python:3.12", "someone/python:3.12-slim", "somebody else's image"),
    ("python:latest", "python:3-slim", "a version"),
    ("python:3.12", "python:3.12-slim@sha256:" + "a" * 64, "a digest"),
    ("python:3.12@sha256:" + "a" * 64, "python:3.12-slim", "pinned"),
    ("python:$V", "python:$V-slim", "a variable"),
    ("eclipse-temurin:21-jdk", "eclipse-temurin:21-jre-jdk", "both"),
    ("eclipse-temurin:21-jdk", "eclipse-temurin:jre-21", "another order"),
    ("tomcat:9-jdk17", "tomcat:9-jre21", "another Java"),
    ("tomcat:9-jdk17", "tomcat:10-jre17", "another Tomcat"),
    ("tomcat:9", "tomcat:9-jre", "no such variant"),
    ("ubuntu:24.04", "ubuntu:24.04-slim", "no such variant"),
    ("golang:1.23", "golang:1.23-slim", "no such variant"),
    ("nvidia/cuda:12.2.0-devel-ubuntu22.04", "nvidia/cuda:12.2.0-base-ubuntu22.04", "not the run-time variant"),
]
FILE = "FROM {}\nRUN x\nUSER app\n"


def licence(old: str, new: str) -> Licence:
    return Licence(bases=frozenset(((old, new),)))


@pytest.mark.parametrize(("old", "new"), SMALLER)
def test_a_smaller_variant_passes_with_a_licence(old: str, new: str) -> None:
    before, after = FILE.format(old), FILE.format(new)
    assert verify(before, after, licence(old, new)).ok
    assert not verify(before, after, Licence()).ok
    assert not verify(before, after, licence(old, new + "x")).ok
    assert not verify(before, after.replace("USER app\n", ""), licence(old, new)).ok


@pytest.mark.parametrize(("old", "new", "why"), NOT_THE_SAME)
def test_anything_else_is_refused_whatever_the_licence_says(old: str, new: str, why: str) -> None:
    assert not same_image(old, new), why
    assert not verify(FILE.format(old), FILE.format(new), licence(old, new)).ok, why


@pytest.mark.parametrize(
    "after",
    [
        "FROM python:3.12-slim AS app",
        "FROM --platform=linux/amd64 python:3.12-slim",
        "FROM --platform=linux/arm64 python:3.12-slim AS app",
        "FROM --platform=linux/amd64 python:3.12-slim AS other",
        "FROM --platform=linux/amd64 python:3.12-slim AS app AS app",
    ],
)
def test_platform_and_name_stay(after: str) -> None:
    before = "FROM --platform=linux/amd64 python:3.12 AS app"
    allowed = licence("python:3.12", "python:3.12-slim")
    assert not verify(f"{before}\nRUN x\n", f"{after}\nRUN x\n", allowed).ok
    good = "FROM --platform=linux/amd64 python:3.12-slim AS app"
    assert verify(f"{before}\nRUN x\n", f"{good}\nRUN x\n", allowed).ok


def test_a_pragma_above_the_from_is_kept() -> None:
    text = "# hadolint ignore=DL3006\nFROM {}\nRUN x\n"
    allowed = licence("python", "python:slim")
    assert verify(text.format("python"), text.format("python:slim"), allowed).ok


def test_a_from_that_means_another_stage_is_no_image() -> None:
    text = "FROM alpine:3.20 AS python\nRUN x\nFROM {}\nRUN y\n"
    assert not verify(text.format("python"), text.format("python:slim"), licence("python", "python:slim")).ok


def drop(text: str, gone: str, *keys: str) -> bool:
    assert gone in text
    return verify(text, text.replace(gone, "", 1), Licence(stages=frozenset(keys))).ok


A, B = "FROM a AS one\nRUN x\n", "FROM b\nRUN y\n"


def test_a_stage_may_go_that_nothing_needs() -> None:
    assert drop(A + B, A, "a AS one")
    assert drop(A + "# of the next\n" + B, A, "a AS one")
    assert drop(B + "# its own\n" + A + B, "# its own\n" + A, "a AS one")
    assert drop(A + "FROM one AS two\n" + B, A + "FROM one AS two\n", "a AS one", "one AS two")


@pytest.mark.parametrize(
    ("text", "gone", "keys"),
    [
        (A + B, A, ()),
        (A + B, A, ("a",)),
        (A + B, B, ("b",)),
        (A + B, "RUN x\n", ("a AS one",)),
        (A + "FROM one\n", A, ("a AS one",)),
        (A + B + "COPY --from=one /x /\n", A, ("a AS one",)),
        (A + B + "COPY --from=ONE /x /\n", A, ("a AS one",)),
        (A + B + "COPY --from=0 /x /\n", A, ("a AS one",)),
        (A + "FROM c AS two\n" + B + "COPY --from=1 /x /\n", A, ("a AS one",)),
        (A + B + "RUN --mount=type=bind,from=one,target=/x y\n", A, ("a AS one",)),
        (A + B + 'RUN --mount="from=one,target=/x" y\n', A, ("a AS one",)),
        (A + B + "ONBUILD COPY --from=one /x /\n", A, ("a AS one",)),
        ("ARG K\n" + A + "FROM $K\nRUN y\n", A, ("a AS one",)),
        (A + "FROM one AS two\n" + B, A, ("a AS one",)),
        ("# of the file\n" + A + B, "# of the file\n" + A, ("a AS one",)),
        (A + "# of the next\n" + B, A + "# of the next\n", ("a AS one",)),
    ],
)
def test_a_stage_that_may_be_needed_stays(text: str, gone: str, keys: tuple[str, ...]) -> None:
    assert not drop(text, gone, *keys)


def test_the_byte_order_mark_stays_where_the_first_stage_goes() -> None:
    text = "\ufeffFROM a AS old\nRUN b\nFROM c\nRUN d\n"
    result = fix(Source(text), Settings(select=("IMG003",), unsafe_fixes=True))
    assert result.text == "\ufeffFROM c\nRUN d\n"


@pytest.mark.parametrize("comment", ["# escape=`", "# syntax=docker/dockerfile:1", "# check=skip=all"])
def test_no_comment_becomes_a_directive_where_the_first_stage_goes(comment: str) -> None:
    text = f"FROM a AS old\nRUN b\n{comment}\nFROM c\nRUN d\n"
    assert fix(Source(text), Settings(select=("IMG003",), unsafe_fixes=True)).text == text
