"""The build graph: stages, what they are built from, and the state each instruction finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockerlint.model.build import build
from dockerlint.model.graph import BuildGraph, Scope
from dockerlint.model.images import ImageName, base_image, initial_workdir, is_windows, parse_image
from dockerlint.model.scopes import MAX_VARIABLES
from dockerlint.shell.tree import ShellKind
from dockerlint.syntax import parse
from dockerlint.values import UNKNOWN, Unknown, Value


def graph(text: str) -> BuildGraph:
    return build(parse(text))


def last_scope(text: str) -> Scope:
    """What an instruction at the end of the file would find."""
    return graph(text + "\nRUN end\n").stages[-1].steps[-1].scope


class TestStages:
    def test_names_indices_and_what_ships(self) -> None:
        found = graph(
            "ARG V=3\nFROM golang AS Build\nRUN a\nFROM alpine:$V as base\nRUN b\nFROM base\nCOPY --from=build /x /x\n"
        )
        assert [(s.index, s.name, s.base.reference, s.base.stage, s.ships) for s in found.stages] == [
            (0, "build", "golang", None, False),
            (1, "base", "alpine:3", None, True),
            (2, None, "base", 1, True),
        ]
        assert [s.instruction.keyword for s in found.preamble] == ["ARG"]
        assert [s.index for s in found.lineage(found.stages[2])] == [1, 2]
        assert [(s.stage, s.index, s.instruction.keyword) for s in found.steps] == [
            (-1, 0, "ARG"), (0, 1, "FROM"), (0, 2, "RUN"), (1, 3, "FROM"), (1, 4, "RUN"),
            (2, 5, "FROM"), (2, 6, "COPY"),
        ]  # fmt: skip

    def test_names_are_compared_without_case_and_only_backwards(self) -> None:
        found = graph("FROM later\nFROM a AS later\nFROM LATER\nFROM a AS later\nFROM later\n")
        assert [s.base.stage for s in found.stages] == [None, None, 1, None, 3]

    def test_a_stage_may_have_the_name_of_its_own_image(self) -> None:
        found = graph("FROM alpine AS alpine\nFROM alpine\n")
        assert [s.base.stage for s in found.stages] == [None, 0]

    @pytest.mark.parametrize(
        ("text", "reference"),
        [
            ("FROM a", "a"),
            ('FROM "a"', "a"),
            ("ARG V\nFROM a:$V", UNKNOWN),
            ("ARG V\nFROM a:${V:-1}", "a:1"),
            ("ARG V\nFROM a${V:+:x}", "a"),
            ("ARG V=2\nFROM a:${V:-1}", "a:2"),
            ("ARG V=2\nARG W=x$V\nFROM a:$W", "a:x2"),
            ("ARG V=2\nARG V\nFROM a:$V", "a:2"),
            ("ARG V\nARG V=$TARGETARCH\nFROM a:${V:-1}", UNKNOWN),
            ("FROM a:${UNDECLARED:-1}", "a:1"),
            ("FROM $UNDECLARED", UNKNOWN),
            ("FROM a-$TARGETARCH", UNKNOWN),
            ("FROM a-${TARGETARCH:-amd64}", UNKNOWN),
            ("ARG TARGETARCH\nFROM a-${TARGETARCH:-amd64}", UNKNOWN),
            ("ARG V=1\nFROM b\nARG V=9\nFROM a:$V", "a:1"),
            ("FROM ${V:=x}", UNKNOWN),
            ("FROM", UNKNOWN),
        ],
    )
    def test_the_reference(self, text: str, reference: Value) -> None:
        assert graph(text).stages[-1].base.reference == reference

    def test_the_platform(self) -> None:
        found = graph("ARG P=linux/arm64\nFROM --platform=$P a\nFROM --platform=$BUILDPLATFORM a\nFROM a\n")
        assert [s.base.platform for s in found.stages] == ["linux/arm64", UNKNOWN, None]

    @pytest.mark.parametrize("text", ["", "# nothing\n", "RUN a\nCMD b\n", "ARG A=1\n"])
    def test_no_stage(self, text: str) -> None:
        found = graph(text)
        assert found.stages == () == found.edges
        assert [s.stage for s in found.steps] == [-1] * len(found.steps)


class TestEdges:
    def test_of_every_kind(self) -> None:
        text = (
            "FROM a AS one\nFROM one\nCOPY --from=ONE x y\nCOPY --from=0 x y\nCOPY --from=alpine:3 x y\nCOPY x y\n"
            "ADD x y\nRUN --mount=type=cache,target=/c --mount=type=bind,from=one,target=/m x\n"
            "RUN --mount=from=img,target=/x x\n"
        )
        found = [(e.kind, e.target, e.source, e.image, text[slice(*e.span)], e.step) for e in graph(text).edges]
        assert found == [
            ("from", 0, None, "a", "a", 0),
            ("from", 1, 0, None, "one", 1),
            ("copy", 1, 0, None, "ONE", 2),
            ("copy", 1, 0, None, "0", 3),
            ("copy", 1, None, "alpine:3", "alpine:3", 4),
            ("mount", 1, 0, None, "one", 7),
            ("mount", 1, None, "img", "img", 8),
        ]

    def test_scratch_is_nothing_to_depend_on(self) -> None:
        assert graph("FROM scratch\nCOPY a /\n").edges == ()

    @pytest.mark.parametrize("name", ["$X", "7", "self", "1", "-1", "9" * 5000])
    def test_what_the_builder_refuses_names_nothing(self, name: str) -> None:
        edge = graph(f"FROM a\nFROM b AS self\nCOPY --from={name} x y\n").edges[-1]
        assert (edge.kind, edge.source, edge.image) == ("copy", None, None)

    def test_a_later_stage_may_be_copied_from(self) -> None:
        assert graph("FROM a\nCOPY --from=late x y\nFROM b AS late\n").edges[1].source == 1

    def test_an_unknown_base_is_an_edge_to_nothing_that_is_known(self) -> None:
        (edge,) = graph("ARG B\nFROM $B\n").edges
        assert (edge.kind, edge.source, edge.image) == ("from", None, None)

    def test_triggers_bind_the_stages_built_from_theirs(self) -> None:
        edges = graph("FROM a AS x\nFROM b AS y\nONBUILD COPY --from=x p q\nFROM y\n").edges
        assert [(e.kind, e.target, e.source, e.step) for e in edges if e.kind == "copy"] == [("copy", 2, 0, 2)]


class TestVariables:
    @pytest.mark.parametrize(
        ("text", "env"),
        [
            ('ENV A=1 B="2 3" C=\\$A', {"A": "1", "B": "2 3", "C": "$A"}),
            ("ENV A some  'value' here", {"A": "some  value here"}),
            ("ENV A=1\nENV A=2 B=$A", {"A": "2", "B": "1"}),
            ("ENV A=1\nENV B=${A:+x}${A%1}y", {"A": "1", "B": "xy"}),
            ("ENV PATH=/x:$PATH", {"PATH": UNKNOWN}),
            ("ENV A=${B:-1}", {"A": UNKNOWN}),
            ("ARG B=2\nENV A=$B", {"A": "2"}),
            ("ARG B\nENV A=$B", {"A": UNKNOWN}),
            ("ENV N=K\nENV $N=1", {"N": "K", "K": "1"}),
            ("ENV A=1\nENV A", {"A": "1"}),
            ("ENV A='open", {"A": UNKNOWN}),
        ],
    )
    def test_env(self, text: str, env: dict[str, Value]) -> None:
        assert last_scope("FROM python\n" + text).env == env

    def test_on_scratch_a_missing_variable_is_empty_but_path_is_set(self) -> None:
        assert last_scope("FROM scratch\nENV A=x$B C=$PATH").env == {"A": "x", "C": UNKNOWN}
        assert last_scope("FROM scratch AS a\nFROM a\nENV A=x$B").env == {"A": "x"}

    def test_args(self) -> None:
        text = "ARG G=g\nARG U\nFROM a\nARG G\nARG U\nARG T=${G}1 V=$T\nARG TARGETARCH\nARG http_proxy\nARG N"
        assert last_scope(text).args == {
            "G": "g", "U": UNKNOWN, "T": "g1", "V": "g1", "TARGETARCH": UNKNOWN, "http_proxy": UNKNOWN, "N": UNKNOWN,
        }  # fmt: skip

    def test_a_global_arg_is_not_seen_before_it_is_declared(self) -> None:
        assert last_scope("ARG G=g\nFROM scratch\nENV A=x$G").env == {"A": "x"}
        assert last_scope("ARG G=g\nFROM a\nENV A=x$G").env == {"A": UNKNOWN}
        assert last_scope("ARG G=g\nFROM a\nARG G=h\nENV A=x$G").env == {"A": "xh"}

    def test_env_overrides_arg(self) -> None:
        scope = last_scope("FROM a\nARG V=1\nENV V=2\nARG V")
        assert scope.variables() == {"V": "2"}

    def test_an_arg_behind_an_env_of_another_value_makes_it_unknown(self) -> None:
        """The documentation says that ENV wins, BuildKit lets the later one win."""
        assert last_scope("FROM a\nENV V=2\nARG V=1").variables() == {"V": UNKNOWN}
        assert last_scope("FROM a\nENV V=2\nARG V=2").variables() == {"V": "2"}

    def test_a_stage_inherits(self) -> None:
        scope = last_scope(
            'FROM a AS p\nENV E=1\nARG A=2\nWORKDIR /w\nUSER u\nSHELL ["/bin/bash", "-c"]\nFROM p\nENV F=$E$A'
        )
        assert (scope.env, scope.args) == ({"E": "1", "F": "12"}, {"A": "2"})
        assert (scope.workdir, scope.user, scope.shell.name) == ("/w", "u", "bash")

    def test_another_stage_does_not(self) -> None:
        scope = last_scope("FROM debian AS p\nENV E=1\nWORKDIR /w\nUSER u\nFROM debian")
        assert (scope.env, scope.args, scope.workdir, scope.user) == ({}, {}, "/", "")

    def test_a_step_sees_what_stands_before_it(self) -> None:
        steps = graph("FROM a\nENV A=1\nRUN x\nENV A=2\nRUN y\n").stages[0].steps
        assert [dict(s.scope.env) for s in steps] == [{}, {"A": "1"}, {"A": "1"}, {"A": "2"}]

    def test_scopes_are_shared_where_nothing_changes(self) -> None:
        steps = graph("FROM a\nENV A=1\nRUN x\nCOPY a b\nLABEL c=d\nWORKDIR /x\nRUN y\n").stages[0].steps
        assert steps[1].scope is steps[2].scope is steps[4].scope
        assert steps[4].scope.env is steps[5].scope.env

    def test_triggers_act_on_the_stage_built_from_theirs(self) -> None:
        text = "FROM debian AS p\nONBUILD ENV A=1\nONBUILD WORKDIR /b\nRUN x\nFROM p\nRUN y\nFROM debian\nRUN z\n"
        scopes = [stage.steps[-1].scope for stage in graph(text).stages]
        assert [(dict(s.env), s.workdir) for s in scopes] == [({}, "/"), ({"A": "1"}, "/b"), ({}, "/")]

    def test_growth_is_bounded(self) -> None:
        assert last_scope("FROM a\nENV A=xxxxxxxx\n" + "ENV A=$A$A$A$A\n" * 40).env == {"A": UNKNOWN}
        many = last_scope("FROM a\n" + "".join(f"ENV A{i}={i}\n" for i in range(2 * MAX_VARIABLES)) + "ENV A0=x").env
        assert len(many) == MAX_VARIABLES
        assert many["A0"] == "x"


class TestDirectoryUserShell:
    @pytest.mark.parametrize(
        ("text", "workdir"),
        [
            ("FROM debian", "/"),
            ("FROM docker.io/library/debian:12@sha256:" + "a" * 64, "/"),
            ("FROM someone/debian", UNKNOWN),
            ("FROM scratch", "/"),
            ("FROM golang:1.22", "/go"),
            ("FROM php:8-fpm-alpine", "/var/www/html"),
            ("FROM php:8-cli", "/"),
            ("FROM php:8-cli AS p\nFROM p", "/"),
            ("ARG V\nFROM python:$V", "/"),
            ("ARG V\nFROM php:$V", UNKNOWN),
            ("FROM node:onbuild", UNKNOWN),
            ("ARG B\nFROM $B", UNKNOWN),
            ("FROM x\nWORKDIR a", UNKNOWN),
            ("FROM x\nWORKDIR a\nWORKDIR /b\nWORKDIR c/../d/", "/b/d"),
            ("FROM debian\nWORKDIR a b", "/a b"),
            ("FROM debian\nENV D=/d\nWORKDIR $D/${E:-e}", UNKNOWN),
            ("FROM debian\nENV D=/d E=\nWORKDIR $D/${E:-e}", "/d/e"),
            ("FROM debian\nWORKDIR '/q'", "/q"),
            ("FROM debian\nENV D=\nWORKDIR /x\nWORKDIR $D", "/x"),
            ("FROM debian\nWORKDIR ../..", "/"),
            ("FROM debian\nWORKDIR //x", "/x"),
            ("FROM debian\nWORKDIR C:/x", UNKNOWN),
            ("FROM mcr.microsoft.com/windows/servercore:ltsc2022", UNKNOWN),
            ("FROM mcr.microsoft.com/windows/servercore:ltsc2022\nWORKDIR /app", "/app"),
            ("# escape=`\nFROM mcr.microsoft.com/windows/nanoserver\nWORKDIR C:\\app", UNKNOWN),
        ],
    )
    def test_workdir(self, text: str, workdir: Value) -> None:
        assert last_scope(text).workdir == workdir

    def test_user(self) -> None:
        assert last_scope("FROM a").user == ""
        assert last_scope("FROM a\nARG U=app\nUSER $U:staff").user == "app:staff"
        assert last_scope("FROM a\nUSER $U").user is UNKNOWN

    @pytest.mark.parametrize(
        ("text", "shell"),
        [
            ("FROM a", ShellKind("sh", ("-c",))),
            (
                'FROM a\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]',
                ShellKind("bash", ("-o", "pipefail", "-c")),
            ),
            ('FROM a\nSHELL ["C:\\\\Windows\\\\PowerShell.EXE", "-Command"]', ShellKind("powershell", ("-Command",))),
            ("FROM a\nSHELL bash -c", ShellKind("sh", ("-c",))),
            ("FROM a\nSHELL []", ShellKind("sh", ("-c",))),
            ("FROM mcr.microsoft.com/windows/servercore:$V", ShellKind("cmd", ("/S", "/C"))),
            ("FROM mcr.microsoft.com/dotnet/sdk:8.0-nanoserver-1809", ShellKind("cmd", ("/S", "/C"))),
            ("FROM python:3-windowsservercore", ShellKind("cmd", ("/S", "/C"))),
            ("FROM mcr.microsoft.com/dotnet/sdk:8.0", ShellKind("sh", ("-c",))),
            ("FROM --platform=windows/amd64 a", ShellKind("cmd", ("/S", "/C"))),
            ("FROM --platform=linux/amd64 x-windows", ShellKind("sh", ("-c",))),
            ("# escape=`\nFROM company/base", ShellKind("cmd", ("/S", "/C"))),
            ("# escape=`\nFROM debian", ShellKind("sh", ("-c",))),
            ("# escape=`\nFROM scratch", ShellKind("cmd", ("/S", "/C"))),
        ],
    )
    def test_shell(self, text: str, shell: ShellKind) -> None:
        assert last_scope(text).shell == shell


class TestImages:
    @pytest.mark.parametrize(
        ("reference", "parts"),
        [
            ("python", ("docker.io", "python", None, None)),
            ("python:3.12-slim", ("docker.io", "python", "3.12-slim", None)),
            ("docker.io/library/python:3", ("docker.io", "python", "3", None)),
            ("index.docker.io/bitnami/redis", ("docker.io", "bitnami/redis", None, None)),
            ("library/python", ("docker.io", "python", None, None)),
            ("public.ecr.aws/docker/library/node:20", ("docker.io", "node", "20", None)),
            ("public.ecr.aws/lambda/python:3", ("public.ecr.aws", "lambda/python", "3", None)),
            ("mirror.gcr.io/library/busybox", ("docker.io", "busybox", None, None)),
            ("ghcr.io/Owner/x", None),
            ("ghcr.io/owner/x__y.z", ("ghcr.io", "owner/x__y.z", None, None)),
            ("localhost:5000/a/b:c", ("localhost:5000", "a/b", "c", None)),
            ("localhost/a", ("localhost", "a", None, None)),
            ("a@sha256:" + "0" * 64, ("docker.io", "a", None, "sha256:" + "0" * 64)),
            ("a:b@sha256:" + "0" * 64, ("docker.io", "a", "b", "sha256:" + "0" * 64)),
            ("a@sha256:0", None),
            ("a:", None),
            ("A", None),
            ("", None),
            ("a b", None),
            ("a:b:c", None),
            ("$A", None),
        ],
    )
    def test_parts(self, reference: str, parts: tuple[str, str, str | None, str | None] | None) -> None:
        assert parse_image(reference) == (None if parts is None else ImageName(*parts))

    def test_names(self) -> None:
        image = parse_image("docker.io/library/python:latest")
        other = parse_image("quay.io/a/b:1")
        assert image is not None
        assert other is not None
        assert (image.name, image.official, image.floating) == ("python", True, True)
        assert (other.name, other.official, other.floating) == ("quay.io/a/b", False, False)

    def test_windows_cross_compilers_run_on_linux(self) -> None:
        assert not is_windows("dockcross/windows-static-x64", None, "\\")
        assert is_windows("stefanscherer/node-windows:8", None, "\\")

    def test_a_registry_with_a_port_is_no_tag(self) -> None:
        assert initial_workdir(UNKNOWN, "localhost:5000/python:$V") is UNKNOWN


LINES = [
    "ARG A", "ARG A=1", "ARG TARGETOS", "FROM a", "FROM a AS b", "FROM b", "FROM $A", "FROM scratch AS s", "FROM",
    "FROM s", "ENV A=$A$B", "ENV B='", "ENV $A=x", "WORKDIR $A", "WORKDIR x", "WORKDIR", "USER $A", "SHELL [\"x\"]",
    "SHELL [\"\"]", "SHELL", "ONBUILD ENV A=9", "ONBUILD", "COPY --from=b x y", "COPY --from=1 x y", "COPY --from=",
    "RUN --mount=from=s,x a", "RUN --mount a", "# escape=`", "x", "ADD <<E f\nb\nE",
]  # fmt: skip


@given(st.lists(st.sampled_from(LINES), max_size=14))
def test_any_file_has_a_graph(lines: list[str]) -> None:
    dockerfile = parse("\n".join(lines))
    found = build(dockerfile)
    assert [s.instruction for s in found.steps] == list(dockerfile.instructions)
    for stage in found.stages:
        assert stage.base.stage is None or stage.base.stage < stage.index
        assert found.lineage(stage)[-1] is stage
    assert [s.index for s in found.stages if s.ships] == (
        [s.index for s in found.lineage(found.stages[-1])] if found.stages else []
    )
    for edge in found.edges:
        assert edge.source != edge.target
        assert edge.source is None or edge.image is None


def test_a_file_without_from_is_a_stage_of_an_unknown_image_when_asked_for() -> None:
    dockerfile = parse("ARG A=1\nRUN echo $A\n")
    assert build(dockerfile).stages == ()
    graph = build(dockerfile, fragment=True)
    (stage,) = graph.stages
    assert isinstance(stage.base.reference, Unknown)
    assert stage.ships
    assert [step.instruction.keyword for step in graph.steps] == ["ARG", "RUN"]
    assert [graph.steps[step.index] for step in stage.steps] == list(stage.steps)
    assert build(parse(""), fragment=True).stages == ()
    assert len(build(parse("ARG A\nFROM a\nRUN b\n"), fragment=True).stages) == 1


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("FROM node:14 AS a\nFROM a AS b\nFROM b", "node"),
        ("FROM ghcr.io/o/t@sha256:" + "0" * 64, "ghcr.io/o/t"),
        ("ARG IMAGE\nFROM $IMAGE", None),
        ("FROM Not/An/Image!", None),
    ],
)
def test_the_image_below_a_stage(head: str, name: str | None) -> None:
    graph = build(parse(f"{head}\n"))
    found = base_image(graph, graph.stages[-1])
    assert (None if found is None else found.name) == name
