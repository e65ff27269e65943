"""The rules about the build context on real folders: what is waste, what is secret, what is needed nevertheless."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

from dockerlint.context import Context
from dockerlint.context.secrets import secrets
from dockerlint.context.survey import Survey
from dockerlint.engine.run import inspect
from dockerlint.findings import Finding
from dockerlint.model.build import build
from dockerlint.settings import Settings
from dockerlint.source import Source
from dockerlint.syntax import parse

KEY = "-----BEGIN RSA PRIVATE KEY-----\nabc\n"


def put(root: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode())


def check(root: Path, dockerfile: str, *rules: str, context: Context | None = None) -> list[Finding]:
    put(root, {"Dockerfile": dockerfile})
    settings = Settings(select=rules or ("CTX",), debug=True)
    return list(inspect(Source(dockerfile), settings, context or Context(root, root / "Dockerfile")).findings)


def waste(root: Path, dockerfile: str) -> set[str]:
    put(root, {"Dockerfile": dockerfile})
    survey = Survey(build(parse(dockerfile)), Context(root, root / "Dockerfile"))
    return {item.path for found in survey.waste() for item in found.worth}


MADE = [
    ("npm", {"package.json": "{}", "node_modules/x": "1"}, "RUN npm ci", {"node_modules"}),
    ("npm for a package by name", {"package.json": "{}", "node_modules/x": "1"}, "RUN npm install left-pad", set()),
    ("npm globally", {"package.json": "{}", "node_modules/x": "1"}, "RUN npm install -g pm2", set()),
    ("yarn elsewhere", {"package.json": "{}", "node_modules/x": "1"}, "RUN cd /other && yarn install", set()),
    ("pnpm below", {"web/package.json": "{}", "web/node_modules/x": "1"}, "RUN cd web && pnpm i", {"web/node_modules"}),
    (
        "a workspace",
        {"package.json": '{"workspaces": ["p/*"]}', "p/a/node_modules/x": "1", "node_modules/y": "1"},
        "RUN npm ci",
        {"node_modules", "p/a/node_modules"},
    ),
    ("no manifest", {"node_modules/x": "1"}, "RUN npm ci", set()),
    ("composer", {"composer.json": "{}", "vendor/x": "1"}, "RUN composer install --no-dev", {"vendor"}),
    ("go's vendor is source", {"go.mod": "module x", "vendor/x": "1"}, "RUN go mod download && go build", set()),
    ("cargo", {"Cargo.toml": "", "target/x": "1"}, "RUN cargo build --release", {"target"}),
    ("cargo's target without a build", {"Cargo.toml": "", "target/x": "1"}, "RUN ls", set()),
    ("maven", {"pom.xml": "", "target/x": "1"}, "RUN mvn -q package", {"target"}),
    ("gradle", {"build.gradle.kts": "", "build/x": "1", ".gradle/y": "1"}, "RUN gradle build", {"build", ".gradle"}),
    ("dotnet", {"a.csproj": "", "bin/x": "1", "obj/y": "1"}, "RUN dotnet publish -c Release", {"bin", "obj"}),
    ("mix", {"mix.exs": "", "deps/x": "1", "_build/y": "1"}, "RUN mix deps.get", {"deps", "_build"}),
    (
        "a bundle that .gitignore lists",
        {"package.json": '{"devDependencies": {"vite": "5"}}', ".gitignore": "/dist\n", "dist/x": "1"},
        "RUN npm run build",
        {"dist"},
    ),
    (
        "a bundle that may be source",
        {"package.json": '{"devDependencies": {"vite": "5"}}', "dist/x": "1"},
        "RUN npm run build",
        set(),
    ),
    ("a virtual environment", {"env/pyvenv.cfg": "1", "env/lib/x": "1"}, "RUN ls", {"env"}),
    ("a virtual environment that is used", {"env/pyvenv.cfg": "1"}, 'CMD ["env/bin/python", "a.py"]', set()),
    (
        "one that uv makes",
        {"pyproject.toml": "", ".venv/pyvenv.cfg": "1"},
        "RUN uv sync\nENV PATH=/app/.venv/bin",
        {".venv"},
    ),
    ("test reports", {"coverage/lcov.info": "1", "coverage/a.html": "1"}, "RUN ls", {"coverage"}),
    ("a folder called coverage", {"coverage/main.py": "1"}, "RUN ls", set()),
    ("named by a command", {".vscode/x": "1"}, "RUN cp -r .vscode /home/dev", set()),
    ("named by rm only", {".git/x": "1"}, "RUN rm -rf .git", {".git"}),
    ("named by a bind mount", {".idea/x": "1"}, "RUN --mount=type=bind,source=.idea/x,target=/x cat /x", set()),
]


@pytest.mark.parametrize(("files", "line", "expected"), [c[1:] for c in MADE], ids=[c[0] for c in MADE])
def test_what_is_waste(tmp_path: Path, files: dict[str, str], line: str, expected: set[str]) -> None:
    put(tmp_path, files)
    assert waste(tmp_path, f"FROM x\nWORKDIR /app\nCOPY . .\n{line}\n") == expected


def test_the_directory_of_an_unknown_base_is_the_same_for_copy_and_run(tmp_path: Path) -> None:
    put(tmp_path, {"package.json": "{}", "node_modules/x": "1"})
    assert waste(tmp_path, "FROM x\nCOPY . .\nRUN npm ci\n") == {"node_modules"}
    assert waste(tmp_path, "FROM x\nARG D\nCOPY . .\nWORKDIR $D\nRUN npm ci\n") == set()


def test_a_manifest_copied_alone_into_another_folder(tmp_path: Path) -> None:
    put(tmp_path, {"web/package.json": "{}", "web/node_modules/x": "1", "api/node_modules/y": "1"})
    text = "FROM x AS deps\nWORKDIR /deps\nCOPY web/package.json ./\nRUN npm ci\nFROM x\nCOPY . /app\n"
    assert waste(tmp_path, text) == {"web/node_modules"}


SHIPS = [
    ("the folder", "COPY --from=b /app /app", True),
    ("a folder above", "COPY --from=b / /all", True),
    ("a file", "COPY --from=b /app/main /app/main", False),
    ("another folder", "COPY --from=b /usr/bin /app", False),
    ("by number", "COPY --from=0 /app/ /app", True),
]


@pytest.mark.parametrize(("line", "ships"), [c[1:] for c in SHIPS], ids=[c[0] for c in SHIPS])
def test_a_stage_ships_what_is_copied_on(tmp_path: Path, line: str, ships: bool) -> None:
    put(tmp_path, {".git/HEAD": "1", "a.py": "1"})
    assert bool(waste(tmp_path, f"FROM x AS b\nWORKDIR /app\nCOPY . .\nFROM y\n{line}\n")) is ships


def test_missing_dockerignore_and_context_waste_never_speak_of_the_same(tmp_path: Path) -> None:
    put(tmp_path, {".git/HEAD": "12345"})
    text = "FROM x\nCOPY . /app\n"
    assert [(f.rule, f.bytes) for f in check(tmp_path, text)] == [("missing-dockerignore", 5)]
    put(tmp_path, {".dockerignore": "*.md\n.dockerignore\nDockerfile\n"})
    assert [(f.rule, f.bytes) for f in check(tmp_path, text)] == [("context-waste", 5)]


def test_how_much_makes_a_warning(tmp_path: Path) -> None:
    put(tmp_path, {".dockerignore": "*.md\n", ".git/pack": "x" * 99_999})
    assert [f.severity.label for f in check(tmp_path, "FROM x\nCOPY . /app\n")] == ["info"]
    put(tmp_path, {".git/pack": "x" * 100_000})
    assert [f.severity.label for f in check(tmp_path, "FROM x\nCOPY . /app\n")] == ["warning"]


def test_the_dockerfile_alone_is_a_matter_of_style(tmp_path: Path) -> None:
    put(tmp_path, {".dockerignore": "*.md\n", "a.py": "1"})
    [finding] = check(tmp_path, "FROM x\nCOPY . /app\n")
    assert (finding.rule, finding.severity.label, finding.bytes) == ("context-waste", "style", 19 + 5)
    assert check(tmp_path, "FROM x\nCOPY Dockerfile .dockerignore /app/\n") == []
    put(tmp_path, {".dockerignore": "Dockerfile\n"})
    assert check(tmp_path, "FROM x\nCOPY . /app\n") == []


SECRETS = [
    (".env", "TOKEN=abcdefg1", True),
    (".env", 'export DB_PASSWORD="hunter22"', True),
    (".env", "DATABASE_URL=postgres://app:geheim1@db/app", True),
    (".env", "A=1", False),
    (".env", "PORT=3000\nJWT_EXPIRES=3600\nAUTHOR=Bob Smith", False),
    (".env", "SECRET=changeme\nAPI_KEY=${API_KEY}\nTOKEN=<token>", False),
    (".env", "VITE_API_KEY=public", None),
    (".env", "# nothing", None),
    (".env", "", None),
    (".env.local", "A=1", False),
    (".env.production", "A=1", None),
    (".env.production", "STRIPE_SECRET=sk_live_abc", True),
    (".env.example", "TOKEN=abcdefg1", None),
    (".env.ci.sample", "TOKEN=abcdefg1", None),
    ("prod.env", "TOKEN=abcdefg1", True),
    ("id_rsa", KEY, True),
    ("id_rsa", "a placeholder", None),
    ("id_rsa.pub", "ssh-rsa AAAA", None),
    ("deploy/id_ed25519", "-----BEGIN OPENSSH PRIVATE KEY-----", True),
    ("certs/tls.key", "-----BEGIN EC PRIVATE KEY-----", True),
    ("certs/ca.pem", "-----BEGIN CERTIFICATE-----", None),
    ("certs/public.pem", "-----BEGIN PUBLIC KEY-----", None),
    ("certs/example.key", KEY, None),
    ("tests/data/a.key", KEY, None),
    ("node_modules/x/test.pem", KEY, None),
    (".npmrc", "//r.example/:_authToken=npm_abc", True),
    (".npmrc", "//r.example/:_authToken=${NPM_TOKEN}", None),
    (".npmrc", "save-exact=true", None),
    (".pypirc", "[pypi]\nusername = a\npassword = pypi-abc", True),
    (".pypirc", "[pypi]\nusername = a", None),
    (".netrc", "machine a login b password c", True),
    (".git-credentials", "https://u:p@example.com", True),
    (".aws/credentials", "[default]\naws_secret_access_key = abc", True),
    ("docs2/credentials", "aws_secret_access_key = abc", None),
    (".kube/config", "users:\n- user:\n    token: abc", True),
    (".docker/config.json", '{"auths": {"r": {"auth": "YTpi"}}}', True),
    (".docker/config.json", '{"auths": {}}', None),
    ("config/master.key", "0123456789abcdef0123456789abcdef", True),
    ("gcp-key.json", '{"private_key": "-----BEGIN PRIVATE KEY-----"}', True),
    ("keyboard.json", '{"keys": []}', None),
    ("master.key", "not hexadecimal", None),
]


@pytest.mark.parametrize(("path", "content", "sure"), SECRETS)
def test_what_is_a_secret(tmp_path: Path, path: str, content: str, sure: bool | None) -> None:
    put(tmp_path, {path: content})
    context = Context(tmp_path)
    found = [(s.path, s.sure) for s in secrets(context.taken(".").entries, context)]
    assert found == ([] if sure is None else [(path, sure)])


def test_a_secret_that_is_copied_by_name_is_said_to_be(tmp_path: Path) -> None:
    put(tmp_path, {"id_rsa": KEY, "a.py": "1"})
    [named] = check(tmp_path, "FROM x\nCOPY id_* /root/.ssh/\n", "CTX005")
    assert "names `id_rsa`" in named.message
    assert named.fix is None
    assert named.withheld is not None
    [along] = check(tmp_path, "FROM x\nCOPY . /app\n", "CTX005")
    assert "takes along `id_rsa`" in along.message
    assert along.fix is not None
    assert along.fix.companion is not None
    assert along.fix.companion.lines == ("id_rsa",)


def test_a_secret_beyond_the_first_bytes_is_not_looked_for(tmp_path: Path) -> None:
    put(tmp_path, {"big.key": " " * (1 << 14) + KEY})
    context = Context(tmp_path)
    assert secrets(context.taken(".").entries, context) == []


# Robustness: whatever lies in the folder, a line and no crash.


def strange(root: Path) -> None:
    put(root, {"a.py": "1", ".git/HEAD": "12345"})
    os.mkfifo(root / "pipe.key")
    os.mkfifo(root / ".env")
    (root / "loop").symlink_to(".")
    (root / "node_modules").symlink_to("node_modules")
    (root / "out").symlink_to("/etc")
    put(root, {"new\nline.pyc": "1", "\x1b[31mred~": "1", "#hash~": "1", "!bang~": "1", "a*b~": "1", "-rf.pyc": "1"})
    with open(root / ".git" / "disk.img", "wb") as file:
        file.truncate(10_000_000_000)


def test_strange_files(tmp_path: Path) -> None:
    strange(tmp_path)
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(os.path.relpath(tmp_path / "sock"))
    started = time.monotonic()
    found = check(tmp_path, "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n")
    sock.close()
    assert time.monotonic() - started < 2
    [finding] = [f for f in found if f.rule == "missing-dockerignore"]
    assert finding.bytes == 10_000_000_000 + 5 + 6
    assert finding.fix is not None
    assert finding.fix.companion is not None
    # What cannot be written as a pattern for just this name is left out.
    assert set(finding.fix.companion.lines) == {".git", "**/*.py[co]", ".dockerignore", "Dockerfile"} | {
        "**/__pycache__"
    }


def test_a_walk_that_was_cut_short_says_at_least(tmp_path: Path) -> None:
    put(tmp_path, {f".git/{n}": "12" for n in range(50)})
    [finding] = check(tmp_path, "FROM x\nCOPY . /a\n", context=Context(tmp_path, most_entries=20))
    assert "at least" in finding.message
    assert finding.bytes is not None
    assert 0 < finding.bytes < 100


def test_an_unreadable_folder_makes_it_at_least(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {".git/HEAD": "12", ".git/locked/a": "1", ".dockerignore": "*.md\n"})
    scandir = os.scandir

    def guarded(path: str | Path) -> object:
        if os.path.basename(path) == "locked":  # chmod 0 does not stop root
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    [finding] = check(tmp_path, "FROM x\nCOPY . /a\n")
    assert "at least 2 B" in finding.message


def test_many_files_take_bounded_time(tmp_path: Path) -> None:
    """The bound is on entries; 200,000 files are measured by hand, 6,000 here stand for them."""
    for folder in range(20):
        (tmp_path / f"node_modules/{folder}").mkdir(parents=True)
        for n in range(300):
            (tmp_path / f"node_modules/{folder}/{n}").touch()
    put(tmp_path, {"package.json": "{}"})
    started = time.monotonic()
    context = Context(tmp_path, tmp_path / "Dockerfile", most_entries=5000)
    found = check(tmp_path, "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n", context=context)
    assert time.monotonic() - started < 2
    assert any(f.rule == "missing-dockerignore" for f in found)


def test_many_sources_share_one_bound(tmp_path: Path) -> None:
    for n in range(3000):
        (tmp_path / f"f{n}").touch()
    text = "FROM x\n" + "".join(f"COPY *{n} /a{n}/\n" for n in range(300))
    context = Context(tmp_path, tmp_path / "Dockerfile", most_seconds=0.05)
    started = time.monotonic()
    check(tmp_path, text, context=context)
    assert time.monotonic() - started < 2


def test_a_hostile_ignore_file_takes_bounded_time(tmp_path: Path) -> None:
    put(tmp_path, {".dockerignore": "".join(f"**/a{n}*b?\n" for n in range(40_000)), ".git/HEAD": "1"})
    for n in range(2000):
        (tmp_path / f"f{n}").touch()
    started = time.monotonic()
    context = Context(tmp_path, tmp_path / "Dockerfile", most_seconds=0.2)
    found = check(tmp_path, "FROM x\nCOPY . /a\nCOPY f1 /b\n", context=context)
    assert time.monotonic() - started < 10
    assert context.taken(".").truncated
    assert all(f.fix is None for f in found)


def test_a_context_that_is_not_there(tmp_path: Path) -> None:
    text = "FROM x\nCOPY . /a\nCOPY id_rsa /b\nRUN npm ci\n"
    context = Context(tmp_path / "none", tmp_path / "none" / "Dockerfile")
    found = inspect(Source(text), Settings(select=("CTX",), debug=True), context).findings
    assert [f.rule for f in found] == ["missing-dockerignore"]
