"""The split of a stage into one that builds and one that runs: what is taken along, what is withheld, and the gate."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from dockerlint.context import Context
from dockerlint.edits import Fix, Licence, apply
from dockerlint.file import File
from dockerlint.fixer import fix
from dockerlint.rewrite.split import proposal
from dockerlint.settings import Settings
from dockerlint.source import Source
from dockerlint.verify import verify
from mutations.splits import SPLITTERS, Cut

GO = """\
FROM golang:1.23
WORKDIR /src
LABEL a=1
ENV B=2
COPY . .
RUN go build -o /bin/app .
EXPOSE 80
HEALTHCHECK CMD curl -f http://localhost
USER nobody
CMD ["/bin/app"]
"""
SAMPLES = {
    "a time zone": """\
FROM golang:1.23
ENV TZ=Europe/Rome
WORKDIR /s
COPY . .
RUN go build -o /a
CMD ["/a"]
""",
    "given away": """\
FROM golang:1.23
RUN useradd -r a && mkdir -p /data && chown -R a:a /data
WORKDIR /s
COPY . .
RUN go build -o /a
USER a
CMD ["/a", "/data"]
""",
    "an old label": """\
FROM golang:1.23
MAINTAINER me
WORKDIR /s
COPY . .
RUN go build -o /a
CMD ["/a"]
""",
    "sources once more": """\
FROM rust:1.83
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY src src
RUN cargo build --release
USER nobody
ENV A=1
CMD ["./target/release/app"]
""",
    "go": GO,
    "c": """\
# syntax=docker/dockerfile:1
FROM debian:bookworm as app
RUN apt-get update && apt-get install -y gcc make libssl-dev ca-certificates && useradd -r srv
COPY . /usr/src/srv
WORKDIR /usr/src/srv
RUN ./configure --prefix=/opt/srv && make && make install && ldconfig
# what it listens on
EXPOSE 7
USER srv
ENTRYPOINT ["/opt/srv/bin/srv"]
CMD ["-v"]
""",
    "java": """\
