"""The manifests first, the install, then the rest: offered only where nothing else can tell, and proved anew."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from dockerlint.context import Context
from dockerlint.edits import Licence, apply
from dockerlint.engine.run import inspect
from dockerlint.findings import Finding
from dockerlint.settings import Settings
from dockerlint.source import Source
from dockerlint.verify import verify
from dockerlint.verify.split_copy import _READS_MANIFESTS

BEFORE = "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\n"
AFTER = "FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\n"
LICENCE = Licence(first=frozenset(("package.json package-lock.json ./",)))


def test_the_gate_lets_the_split_pass() -> None:
    verdict = verify(BEFORE, AFTER, LICENCE)
    assert verdict.ok, verdict.reason


def test_the_gate_wants_a_licence() -> None:
    assert not verify(BEFORE, AFTER, Licence()).ok
    assert not verify(BEFORE, AFTER, Licence(first=frozenset(("package.json ./",)))).ok


MUTATIONS = [
    ("the rest is not copied", "COPY . .\n", ""),
    ("the rest goes elsewhere", "COPY . .", "COPY . /other"),
    ("less than the rest", "COPY . .", "COPY src ."),
    ("another owner", "COPY . .", "COPY --chown=1 . ."),
    ("the manifests have another owner", "COPY package", "COPY --chown=1 package"),
    ("the manifests go elsewhere", "package-lock.json ./", "package-lock.json /opt/"),
    ("more than manifests", "package.json package-lock.json ./", "package.json src ./"),
    ("manifests of another folder", "package.json package-lock.json ./", "web/package.json package-lock.json ./"),
    ("a wildcard that takes sources", "package.json package-lock.json ./", "*.js ./"),
    ("a variable", "package.json package-lock.json ./", "$MANIFEST ./"),
    ("another keyword", "COPY package", "ADD package"),
    ("from another image", "COPY package", "COPY --from=node package"),
    ("a build in between", "RUN npm ci\n", "RUN npm ci && npm run build\n"),
    ("a program in between", "RUN npm ci\n", "RUN npm ci && ls\n"),
    ("another install", "RUN npm ci\n", "RUN npm install\n"),
    ("an install of the project", "RUN npm ci\n", "RUN npm ci && pip install .\n"),
    ("a command behind the rest goes before it", "COPY . .\nRUN npm run build\n", "RUN npm run build\nCOPY . .\n"),
    ("a working directory in between", "COPY . .", "WORKDIR /srv\nCOPY . ."),
    ("a stage in between", "RUN npm ci\n", "RUN npm ci\nFROM node:22\nWORKDIR /app\n"),
    ("a volume in between", "RUN npm ci\n", "RUN npm ci\nVOLUME /app\n"),
    ("a bind mount", "RUN npm ci\n", "RUN --mount=type=bind,source=src,target=/s npm ci\n"),
    ("an exec form", "RUN npm ci\n", 'RUN ["npm", "ci"]\n'),
    ("a heredoc of manifests", "COPY . .", "COPY <<E .\nx\nE"),
]


@pytest.mark.parametrize(("old", "new"), [m[1:] for m in MUTATIONS], ids=[m[0] for m in MUTATIONS])
def test_the_gate_refuses_what_is_not_the_same(old: str, new: str) -> None:
    assert old in AFTER
    mutant = AFTER.replace(old, new, 1)
    copies = [line.partition(" ")[2] for line in mutant.splitlines() if line.startswith(("COPY", "ADD"))]
    first = copies[0].removeprefix("--chown=1 ").removeprefix("--from=node ")
    assert not verify(BEFORE, mutant, Licence(first=frozenset((first,)))).ok


SAME_CHANGE = [
    # What the old text had as well is no difference, but the commands in between must read manifests only.
    ("a build in the installing RUN", "RUN npm ci", "RUN npm ci && npm run build"),
    ("a script", "RUN npm ci", "RUN ./install.sh"),
    ("an option that points elsewhere", "RUN npm ci", "RUN npm ci --prefix web"),
    ("an editable install", "RUN npm ci", "RUN pip install -e ."),
    ("the project itself", "RUN npm ci", "RUN pip install -r requirements.txt ./lib"),
    ("a folder by its name", "RUN npm ci", "RUN pip install -r requirements.txt src/lib"),
    ("a substitution", "RUN npm ci", "RUN echo $(cat src/version)"),
    ("a redirection from a source", "RUN npm ci", "RUN npm ci < answers"),
    ("a folder that is not there yet", "RUN npm ci", "RUN cd src && npm ci"),
    ("a shell that cannot be followed", "RUN npm ci", "RUN eval npm ci"),
    ("another COPY", "RUN npm ci", "COPY src src\nRUN npm ci"),
]


@pytest.mark.parametrize(("old", "new"), [m[1:] for m in SAME_CHANGE], ids=[m[0] for m in SAME_CHANGE])
def test_the_gate_refuses_when_what_stands_between_may_read_sources(old: str, new: str) -> None:
    assert not verify(BEFORE.replace(old, new), AFTER.replace(old, new), LICENCE).ok


PASSES = [
    ("other tools", "RUN npm ci", "RUN apt-get update && apt-get install -y git && npm ci && npm cache clean --force"),
    ("inert instructions", "RUN npm ci", "ENV CI=1\nARG X\nUSER node\nRUN npm ci --omit=dev"),
    ("a cache mount", "RUN npm ci", "RUN --mount=type=cache,target=/root/.npm npm ci"),
    ("the folder itself", "RUN npm ci", "RUN cd /app && npm ci"),
    ("a package index", "RUN npm ci", "RUN pip install -i https://i.example/simple --no-cache-dir -r r.txt 'x>=1'"),
]


@pytest.mark.parametrize(("old", "new"), [m[1:] for m in PASSES], ids=[m[0] for m in PASSES])
def test_the_gate_lets_pass(old: str, new: str) -> None:
    verdict = verify(BEFORE.replace(old, new), AFTER.replace(old, new), LICENCE)
    assert verdict.ok, verdict.reason


@pytest.mark.parametrize("script", ["preinstall", "install", "postinstall", "prepare"])
def test_the_gate_looks_into_the_manifest_itself(tmp_path: Path, script: str) -> None:
    context = Context(tmp_path)
    (tmp_path / "package.json").write_text('{"scripts": {"build": "x"}}')
    assert verify(BEFORE, AFTER, LICENCE, context).ok
    (tmp_path / "package.json").write_text(f'{{"scripts": {{"{script}": "x"}}}}')
    assert script in verify(BEFORE, AFTER, LICENCE, context).reason
    (tmp_path / "package.json").write_text("{")
    assert not verify(BEFORE, AFTER, LICENCE, context).ok


def test_a_pragma_of_the_copy_stays_with_it() -> None:
    def above(text: str) -> str:
        return text.replace("COPY", "# hadolint ignore=DL3045\nCOPY", 1)

    assert not verify(above(BEFORE), above(AFTER), LICENCE).ok


@pytest.mark.parametrize("text", ["pip install" + " -a" * 3000 + " !", "dotnet restore" + " proj" * 3000 + " !"])
def test_hostile_commands_take_linear_time(text: str) -> None:
    started = time.monotonic()
    assert _READS_MANIFESTS.fullmatch(text) is None
    assert time.monotonic() - started < 1


def finding(root: Path, files: dict[str, str], line: str, copy: str = "COPY . .") -> Finding | None:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    text = f"FROM x\nWORKDIR /app\n{copy}\nRUN {line}\n"
    settings = Settings(select=("CTX004",), debug=True)
    found = inspect(Source(text), settings, Context(root, root / "Dockerfile")).findings
    if found and found[0].fix is not None:
        new = apply(text, found[0].fix.edits)
        verdict = verify(text, new, found[0].fix.licence, Context(root))
        assert verdict.ok, verdict.reason
    return found[0] if found else None


OFFERED = [
    (
        "npm ci",
        {"package.json": "{}", "package-lock.json": "{}", ".npmrc": ""},
        "package.json package-lock.json .npmrc ./",
    ),
    ("npm ci --ignore-scripts", {"package.json": '{"scripts": {"prepare": "x"}}'}, "package.json ./"),
    ("yarn install --immutable", {"package.json": "{}", "yarn.lock": ""}, "package.json yarn.lock ./"),
    ("pnpm i --frozen-lockfile", {"package.json": "{}", "pnpm-lock.yaml": ""}, "package.json pnpm-lock.yaml ./"),
    ("bun install", {"package.json": "{}", "bun.lockb": ""}, "package.json bun.lockb ./"),
    ("pip3 install -r requirements.txt", {"requirements.txt": "flask"}, "requirements.txt ./"),
    ("python3 -m pip install -r r.txt -c c.txt", {"r.txt": "flask", "c.txt": ""}, "r.txt c.txt ./"),
    ("uv pip install --system -r requirements.txt", {"requirements.txt": "flask"}, "requirements.txt ./"),
    ("uv sync --locked", {"pyproject.toml": "[project]\nname='x'", "uv.lock": ""}, "pyproject.toml uv.lock ./"),
    ("poetry install --no-root", {"pyproject.toml": "", "poetry.lock": ""}, "pyproject.toml poetry.lock ./"),
    ("pipenv sync --system", {"Pipfile": "", "Pipfile.lock": ""}, "Pipfile Pipfile.lock ./"),
    ("bundle install --jobs 4", {"Gemfile": "gem 'rails'", "Gemfile.lock": ""}, "Gemfile Gemfile.lock ./"),
    ("composer install --no-dev", {"composer.json": "{}", "composer.lock": ""}, "composer.json composer.lock ./"),
    ("go mod download", {"go.mod": "module x", "go.sum": ""}, "go.mod go.sum ./"),
    ("mvn -B dependency:go-offline", {"pom.xml": "<project/>"}, "pom.xml ./"),
    (
        "gradle dependencies",
        {"build.gradle.kts": "", "settings.gradle.kts": ""},
        "build.gradle.kts settings.gradle.kts ./",
    ),
    ("dotnet restore", {"a.csproj": "<Project/>"}, "a.csproj ./"),
    ("mix deps.get", {"mix.exs": "", "mix.lock": ""}, "mix.exs mix.lock ./"),
]


@pytest.mark.parametrize(("line", "files", "arguments"), OFFERED, ids=[c[0] for c in OFFERED])
def test_each_ecosystem(tmp_path: Path, line: str, files: dict[str, str], arguments: str) -> None:
    found = finding(tmp_path, files | {"src.x": "1"}, line)
    assert found is not None
    assert found.fix is not None, found.withheld
    assert found.fix.licence.first == {arguments}


WITHHELD = [
    ("npm ci", {"package.json": '{"scripts": {"postinstall": "x"}}'}, "postinstall"),
    ("npm ci", {"package.json": '{"workspaces": ["a"]}'}, "workspaces"),
    ("npm ci", {"package.json": '{"dependencies": {"a": "file:../a"}}'}, "file:"),
    ("npm ci", {"package.json": "{}", "package-lock.json": '{"a": {"link": true}}'}, "link"),
    ("npm ci", {"package.json": "{}", "binding.gyp": ""}, "binding.gyp"),
    ("npm ci", {"package.json": "{}", "node_modules/x": ""}, "node_modules"),
    ("npm ci", {"server.js": ""}, "is not in the build context"),
    ("npm ci", {"package.json": "{}", ".dockerignore": "package.json"}, "not what is copied"),
    ("yarn", {"package.json": "{}", ".yarn/releases/y.cjs": ""}, ".yarn"),
    ("pnpm i", {"package.json": '{"pnpm": {"patchedDependencies": {}}}'}, "patchedDependencies"),
    ("pip install -r r.txt", {"r.txt": "-e ."}, "-e"),
    ("pip install -r r.txt", {"r.txt": "./lib\nflask"}, "./"),
    ("pip install -r r.txt", {"r.txt": "x @ file:///a"}, "file:"),
    ("pip install -r r.txt", {"r.txt": "-r none.txt"}, "none.txt"),
    ("npm ci", {"package.json": '{"dependencies": {"@prisma/client": "5"}}'}, "prisma"),
    ("pip install -r r.txt", {"r.txt": "flask\nlibs/a"}, "libs/"),
    ("pip install -r r.txt", {"r.txt": "flask\na-1.whl"}, "a-1.whl"),
    ("pip install -r r.txt", {"r.txt": "--find-links wheels\nflask"}, "--find-links"),
    ("pip install -r r.txt", {"r.txt": "--no-index\nflask"}, "--no-index"),
    ("PIP_CONSTRAINT=c.txt pip install -r r.txt", {"r.txt": "flask"}, "PIP_CONSTRAINT"),
    ("bundle install", {"Gemfile": "gem 'a'", "vendor/cache/a.gem": ""}, "vendor/cache"),
    ("pip install -r r.txt -e .", {"r.txt": "flask"}, "-e"),
    ("pip install -r r.txt .", {"r.txt": "flask"}, "no package index"),
    ("poetry install", {"pyproject.toml": ""}, "--no-root"),
    ("poetry install --no-root", {"pyproject.toml": "a = {path = 'a'}"}, "path"),
    ("uv sync", {"pyproject.toml": "[build-system]"}, "the project itself"),
    ("bundle install", {"Gemfile": "gemspec"}, "gemspec"),
    ("composer install", {"composer.json": '{"autoload": {"classmap": ["src"]}}'}, "classmap"),
    ("composer install", {"composer.json": '{"scripts": {"post-install-cmd": "x"}}'}, "post-install-cmd"),
    ("composer install -o", {"composer.json": "{}"}, "looks into the sources"),
    ("go mod download", {"go.mod": "replace a => ./a"}, "=> ."),
    ("go mod download", {"go.mod": "module x", "go.work": ""}, "go.work"),
    ("cargo fetch", {"Cargo.toml": ""}, "cargo"),
    ("./mvnw dependency:go-offline", {"pom.xml": ""}, "wrapper"),
    ("mvn dependency:go-offline", {"pom.xml": "<modules>"}, "<modules>"),
    ("dotnet restore app.sln", {"a.csproj": ""}, "solution"),
    ("dotnet restore", {"a.csproj": "<ProjectReference Include='..'/>"}, "<ProjectReference"),
    ("mix deps.get", {"mix.exs": "", "config/config.exs": ""}, "config"),
    ("npm ci && cp a b", {"package.json": "{}"}, "may read"),
    ("npm ci && npm i ./lib", {"package.json": "{}"}, "may read"),
]


@pytest.mark.parametrize(("line", "files", "reason"), WITHHELD, ids=[f"{c[0]}: {c[2]}" for c in WITHHELD])
def test_withheld(tmp_path: Path, line: str, files: dict[str, str], reason: str) -> None:
    found = finding(tmp_path, files, line)
    assert found is not None
    assert found.fix is None
    assert found.withheld is not None
    assert reason in found.withheld.reason


@pytest.mark.parametrize(
    ("copy", "reason"),
    [
        ("COPY --exclude=*.md . .", "other files"),
        ("COPY a . ./", "one plain source"),
        ('COPY "." "./"', "one plain source"),
        ('COPY . .\nSHELL ["bash", "-c"]', "stands between"),
        ("COPY . .\nRUN ./configure", "may read"),
        ("COPY . .\nWORKDIR /app", "stands between"),
        ("COPY . .\nRUN <<E python3\nprint()\nE", "may read"),
    ],
)
def test_withheld_for_the_copy(tmp_path: Path, copy: str, reason: str) -> None:
    found = finding(tmp_path, {"package.json": "{}", "a": ""}, "npm ci", copy)
    assert found is not None
    assert found.withheld is not None
    assert reason in found.withheld.reason


@pytest.mark.parametrize(
    "line",
    [
        "npm install left-pad",
        "npm run build",
        "pip install flask",
        "pip install .",
        "go build ./...",
        "cargo build",
        "mvn package",
        "cd /opt && npm ci",
        "bundle exec rake",
        "composer require x",
        "dotnet build",
        "uv run x",
    ],
)
def test_no_finding(tmp_path: Path, line: str) -> None:
    files = {"package.json": "{}", "pom.xml": "", "Cargo.toml": "", "composer.json": "{}", "a.csproj": ""}
    assert finding(tmp_path, files, line) is None


REQUIREMENTS = "FROM python:3\nWORKDIR /app\nCOPY r.txt ./\nRUN pip install -r r.txt\nCOPY . .\n"


@pytest.mark.parametrize(
    ("line", "ok"),
    [
        ("libs/a", False),
        ("a-1.whl", False),
        ("-f wheels", False),
        ("-e .", False),
        ("./a", False),
        ("--no-index", False),
        ("a @ file:///x", False),
        ("--find-links=https://x/y", True),
        ("https://x/a-1.whl", True),
        ("a @ git+https://x/y.git", True),
        ("flask==3 --hash=sha256:ab/cd", True),
        ("-r other.txt", True),
    ],
)
def test_the_gate_and_the_recipe_read_requirements_alike(tmp_path: Path, line: str, ok: bool) -> None:
    (tmp_path / "r.txt").write_text(f"flask\n{line}\n")
    (tmp_path / "other.txt").write_text("x\n")
    before = "FROM python:3\nWORKDIR /app\nCOPY . .\nRUN pip install -r r.txt\n"
    licence = Licence(first=frozenset(("r.txt ./",)))
    assert verify(before, REQUIREMENTS, licence, Context(tmp_path)).ok == ok
    found = finding(tmp_path, {}, "pip install -r r.txt")
    assert found is not None
    assert (found.fix is not None) == ok


def test_the_gate_knows_what_reads_the_project_when_it_is_installed(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"dependencies": {"@prisma/client": "5"}}')
    assert "prisma" in verify(BEFORE, AFTER, LICENCE, Context(tmp_path)).reason
    (tmp_path / "package.json").write_text('{"dependencies": 5}')
    assert verify(BEFORE, AFTER, LICENCE, Context(tmp_path)).ok


def test_the_gate_knows_variables_that_name_another_file() -> None:
    named = (text.replace("COPY", "ENV NPM_CONFIG_USERCONFIG=n\nCOPY", 1) for text in (BEFORE, AFTER))
    assert not verify(*named, LICENCE).ok
    harmless = (text.replace("COPY", "ENV NPM_CONFIG_LOGLEVEL=warn\nCOPY", 1) for text in (BEFORE, AFTER))
    assert verify(*harmless, LICENCE).ok
