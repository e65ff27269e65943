"""Which commands build, what an image starts, and where toolchains go; the rule's own cases are in its page."""

from __future__ import annotations

import re

import pytest

from dockerlint.catalogue import folder as pages
from dockerlint.catalogue.pages import read
from dockerlint.costs import cost
from dockerlint.file import File
from dockerlint.lints.no_multi_stage_build import check
from dockerlint.model.builds import RUNNERS, build_of, ecosystems, programs
from dockerlint.model.node_packages import drops_dev, installs_project, without_dev
from dockerlint.model.starts import start_commands, starts_nothing, starts_shell
from dockerlint.source import Source

RULE = read(pages() / "no-multi-stage-build.yaml").rule


def ecosystem(command: str) -> str | None:
    (invocation,) = File(Source(f"FROM x\nRUN {command}\n")).invocations
    build = build_of(invocation)
    return None if build is None else build.ecosystem.name


BUILDS = {
    "go": [
        "go build",
        "go build -o /app ./cmd/x",
        "CGO_ENABLED=0 go install ./...",
        "/usr/local/go/bin/go -C src build",
    ],
    "rust": ["cargo build --release", "cargo +nightly build", "cargo install --path .", "cargo --locked build"],
    "java": [
        "mvn package",
        "./mvnw -B -f app/pom.xml clean install -DskipTests",
        "gradle :app:bootJar",
        "./gradlew --no-daemon -x test build",
        "sbt 'project x' assembly",
        "ant",
        "lein uberjar",
        "javac -d out A.java",
    ],
    "dotnet": ["dotnet publish -c Release -o /out", "dotnet build"],
    "node": [
        "npm run build",
        "npm --prefix web run build:prod",
        "yarn build",
        "yarn --cwd web run compile",
        "pnpm -F app build",
        "npx tsc -p .",
        "npx --yes webpack --mode production",
        "./node_modules/.bin/vite build",
        "bun run build",
    ],
    "c": [
        "make",
        "make -j4 PREFIX=/usr install",
        "make -C src all",
        "cmake --build build",
        "gcc -o x x.c",
        "ninja -C build",
    ],
    "haskell": ["stack build --copy-bins", "cabal v2-install exe:x"],
    "elixir": ["mix release", "MIX_ENV=prod mix do compile, release", "rebar3 as prod release"],
    "swift": ["swift build -c release"],
}


@pytest.mark.parametrize(("name", "command"), [(n, c) for n, commands in BUILDS.items() for c in commands])
def test_a_build(name: str, command: str) -> None:
    assert ecosystem(command) == name


@pytest.mark.parametrize(
    "command",
    [
        "go mod download",
        "go version",
        "go test ./...",
        "cargo fetch",
        "cargo --version",
        "mvn dependency:go-offline",
        "mvn -f package test",
        "./gradlew dependencies",
        "dotnet restore",
        "npm ci",
        "npm run lint",
        "npm install build",
        "yarn",
        "yarn add build",
        "yarn install",
        "npx playwright install",
        "webpack serve",
        "make clean",
        "make test lint",
        "make --version",
        "gcc -dumpversion",
        "pip install .",
        "python setup.py install",
        "echo go build",
        "$TOOL build",
        "npx $TOOL",
    ],
)
def test_no_build(command: str) -> None:
    assert ecosystem(command) is None


def test_the_page_is_triggered_by_the_programs_of_the_table() -> None:
    assert RULE.triggers is not None
    assert RULE.triggers.commands == programs().keys() | RUNNERS


def test_the_table_is_sound() -> None:
    seen: set[str] = set()
    for entry in ecosystems().values():
        for text in (*entry.commands.values(), entry.packages, entry.images, entry.homes, entry.at_run_time):
            re.compile(text)
        assert seen.isdisjoint(entry.commands), "a program belongs to one ecosystem"
        seen |= entry.commands.keys()
        assert all(cost(name) is not None for name in entry.costs)


def starts(text: str) -> File:
    return File(Source(f"FROM golang:1.23\n{text}\n"))


@pytest.mark.parametrize(
    "text", ['CMD ["bash"]', "CMD /bin/bash -l", "CMD sh", 'ENTRYPOINT ["/bin/zsh"]', 'CMD ["fish"]']
)
def test_starts_a_shell(text: str) -> None:
    assert starts_shell(starts(text).graph)


