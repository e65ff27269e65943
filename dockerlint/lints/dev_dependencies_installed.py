"""PKG027: the stage that ships installs what only developing the program needs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from dockerlint.amounts import human
from dockerlint.catalogue import Rule, match
from dockerlint.costs import cost
from dockerlint.file import File
from dockerlint.findings import Finding, Withheld
from dockerlint.model.builds import build_of
from dockerlint.model.dev_dependencies import Installing, leaves_out, with_dev
from dockerlint.model.images import parse_image
from dockerlint.model.invocations import Invocation
from dockerlint.model.purpose import named_for_work
from dockerlint.model.starts import start_commands, starts_shell
from dockerlint.record import replace

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
_PACKAGE_JSON = 1 << 20


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each install after which the layers that ship hold development dependencies."""
    if not file.graph.stages or _meant(file):
        return
    ships = [inv for inv in file.invocations if file.graph.stages[inv.step.stage].ships]
    fixable = {id(c.invocation): (c, held) for c, held in match.commands(file, rule) if not held}
    for i, inv in enumerate(ships):
        found = with_dev(inv) if inv.certain else None
        if found is None or _for_development(inv) or _needed(found, ships[i + 1 :]) or _configured(found, ships[:i]):
            continue
        if found.family == "node" and not _has_dev(file):
            continue
        finding = Finding(rule.name, inv.span, "")
        if id(inv) in fixable:
            finding = match.command_finding(file, rule, *fixable[id(inv)])
            if _old_npm(file, inv):
                found = replace(found, cure="`--only=production`")
                withheld = Withheld("the image's npm 6 does not know `--omit`", inv.span)
                finding = replace(finding, fix=None, withheld=withheld)
        yield _told(finding, inv, found)


def _told(finding: Finding, inv: Invocation, found: Installing) -> Finding:
    row = cost(found.cost) if found.cost else None
    weight = f" (about {human(row.typical, 2)})" if row is not None else ""
    words = " ".join(str(word) for word in inv.argv[:2])
    message = f"`{words}` also installs what only development needs{weight}: {found.cure} would not"
    if found.family == "pip":
        message = f"`{words}` installs what only development needs: {found.cure} would not"
    size = row.typical if row is not None else None
    return replace(finding, message=message, bytes=size, bytes_basis="estimated" if size is not None else None)


def _meant(file: File) -> bool:
    """Whether the image is there to develop or to test in."""
    if starts_shell(file.graph) or named_for_work(file.graph, file.source.path):
        return True
    return any(_AT_RUN_TIME.search(command) for command in start_commands(file.graph))


def _for_development(inv: Invocation) -> bool:
    values = [inv.variables.get(name, "") for name in _SETTINGS]
    return any(isinstance(v, str) and v.startswith(("dev", "test")) for v in values)


def _needed(found: Installing, later: Sequence[Invocation]) -> bool:
    """Whether a later command uses development dependencies, or takes them out."""
    return any(_uses(inv) or leaves_out(inv) == found.family or _removes(inv) for inv in later)


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


def _configured(found: Installing, earlier: Sequence[Invocation]) -> bool:
    """Whether the tool was told before to leave them out (``bundle config set without development``)."""
    programs = ("npm", "yarn", "pnpm") if found.family == "node" else (found.family,)
    told = re.compile(r"\b(?:without|only|omit|production|no-dev)\b")
    return any(
        inv.program in programs
        and any(a.value in ("config", "set") for a in inv.arguments)
        and any(told.search(str(a.value)) for a in inv.arguments)
        for inv in earlier
    )


def _has_dev(file: File) -> bool:
    """Whether a package.json of the context names development dependencies; true where there is none to read."""
    context = file.context
    if context is None:
        return True
    paths = [e.path for e in context.taken(".").entries if not e.folder and e.path.rpartition("/")[2] == "package.json"]
    return not paths or any(_names_dev(context.read_text(path, _PACKAGE_JSON)) for path in paths)


def _names_dev(text: str | None) -> bool:
    try:
        data = json.loads(text or "")
    except (ValueError, RecursionError):
        return True
    return not isinstance(data, dict) or bool(data.get("devDependencies"))


def _old_npm(file: File, inv: Invocation) -> bool:
    """Whether the image is one of node's with npm 6 or older (node 14 and before)."""
    reference = file.graph.lineage(file.graph.stages[inv.step.stage])[0].base.reference
    image = parse_image(reference) if isinstance(reference, str) else None
    if image is None or image.name != "node":
        return False
    tag = image.tag or ""
    number = re.match(r"\d+", tag)
    return (
        int(number[0]) < 15 if number else tag.startswith(("argon", "boron", "carbon", "dubnium", "erbium", "fermium"))
    )
