"""Which installs take development dependencies along, and which build tools stay; more cases are in the pages."""

from __future__ import annotations

import pytest

from dockerlint.effects import build_tools
from dockerlint.file import File
from dockerlint.model.dev_dependencies import leaves_out, with_dev
from dockerlint.model.purpose import named_for_work
from dockerlint.source import Source


def family(command: str, before: str = "") -> str | None:
    *_, invocation = File(Source(f"FROM x\n{before}\nRUN {command}\n")).invocations
    found = with_dev(invocation)
    return None if found is None else found.family


TAKES = {
    "node": [
        "npm i",
        "npm ci --no-audit",
        "yarn",
        "yarn --frozen-lockfile",
        "pnpm install",
        "NODE_ENV=x npm ci",
        "bun install",
    ],
    "composer": ["composer install", "composer -q install -o"],
    "bundle": ["bundle", "bundle install -j4", "BUNDLE_WITHOUT= bundle install"],
    "poetry": ["poetry install", "poetry install --no-root"],
    "pdm": ["pdm install"],
    "uv": ["uv sync --frozen"],
    "pip": [
        "pip install -r requirements/dev.txt",
        "pip3 install -rdev-requirements.txt",
        "python3 -m pip install '.[test, dev]'",
        "pip install -r requirements_dev.in",
    ],
}
TAKES_NOT = [
    "npm ci --omit dev",
    "npm install --only production",
    "npm install --prod=true",
    "npm install $FLAGS",
    "npm ci --help",
    "npm_config_omit=dev npm ci",
    "yarn -v",
    "yarn add x",
    "yarn global add x",
    "composer global require x",
    "composer install --no-dev",
    "COMPOSER_NO_DEV=1 composer install",
    "BUNDLE_WITHOUT=development bundle install",
    "bundle exec rake",
    "poetry install --only=main",
    "pdm install --prod",
    "uv sync --no-dev",
    "uv pip install x",
    "pip install -r requirements.txt",
    "pip install -c constraints-dev.txt x",
    "pip download -r requirements-dev.txt",
    "pip install x[device]",
]


@pytest.mark.parametrize(("command", "name"), [(c, name) for name, commands in TAKES.items() for c in commands])
def test_installs_that_take_development_dependencies(command: str, name: str) -> None:
    assert family(command) == name


@pytest.mark.parametrize("command", TAKES_NOT)
def test_installs_that_do_not(command: str) -> None:
    assert family(command) is None


def test_an_environment_that_is_not_known_makes_it_unsure() -> None:
    assert family("npm ci", "ARG MODE\nENV NODE_ENV=$MODE") is None
    assert family("npm ci", "ENV NODE_ENV=production") is None
    assert family("bundle install", "ARG WITHOUT\nENV BUNDLE_WITHOUT=$WITHOUT") is None


@pytest.mark.parametrize(
    ("command", "name"),
    [("npm prune --production", "node"), ("npm prune", None), ("composer install --no-dev", "composer"), ("ls", None)],
)
def test_what_leaves_them_out_again(command: str, name: str | None) -> None:
    (invocation,) = File(Source(f"FROM x\nRUN {command}\n")).invocations
    assert leaves_out(invocation) == name


def left(body: str) -> list[tuple[str, ...]]:
    ledger = File(Source(f"FROM debian:12-slim\nRUN {body}\n")).shipped
    assert ledger is not None
    return [it.packages for it in build_tools.left(ledger)]


TOOLS = "build-essential gcc-12 g++ cmake libpq-dev openssl-devel python3-pip py3-pip linux-headers".split()


@pytest.mark.parametrize("package", TOOLS)
def test_build_tools_by_name(package: str) -> None:
    assert left(f"apt-get install -y {package}") == [(package,)]


@pytest.mark.parametrize("package", "libgcc-s1 libstdc++6 python3 curl device-tree-compiler makedev git".split())
def test_packages_that_are_none(package: str) -> None:
    assert left(f"apt-get install -y {package}") == []


def test_a_removal_that_may_or_may_not_happen_is_enough() -> None:
    assert left('apt-get install -y gcc && if [ -n "$SLIM" ]; then apt-get purge -y gcc; fi') == []
    assert left("apt-get install -y gcc && apt-get purge -y $WHATEVER") == []
    assert left("apt-get install -y gcc && apt-get autoremove -y") == [("gcc",)]


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("FROM x AS dev\n", "Dockerfile", True),
        ("FROM x AS dev\nFROM y\n", "Dockerfile", False),
        ("FROM x AS dev\nFROM dev\n", "Dockerfile", True),
        ("FROM x\n", "docker/Dockerfile.test", True),
        ("FROM x\n", "tests/latest/Dockerfile", False),
        ("", "Dockerfile", False),
    ],
)
def test_names_that_tell_what_an_image_is_for(text: str, path: str, expected: bool) -> None:
    assert named_for_work(File(Source(text, path)).graph, path) is expected