FROM maven:3.9-eclipse-temurin-21-alpine
WORKDIR /app
COPY pom.xml .
COPY src src
RUN mvn -B package && cp target/*.jar /app.jar
ENTRYPOINT ["java", "-jar", "/app.jar"]
""",
    "node": """\
FROM node:22
WORKDIR /app
COPY . .
RUN npm ci && npm run build
ENV NODE_ENV=production
CMD ["node", "dist/x.js"]
""",
    "two stages already": """\
FROM node:22 AS web
RUN npm i -g x
FROM rust:1.83 AS build
COPY --from=web /x /static
WORKDIR /r
COPY . .
RUN cargo install --path . --root /opt/r
VOLUME /data
CMD ["/opt/r/bin/r"]
""",
}


def propose(text: str, folder: Path | None = None) -> tuple[Fix | None, str]:
    """The fix, or why there is none."""
    context = Context(folder, folder / "Dockerfile") if folder is not None else None
    file = File(Source(text), context)
    assert file.shipped is not None
    found, withheld, _ = proposal(file.graph, file.shipped)
    return found, withheld.reason if withheld is not None else ""


def split(text: str, folder: Path | None = None) -> str:
    """The last stage of the rewritten text."""
    found, reason = propose(text, folder)
    assert found is not None, reason
    after = apply(text, found.edits)
    verdict = verify(text, after, found.licence)
    assert verdict.ok, verdict.reason
    return after[after.rindex("\nFROM ") + 1 :]


def lay_out(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.mark.parametrize("kind", sorted(SPLITTERS))
@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_wrong_splits_are_refused(name: str, kind: str) -> None:
    text = SAMPLES[name]
    found, reason = propose(text)
    assert found is not None, reason
    after = apply(text, found.edits)
    assert verify(text, after, found.licence).ok
    assert not verify(text, after, Licence()).ok
    for mutated in SPLITTERS[kind](Cut(after)):
        verdict = verify(text, mutated, found.licence)
        assert not verdict.ok, mutated
        assert verdict.reason


def test_every_kind_of_mutation_occurs() -> None:
    for kind, mutate in SPLITTERS.items():
        texts = [apply(t, f.edits) for t in SAMPLES.values() if (f := propose(t)[0]) is not None]
        assert any(list(mutate(Cut(text))) for text in texts), kind


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_all_fixes_together_come_to_an_end(name: str) -> None:
    done = fix(Source(SAMPLES[name]), Settings(unsafe_fixes=True, select=("ALL",)))
    assert "no-multi-stage-build" in {f.rule for f in done.applied}
    again = fix(Source(done.text), Settings(unsafe_fixes=True, select=("no-multi-stage-build",)))
    assert (again.text, again.applied, again.withheld) == (done.text, (), ())


def test_not_without_unsafe_fixes() -> None:
    assert fix(Source(GO), Settings(select=("no-multi-stage-build",))).text == GO


def test_order_comments_and_names() -> None:
    assert (
        split(SAMPLES["c"])
        == """\
FROM debian:bookworm-slim as app
RUN apt-get update && apt-get install -y ca-certificates libssl3 && rm -rf /var/lib/apt/lists/* && useradd -r srv
COPY --from=build /opt/srv /opt/srv
RUN ldconfig
WORKDIR /usr/src/srv
# what it listens on
EXPOSE 7
USER srv
ENTRYPOINT ["/opt/srv/bin/srv"]
CMD ["-v"]
"""
    )
    assert "LABEL a=1\nENV B=2\n" in split(GO)
    assert "install -y --no-install-recommends curl" in split(GO)


def test_a_name_that_is_taken() -> None:
    text = (
        SAMPLES["two stages already"]
        .replace("AS web", "AS build")
        .replace("from=web", "from=build")
        .replace("AS build\nCOPY", "AS r\nCOPY")
    )
    assert "COPY --from=builder /opt/r/bin /opt/r/bin" in split(text)


def test_crlf_stays() -> None:
    after = split(GO.replace("\n", "\r\n"))
    assert "\n" not in after.replace("\r\n", "")


LANGUAGES = [
    ("golang:1.21-alpine3.19", "WORKDIR /s\nCOPY . .\nRUN go install ./cmd/a", '["a"]', "alpine:3.19", "/go/bin/a"),
    ("golang:1.25", "WORKDIR /s\nCOPY . .\nRUN go build -o bin/app", '["./bin/app"]', "debian:trixie-slim", "/s"),
    ("rust:1.83", "WORKDIR /s\nCOPY . .\nRUN cargo install --path .", '["a"]', "debian:bookworm-slim", "cargo/bin/a"),
    ("gradle:8-jdk17", "WORKDIR /s\nCOPY . .\nRUN gradle bootJar", '["java", "-jar", "build/libs/a.jar"]',
     "eclipse-temurin:17-jre", "/s/build/libs/a.jar"),
    ("maven:3.9-eclipse-temurin-17", "WORKDIR /s\nCOPY . .\nRUN mvn package",
     '["java", "-jar", "target/quarkus-app/quarkus-run.jar"]', "eclipse-temurin:17-jre", "/s/target/quarkus-app"),
    ("mcr.microsoft.com/dotnet/sdk:8.0-alpine", "WORKDIR /s\nCOPY . .\nRUN dotnet publish -c Release -o /out",
     '["dotnet", "/out/a.dll"]', "mcr.microsoft.com/dotnet/aspnet:8.0-alpine", "/out"),
    ("elixir:1.17", "WORKDIR /s\nCOPY . .\nRUN mix release", '["/s/_build/prod/rel/a/bin/a", "start"]',
     "debian:bookworm-slim", "/s/_build/prod/rel/a"),
    ("swift:5.10", "WORKDIR /s\nCOPY . .\nRUN swift build -c release --static-swift-stdlib && cp .build/release/a /a",
     '["/a"]', "swift:5.10-slim", "/a"),
    ("haskell:9.4", "WORKDIR /s\nCOPY . .\nRUN stack install --local-bin-path /opt/bin", '["/opt/bin/a"]',
     "debian:bookworm-slim", "/opt/bin"),
    ("ubuntu:22.04", "RUN apt-get update && apt-get install -y g++ cmake\nWORKDIR /s\nCOPY . .\n"
     "RUN cmake -B b -DCMAKE_INSTALL_PREFIX=/opt/a && cmake --build b && cmake --install b", '["/opt/a/bin/a"]',
     "ubuntu:22.04", "/opt/a"),
    ("alpine:3.20", "RUN apk add --no-cache gcc musl-dev make zlib-dev\nWORKDIR /s\nCOPY . .\n"
     "RUN make install DESTDIR=/o", '["/o/a"]', "alpine:3.20", "/o"),
    ("python:3.12-slim", "RUN apt-get update && apt-get install -y gcc libpq-dev\nWORKDIR /s\nCOPY . .\n"
     "RUN pip install -r requirements.txt", '["gunicorn", "a:b"]', "python:3.12-slim", "python3.12/site-packages"),
    ("python:3.12-slim", "RUN apt-get update && apt-get install -y gcc\nWORKDIR /s\nCOPY . .\n"
     "RUN python -m venv /venv\nENV PATH=/venv/bin:$PATH\nRUN pip install -r requirements.txt", '["gunicorn", "a:b"]',
     "python:3.12-slim", "/venv"),
    ("ruby:3.3-slim", "RUN apt-get update && apt-get install -y gcc make\nWORKDIR /s\nCOPY . .\nRUN bundle install",
     '["bundle", "exec", "puma"]', "ruby:3.3-slim", "/usr/local/bundle"),
]  # fmt: skip


@pytest.mark.parametrize(("image", "steps", "start", "base", "path"), LANGUAGES)
def test_languages(image: str, steps: str, start: str, base: str, path: str) -> None:
    final = split(f"FROM {image}\n{steps}\nCMD {start}\n")
    assert final.splitlines()[0] == f"FROM {base}"
    assert any(line.startswith("COPY --from=build") and line.split()[2].endswith(path) for line in final.splitlines())
    assert final.rstrip().endswith(f"CMD {start}")


WITHHELD = [
    ("FROM golang:1.23@sha256:" + "0" * 64, "digest"),
    ("ARG V=1.23\nFROM golang:$V", "ARG names the base"),
    ("FROM registry.example.com/golang:1.23", "no image is known"),
    ("FROM --platform=$BUILDPLATFORM golang:1.23", "another platform"),
    ("FROM golang:1.23\nRUN ./install-more.sh", "install-more.sh"),
    ("FROM golang:1.23\nRUN curl -sL https://x.io/setup | bash -", "bash"),
    ("FROM golang:1.23\nRUN apt-get update && apt-get install -y libunheardof-dev", "libunheardof-dev"),
    ("FROM golang:1.23\nRUN apt-get update && apt-get install -y ./a.deb nginx", "./a.deb"),
    ("FROM golang:1.23\nRUN sed -i s/a/b/ /etc/hosts.allow", "base image is changed"),
    ("FROM golang:1.23\nONBUILD RUN true", "triggers"),
    ("FROM golang:1.23\nENV X=$GOPATH/x", "GOPATH"),
    ("FROM golang:1.23\nCOPY run.sh /run.sh\nENTRYPOINT [\"/run.sh\"]", "what `/run.sh` runs"),
    ("FROM golang:1.23\nRUN useradd -u $(id -u) a\nUSER a", "variables"),
    ("FROM golang:1.23\nRUN echo x >> /etc/profile", "`/etc/profile` of the base image"),
    ("FROM golang:1.23\nRUN echo x | tee -a /etc/hosts", "`/etc/hosts` of the base image"),
    ('FROM golang:1.23\nCOPY run.sh /run.sh\nENTRYPOINT ["/bin/bash", "/run.sh"]', "what `/run.sh` runs"),
    ("FROM golang:1.15-buster\nHEALTHCHECK CMD curl -f localhost", "no longer where apt-get looks"),
    ("FROM golang:1.23\nRUN mkdir /data && chmod 777 /data", "rights of its own"),
    ("FROM golang:1.23\nRUN mkdir /data && chown $(id -u) /data", "not known"),
    ("FROM golang:1.23\nVOLUME /src/x", "VOLUME"),
    ("FROM golang:1.23\nUSER gopher", "comes with the image"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "why"), WITHHELD)
def test_withheld(head: str, why: str) -> None:
    found, reason = propose(f'{head}\nWORKDIR /src\nCOPY . .\nRUN go build -o /bin/app .\nCMD ["/bin/app"]\n')
    assert found is None
    assert why in reason


DEAD = ["debian:buster", "debian:9", "ubuntu:23.10", "ubuntu:lunar", "centos:7"]


@pytest.mark.parametrize("image", DEAD)
def test_nothing_is_installed_into_a_dead_release(image: str) -> None:
    manager = "yum" if image.startswith("centos") else "apt-get"
    text = (
        f"FROM {image}\nRUN {manager} install -y gcc make libnuma1\nWORKDIR /s\nCOPY . .\n"
        'RUN make && make install PREFIX=/opt/a\nCMD ["/opt/a/bin/a"]\n'
    )
    found, reason = propose(text)
    assert found is None
    assert f"no longer where {manager} looks" in reason
    assert "RUN" not in split(text.replace(" libnuma1", ""))


def test_an_old_release_from_which_the_file_itself_installs() -> None:
    text = 'FROM ubuntu:trusty\nRUN apt-get install -y gcc libnuma1\nWORKDIR /s\nRUN gcc -o /a a.c\nCMD ["/a"]\n'
    assert "libnuma1" in split(text)
    found, reason = propose(text.replace("RUN apt-get install -y gcc libnuma1\n", "HEALTHCHECK CMD curl localhost\n"))
    assert found is None
    assert "`curl` would come into `ubuntu:trusty`" in reason


START = "FROM node:22-slim\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\n"


@pytest.mark.parametrize(
    ("tail", "why"),
    [
        ('CMD ["npm", "start"]', "package.json"),
        ('CMD ["npx", "vite"]', "vite"),
        ('CMD ["node", "-r", "ts-node/register", "x.ts"]', "ts-node"),
        ('CMD ["next", "start"]', "no step is known"),
        ('WORKDIR /else\nCMD ["node", "/app/x.js"]', "another folder"),
    ],
)
def test_node_withheld(tail: str, why: str) -> None:
    found, reason = propose(f"{START}{tail}\n")
    assert found is None
    assert why in reason


def test_package_json_says_what_starts(tmp_path: Path) -> None:
    package = {"scripts": {"start": "next start"}, "dependencies": {"next": "14"}}
    lay_out(tmp_path, {"package.json": json.dumps(package)})
    assert "npm prune" not in split(f'{START}CMD ["npm", "start"]\n', tmp_path)
    package = {"scripts": {"start": "next start"}, "devDependencies": {"next": "14"}}
    (tmp_path / "package.json").write_text(json.dumps(package))
    found, reason = propose(f'{START}CMD ["npm", "start"]\n', tmp_path)
    assert found is None
    assert "`next`" in reason


def test_what_lies_beside_the_sources_comes_along(tmp_path: Path) -> None:
    files = {
        "go.mod": "module x",
        "main.go": "",
        "templates/a.html": "",
        "web/web.go": "",
        "web/static/a.css": "",
        "README.md": "",
    }
    text = 'FROM golang:1.23\nWORKDIR /src\nCOPY . .\nRUN go build -o app .\nCMD ["./app"]\n'
    lines = split(text, lay_out(tmp_path, files)).splitlines()
    taken = {line.split()[2] for line in lines if line.startswith("COPY")}
    assert taken == {"/src/app", "/src/templates", "/src/web/static", "/etc/ssl/certs/ca-certificates.crt"}


def test_without_the_project_the_folder_is_taken_or_nothing() -> None:
    assert "COPY --from=build /src /src" in split(
        'FROM golang:1.23\nWORKDIR /src\nCOPY . .\nRUN go build -o app .\nCMD ["./app"]\n'
    )
    assert (
        split('FROM rust:1.83\nWORKDIR /src\nCOPY . .\nRUN cargo build --release\nCMD ["./target/release/app"]\n')
        == """\
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends libssl3 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
COPY --from=build /src/target/release/app /src/target/release/app
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
CMD ["./target/release/app"]
"""
    )
    found, reason = propose(
        "FROM rust:1.83\nRUN git clone https://x.io/src\nWORKDIR /src\nRUN cargo build --release\n"
        'CMD ["./target/release/app"]\n'
    )
    assert found is None
    assert "/src" in reason


def test_script_that_the_context_shows(tmp_path: Path) -> None:
    text = (
        "FROM golang:1.23\nWORKDIR /src\nCOPY . .\nRUN go build -o /bin/app .\nCOPY run.sh /run.sh\n"
        'ENTRYPOINT ["/run.sh"]\nCMD ["/bin/app"]\n'
    )
    lay_out(tmp_path, {"go.mod": "module x", "main.go": "", "run.sh": '#!/bin/sh\nexec "$@"\n'})
    assert "COPY --from=build /run.sh /run.sh" in split(text, tmp_path)
    (tmp_path / "run.sh").write_text('#!/bin/sh\ncurl -s http://x\nexec "$@"\n')
    assert "--no-install-recommends curl " in split(text, tmp_path)


SCRIPTS = [
    ("exec /src/target/release/a --port 1", "/src/target/release/a"),
    ("# exec /src/target/release/b\ncd /src/target/release\n./a", "/src/target/release/a"),
    ('DIR=/src/target\nif [ -n "$X" ]; then exec "$DIR/release/a" "$@"; fi', "/src/target/release/a"),
    ("run() { echo run; }\nrun\ntarget/release/a &\nwait", "/src/target/release/a"),
    (". /src/more.sh", "/src/target/release/c"),
    ("OUT=$(/src/target/release/a --version)", "/src/target/release/a"),
    ("mkdir -p /src/logs && chown nobody /src/logs && exec gosu nobody target/release/a", "gosu"),
    ("ps aux; target/release/a", "procps"),
]


@pytest.mark.parametrize(("script", "taken"), SCRIPTS)
def test_what_a_script_starts_is_taken_along(tmp_path: Path, script: str, taken: str) -> None:
    text = (
        "FROM rust:1.83\nRUN apt-get update && apt-get install -y gosu\nWORKDIR /src\nCOPY . .\n"
        'RUN cargo build --release\nCOPY start.sh /start\nCMD ["/start"]\n'
    )
    files = {"Cargo.toml": "", "src/main.rs": "", "start.sh": f"#!/bin/sh\n{script}\n"}
    files["more.sh"] = "/src/target/release/c &\n"
    final = split(text, lay_out(tmp_path, files))
    assert taken in final.split()
    assert "/src/target/release/b" not in final


UNREAD = [
    'exec "$PROGRAM"',
    'cd "$(dirname "$0")" && ./target/release/a',
    "exec java -jar $HOME_OF/a.jar",
    "if then fi",
    "nginx -g 'daemon off;'",
    "exec /src/missing/a",
    "./more.sh",
]


@pytest.mark.parametrize("script", UNREAD)
def test_a_script_that_cannot_be_read_withholds(tmp_path: Path, script: str) -> None:
    text = (
        "FROM rust:1.83\nWORKDIR /src\nCOPY . .\nRUN cargo build --release\n"
        'COPY start.sh /start.sh\nCMD ["/start.sh"]\n'
    )
    lay_out(tmp_path, {"Cargo.toml": "", "src/main.rs": "", "start.sh": f"#!/bin/sh\n{script}\n"})
    found, reason = propose(text, tmp_path)
    assert found is None, found.title
    assert re.search("runs is not known|no step is known to make", reason), reason


def test_a_script_that_is_written_anew_is_not_that_of_the_context(tmp_path: Path) -> None:
    text = (
        "FROM rust:1.83\nWORKDIR /src\nCOPY . .\nRUN cargo build --release\nCOPY start.sh /start.sh\n"
        'RUN echo "exec /src/x" > /start.sh && chmod +x /start.sh\nCMD ["/start.sh"]\n'
    )
    lay_out(tmp_path, {"Cargo.toml": "", "src/main.rs": "", "start.sh": "exec target/release/a\n"})
    found, reason = propose(text, tmp_path)
    assert found is None
    assert "runs is not known" in reason


CALLS = {
    "main.go": [
        ('import "os/exec"\nexec.Command("git", "log")', "git"),
        ('import "os/exec"\nexec.CommandContext(ctx, "/usr/bin/hg")', "mercurial"),
        ('import "os/exec"\nexec.Command("sh", "-c", "curl x | jq .")', "curl jq"),
        ('import "os/exec"\nexec.Command("ls"); exec.Command(os.Args[0])', ""),
        ('import "os/exec"\n// exec.Command("git")', ""),
        ('exec.Command("git")', ""),
        ('import "os/exec"\nexec.Command("xdg-open", u)', ""),
        ('import "os/exec"\nexec.Command(name)', None),
        ('import "os/exec"\nexec.Command("bash", "-c", line)', None),
        ('import "os/exec"\nexec.Command("nslookup")', None),
        ('import "os/exec"\nexec.Command("go", "build")', None),
    ],
    "src/main.rs": [
        ('use std::process::Command;\nCommand::new("git");', "git libssl3"),
        ('use clap::Command;\nCommand::new("git");', "libssl3"),
        ("use std::process::Command;\nCommand::new(program);", None),
    ],
    "src/App.java": [
        ('new ProcessBuilder("git", "log")', "git"),
        ('Runtime.getRuntime().exec("ls -l")', ""),
        ("new ProcessBuilder(words)", None),
    ],
    "main.c": [
        ('system("git log | cat");', "git"),
        ('this.system("x"); filesystem("x");', ""),
        ("popen(line, 0);", None),
    ],
}
BUILDS = {
    "main.go": ("golang:1.23", "go.mod", "go build -o /bin/a"),
    "src/main.rs": ("rust:1.83", "Cargo.toml", "cargo install --path . --root /bin/a"),
    "src/App.java": ("eclipse-temurin:21-alpine", "pom.xml", "./mvnw package && cp target/a.jar /bin/a"),
    "main.c": ("buildpack-deps:bookworm", "Makefile", "make && make install PREFIX=/bin/a"),
}


@pytest.mark.parametrize(("name", "source", "packages"), [(n, s, p) for n, rows in CALLS.items() for s, p in rows])
def test_programs_that_the_sources_call(tmp_path: Path, name: str, source: str, packages: str | None) -> None:
    image, manifest, build = BUILDS[name]
    start = '["java", "-jar", "/bin/a"]' if "java" in name else '["/bin/a"]' if "go" in name else '["/bin/a/bin/a"]'
    text = f"FROM {image}\nWORKDIR /src\nCOPY . .\nRUN {build}\nCMD {start}\n"
    lay_out(tmp_path, {manifest: "", name: source, "test/more.go": 'import "os/exec"\nexec.Command(name)'})
    if packages is None:
        found, reason = propose(text, tmp_path)
        assert found is None
        assert "no literal" in reason or "the sources call `" in reason
    else:
        line = next((x for x in split(text, tmp_path).splitlines() if x.startswith("RUN")), "")
        assert re.sub(r".*(?:recommends|no-cache) | &&.*", "", line) == packages


KEPT = [
    ("main.py", "import git", "", True),
    ("main.py", "print(1)", "", True),  # a library may call it
    ("main.py", "print(1)", "RUN git clone https://x.io/y /opt/y\n", False),
    ("main.py", "subprocess.run(words)", "RUN git clone https://x.io/y /opt/y\n", True),
    ("requirements.txt", "GitPython==3.1", "RUN git clone https://x.io/y /opt/y\n", True),
]


@pytest.mark.parametrize(("name", "source", "more", "kept"), KEPT)
def test_git_for_an_interpreted_program(tmp_path: Path, name: str, source: str, more: str, kept: bool) -> None:
    text = (
        f"FROM python:3.12-slim\nRUN apt-get update && apt-get install -y gcc git\n{more}"
        'WORKDIR /s\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["python", "main.py"]\n'
    )
    assert "install -y git " in split(text)
    lay_out(tmp_path, {"requirements.txt": "", "main.py": "", name: source})
    assert ("install -y git " in split(text, tmp_path)) == kept


def test_git_for_a_program_whose_sources_are_not_seen(tmp_path: Path) -> None:
    text = (
        "FROM golang:1-alpine\nRUN apk add git wget\nRUN wget -qO- x | tar xz -C /tmp\n"
        'WORKDIR /s\nCOPY . .\nRUN go build -o /a\nCMD ["/a"]\n'
    )
    assert "apk add --no-cache git" in split(text)
    assert "apk" not in split(text, lay_out(tmp_path, {"go.mod": "", "main.go": ""}))


def test_an_interpreter_with_what_the_sources_call(tmp_path: Path) -> None:
    text = f'{START}CMD ["node", "x.js"]\n'.replace("-slim", "")
    lay_out(tmp_path, {"package.json": "{}", "x.js": "", "package-lock.json": ""})
    assert split(text, tmp_path).startswith("FROM node:22-slim\n")
    (tmp_path / "x.js").write_text("require('child_process').x; exec('git log')")
    assert split(text, tmp_path).startswith("FROM node:22\n")
    (tmp_path / "x.js").write_text("require('child_process').x; exec(command)")
    assert split(text, tmp_path).startswith("FROM node:22\n")


ZONES = [
    ("golang:1.23", "ENV TZ=Europe/Rome", "", "noninteractive apt-get install -y --no-install-recommends tzdata"),
    ("golang:1.23-alpine", "ENV TZ=Europe/Rome", "", "apk add --no-cache tzdata"),
    ("alpine:3.20", "RUN apk add go\nENV TZ=Europe/Rome", "", "apk add --no-cache tzdata"),
    ("golang:1.23", "", 'time.LoadLocation("Europe/Rome")', "tzdata"),
    ("golang:1.23", "", 'import _ "time/tzdata"\ntime.LoadLocation("Europe/Rome")', None),
    ("golang:1.23", "ENV TZ=UTC", "", None),
    ("golang:1.23", "ENV TZ=CET-1CEST", "", None),
    ("golang:1.15-buster", "ENV TZ=Europe/Rome", "", ""),
]


@pytest.mark.parametrize(("image", "more", "source", "words"), ZONES)
def test_time_zones(tmp_path: Path, image: str, more: str, source: str, words: str | None) -> None:
    text = f'FROM {image}\n{more}\nWORKDIR /s\nCOPY . .\nRUN go build -o /a\nCMD ["/a"]\n'
    lay_out(tmp_path, {"go.mod": "", "main.go": source})
    if words == "":
        found, reason = propose(text, tmp_path)
        assert found is None
        assert "`tzdata` would come into `debian:buster-slim`" in reason
    else:
        final = split(text, tmp_path)
        assert (words in final) if words else ("tzdata" not in final)


def test_what_a_script_of_an_interpreter_calls_stays(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y gcc ncat curl\nWORKDIR /s\nCOPY . .\n"
        'RUN pip install -r requirements.txt\nENTRYPOINT ["./run.sh"]\nCMD ["gunicorn", "a:b"]\n'
    )
    script = '#!/bin/sh\nwhile ! nc -z db 1; do sleep 1; done\ncurl -sf x\npython manage.py migrate\nexec "$@"\n'
    lay_out(tmp_path, {"requirements.txt": "", "run.sh": script})
    assert "install -y curl ncat" in split(text, tmp_path)
    node = f'{START}ENTRYPOINT ["./run.sh"]\nCMD ["node", "x.js"]\n'.replace("-slim", "")
    lay_out(tmp_path, {"package.json": "{}", "x.js": "", "package-lock.json": ""})
    assert split(node, tmp_path).startswith("FROM node:22\n")
    (tmp_path / "run.sh").write_text('#!/bin/sh\nexec "$@"\n')
    assert split(node, tmp_path).startswith("FROM node:22-slim\n")


def test_a_static_program_needs_no_library() -> None:
    build = "cargo build --release --target x86_64-unknown-linux-musl"
    text = (
        "FROM rust:1.83\nRUN apt-get update && apt-get install -y musl-tools\nWORKDIR /s\nCOPY . .\n"
        f'RUN {build}\nRUN cp target/x86_64-unknown-linux-musl/release/a /usr/local/bin/a\nCMD ["a"]\n'
    )
    assert "RUN" not in split(text)
    assert "libssl3" in split(text.replace("RUN cp", "RUN cargo build --release\nRUN cp"))


def test_openssl_by_the_lock_file(tmp_path: Path) -> None:
    text = 'FROM rust:1.83\nWORKDIR /s\nCOPY . .\nRUN cargo install --path . --root /o\nCMD ["/o/bin/a"]\n'
    lay_out(tmp_path, {"Cargo.toml": "", "Cargo.lock": '[[package]]\nname = "serde"\n', "src/main.rs": ""})
    assert "libssl" not in split(text, tmp_path)
    (tmp_path / "Cargo.lock").write_text('[[package]]\nname = "openssl-sys"\n')
    assert "libssl3" in split(text, tmp_path)


def test_libraries_that_a_makefile_builds(tmp_path: Path) -> None:
    text = (
        "FROM debian:12\nRUN apt-get update && apt-get install -y gcc make\nWORKDIR /s\nCOPY . .\nRUN make\n"
        'CMD ["./server"]\n'
    )
    lay_out(tmp_path, {"Makefile": "server: server.c\n", "server.c": ""})
    assert "COPY --from=build /s/server /s/server" in split(text, tmp_path)
    (tmp_path / "Makefile").write_text("libx.so: x.c\n\tcc -shared -o libx.so x.c\n")
    found, reason = propose(text, tmp_path)
    assert found is None
    assert "libraries" in reason


def test_python_that_needs_no_compiler_is_not_reported() -> None:
    text = 'FROM python:3.12-slim\nWORKDIR /s\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["python", "a.py"]\n'
    done = fix(Source(text), Settings(unsafe_fixes=True, select=("no-multi-stage-build",)))
    assert (done.text, done.withheld) == (text, ())


MORE = [
    ("a comment inside an instruction that is repeated",
     "WORKDIR /s\nENV A=1 \\\n    # about b\n    B=2\nCOPY . .\nRUN go build -o /a", '["/a"]', "ENV A=1     B=2"),
    ("a folder that is made on the way",
     "WORKDIR /s\nCOPY . .\nRUN go build -o /usr/local/bin/a . && mkdir -p /var/lib/a",
     '["a"]', "COPY --from=build /var/lib/a /var/lib/a"),
    ("moved out of the sources",
     "RUN git clone https://x.io/b /src/b\nWORKDIR /src/b\nRUN make build && mv b /usr/local/bin/b",
     '["b"]', "COPY --from=build /usr/local/bin/b /usr/local/bin/b"),
    ("-v is for more output", "WORKDIR /go/src/a\nCOPY . .\nRUN go get -d -v ./...\nRUN go install -v ./...", '["a"]',
     "COPY --from=build /go/bin/a /usr/local/bin/a"),
    ("one of several programs", "WORKDIR /s\nCOPY . .\nRUN go build -o /usr/bin/ ./cmd/...", '["/usr/bin/a"]',
     "COPY --from=build /usr/bin/a /usr/bin/a"),
    ("an ARG that a label needs",
     "ARG V=2\nARG W=3\nLABEL v=$V\nWORKDIR /s\nCOPY . .\nRUN go build -o /a", '["/a"]', "ARG V=2"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "steps", "start", "line"), MORE)
def test_layouts(name: str, steps: str, start: str, line: str) -> None:
    final = split(f"FROM golang:1.23\n{steps}\nCMD {start}\n")
    assert line in final.splitlines(), name
    assert "W=3" not in final


def test_advice_where_the_fix_is_withheld() -> None:
    text = 'FROM golang:1.23\nWORKDIR /s\nCOPY . .\nRUN ./more.sh && go build -o /a\nCMD ["/a"]\n'
    done = fix(Source(text), Settings(unsafe_fixes=True, select=("no-multi-stage-build",)))
    (finding,) = done.withheld
    assert "a last stage on `debian:bookworm-slim` could take what it makes" in finding.message
    assert finding.withheld is not None
    assert "more.sh" in finding.withheld.reason


def test_tools_that_the_file_unpacks_stay_behind() -> None:
    text = (
        "FROM eclipse-temurin:21\nRUN curl -sL https://x.io/maven.tgz | tar xz -C /opt/maven --strip-components=1\n"
        "RUN ln -s /opt/maven/bin/mvn /usr/bin/mvn\nWORKDIR /s\nCOPY . .\nRUN mvn package\n"
        'CMD ["java", "-jar", "target/a.jar"]\n'
    )
    final = split(text)
    assert "maven" not in final
    assert "mvn" not in final
    found, reason = propose(
        text.replace("WORKDIR", "ENV JAVA_HOME=/usr/lib/jvm/x\nWORKDIR").replace("eclipse-temurin", "openjdk")
    )
    assert found is None
    assert "JAVA_HOME" in reason


def test_folders_that_are_made_to_write_in() -> None:
    text = GO.replace(
        "USER nobody", "RUN useradd -r a && mkdir /var/cache/a /var/log/a && chown a /var/cache/a\nUSER a"
    )
    final = split(text)
    assert "COPY --from=build --chown=a:root /var/cache/a /var/cache/a" in final
    assert "COPY --from=build /var/log/a /var/log/a" in final


def test_a_setting_of_the_image_that_builds() -> None:
    text = 'FROM haskell:9.6\nWORKDIR /a\nCOPY . .\nRUN stack install\nCMD ["a"]\n'
    assert "\nENV LANG=C.UTF-8\n" in split(text)
    assert split(text.replace("WORKDIR", "ENV LANG=de_DE.UTF-8\nWORKDIR")).count("LANG") == 1
    found, _ = propose(text)
    assert found is not None
    after = apply(text, found.edits)
    assert not verify(text, after.replace("C.UTF-8", "C"), found.licence).ok
