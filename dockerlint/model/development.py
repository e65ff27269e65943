"""Who wants the development dependencies that an install takes along: the image, its settings, or a later command."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dockerlint.model.builds import build_of
from dockerlint.model.dev_dependencies import Installing, leaves_out
from dockerlint.model.graph import BuildGraph
from dockerlint.model.invocations import Invocation
from dockerlint.model.purpose import named_for_work
from dockerlint.model.starts import start_commands, starts_shell

_AT_RUN_TIME = re.compile(
    r"\b(?:dev|develop|development|watch|tests?|debug|hot|lint|storybook|e2e|build)\b|--reload\b|^(?:nodemon|ts-node|tsx|jest|pytest"
    r"|tox|nox|phpunit|rspec|ember|hexo|gulp|grunt|webpack|vite|ng"
    r"|cypress|playwright|mocha|vitest|npx|bunx|flask run|guard)\b"
)
_RUNNERS = frozenset(
    "npx bunx pnpx jest mocha eslint cypress pytest tox nox mypy flake8 ruff black phpunit rspec rubocop".split()
)
_SCRIPTS = frozenset(("run", "run-script", "test", "t", "exec", "x", "dlx", "tst"))
_SETTINGS = ("NODE_ENV", "RAILS_ENV", "RACK_ENV", "APP_ENV", "FLASK_ENV", "BUNDLE_WITH")


def to_develop_in(graph: BuildGraph, path: str) -> bool:
    """Whether an image is there to develop or to test in; `path`: that of its Dockerfile."""
    if starts_shell(graph) or named_for_work(graph, path):
        return True
    return any(_AT_RUN_TIME.search(command) for command in start_commands(graph))


def set_to_develop(inv: Invocation) -> bool:
    """Whether the environment of a command says that it serves development or tests."""
    values = [inv.variables.get(name, "") for name in _SETTINGS]
    return any(isinstance(v, str) and v.startswith(("dev", "test")) for v in values)


def needed_by(later: Sequence[Invocation], found: Installing) -> bool:
    """Whether a later command uses development dependencies, or takes them out."""
    return any(_uses(inv) or leaves_out(inv) == found.family or _removes(inv) for inv in later)


def left_out_by(earlier: Sequence[Invocation], found: Installing) -> bool:
    """Whether the tool was told before to leave them out (``bundle config set without development``)."""
    programs = ("npm", "yarn", "pnpm") if found.family == "node" else (found.family,)
    told = re.compile(r"\b(?:without|only|omit|production|no-dev)\b")
    return any(
        inv.program in programs
        and any(a.value in ("config", "set") for a in inv.arguments)
        and any(told.search(str(a.value)) for a in inv.arguments)
        for inv in earlier
    )


def _uses(inv: Invocation) -> bool:
    if inv.program in _RUNNERS or build_of(inv) is not None:
        return True
    first = next((w for a in inv.arguments if not (w := str(a.value)).startswith("-")), "")
    word = inv.program_word.text if inv.program_word is not None else ""
    if inv.program in ("npm", "pnpm", "bun", "composer", "bundle", "poetry", "uv", "pdm") and first in _SCRIPTS:
        return True
    yarn = inv.program == "yarn" and first not in ("", "install", "add", "cache", "config", "global", "set", "remove")
    return yarn or "/.bin/" in word or "vendor/bin/" in word


def _removes(inv: Invocation) -> bool:
    return inv.program == "rm" and any(
        re.search(r"(?:^|/)(?:node_modules|vendor)/?$", str(a.value)) for a in inv.arguments
    )