@pytest.mark.parametrize(
    "text", ['CMD ["bash", "run.sh"]', "CMD bash -c ./app", 'ENTRYPOINT ["/start.sh"]', "CMD ./app"]
)
def test_starts_something(text: str) -> None:
    graph = starts(text).graph
    assert not starts_shell(graph)
    assert not starts_nothing(graph)


def test_starts_nothing_but_what_the_base_image_does() -> None:
    assert starts_nothing(starts("RUN true").graph)
    assert not starts_nothing(File(Source("FROM nginx:1.27\nRUN true\n")).graph)
    assert starts_nothing(File(Source("FROM company/base\nRUN true\n")).graph)
    assert not starts_nothing(File(Source("FROM x AS base\nCMD ./app\nFROM base\nRUN true\n")).graph)


def test_start_commands_behind_wrappers() -> None:
    found = list(
        start_commands(starts('ENTRYPOINT ["/sbin/tini", "--"]\nCMD ["sh", "-c", "a.sh && exec go run ."]').graph)
    )
    assert "go run ." in found
    assert "a.sh" in found


INSTALLS = [
    ("npm ci", True, False),
    ("npm install --loglevel warn", True, False),
    ("yarn", True, False),
    ("yarn install --frozen-lockfile", True, False),
    ("npm ci --omit=dev", True, True),
    ("npm install --omit dev", True, True),
    ("npm install --production", True, True),
    ("NODE_ENV=production npm ci", True, True),
    ("NODE_ENV=production npm ci --include=dev", True, False),
    ("npm install express", False, False),
    ("npm install -g", False, False),
    ("pip install x", False, False),
]


@pytest.mark.parametrize(("command", "project", "lean"), INSTALLS)
def test_installs_of_a_node_project(command: str, project: bool, lean: bool) -> None:
    (invocation,) = File(Source(f"FROM x\nRUN {command}\n")).invocations
    assert (installs_project(invocation), without_dev(invocation)) == (project, lean)
    assert drops_dev(invocation) == (project and lean)


def findings(text: str) -> list[tuple[int, int | None, list[int]]]:
    file = File(Source(text))
    line = lambda span: file.source.position(span.start).line  # noqa: E731
    return [(line(f.span), f.bytes, [line(r.span) for r in f.related]) for f in check(file, RULE)]


def test_the_installs_are_shown() -> None:
    text = "FROM ubuntu:24.04\nRUN apt-get install -y make\nRUN apt-get install -y gcc libc6-dev\nRUN make\nCMD ./x\n"
    assert findings(text) == [(4, 269_000_000, [3])]


def test_one_finding_for_each_language_at_its_first_build() -> None:
    text = "FROM golang:1.23\nRUN npm ci\nRUN npm run build\nRUN go build ./a\nRUN go build ./b\nCMD ./a\n"
    assert [line for line, _, _ in findings(text)] == [3, 4]


def test_a_stage_two_steps_away_built_it() -> None:
    text = (
        "FROM golang AS a\nRUN go build -o /a\nFROM alpine AS b\nCOPY --from=a /a /a\n"
        "FROM golang\nCOPY --from=b /a /a\nRUN go install ./x\nCMD /a\n"
    )
    assert findings(text) == []
    assert findings(text.replace("COPY --from=b /a /a\nRUN", "RUN")) != []


def test_scratch_buildpack_variants_have_no_compiler() -> None:
    text = "FROM buildpack-deps:{}\nRUN make\nCMD ./x\n"
    assert findings(text.format("bookworm")) != []
    assert findings(text.format("bookworm-scm")) == []


@pytest.mark.parametrize(
    "text", ["", "FROM\n", "RUN go build\n", "FROM scratch\nRUN go build (\nCMD x\n", 'FROM x\nRUN ["go"]\nCMD x']
)
def test_broken_files_have_no_findings(text: str) -> None:
    assert findings(text) == []


def test_powershell_is_left_alone() -> None:
    assert findings('FROM golang:1.23\nSHELL ["powershell", "-Command"]\nRUN go build\nCMD app.exe\n') == []
