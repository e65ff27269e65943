"""Compilers, headers and installers that a system package manager put into a stage and nothing took out."""

from __future__ import annotations

import re

from dockerlint.costs import cost, package_cost
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.managers import managers
from dockerlint.effects.toolchains import builds, needless
from dockerlint.effects.types import Installed, Uninstalled
from dockerlint.model.builds import ecosystems, matches
from dockerlint.model.graph import BuildGraph
from dockerlint.model.images import base_image
from dockerlint.model.invocations import Invocation
from dockerlint.model.starts import builds_at_run_time, start_commands, starts_shell
from dockerlint.record import record

_TOOL = re.compile(
    r"build-essential|build-base|base-devel|gcc(?:-\d[\d.]*|-c\+\+|-gfortran|-multilib)*|g\+\+(?:-\d[\d.]*|-multilib)*|clang(?:-\d+)?"
    r"|make|cmake|ninja(?:-build)?|meson|autoconf|automake|libtool|bison|flex|nasm|yasm|gfortran|swig|pkg-?config|rustc?|cargo"
    r"|(?:kernel|linux)-headers(?:-.*)?|(?:python\d?|python3\.\d+|py3)-pip|.+-dev(?:el)?"
)
_INSTALLERS = {
    "install": frozenset("pip pip2 pip3 npm pnpm yarn gem bundle poetry pipenv pdm pecl cpan luarocks".split()),
    "i": frozenset(("npm", "pnpm")),
    "ci": frozenset(("npm",)),
    "sync": frozenset(("uv", "pdm", "pipenv")),
    "add": frozenset(("yarn", "pnpm", "uv")),
    "pip": frozenset(("uv",)),
}
_ITSELF = frozenset(("pip", "setuptools", "wheel", "virtualenv", "pipenv", "poetry"))
_ALWAYS = frozenset(("docker-php-ext-install", "cpanm"))
_INTERPRETED = re.compile(
    r"(?:python[\d.]*|node(?:js)?|npm|yarn|pnpm|ruby|rails|rackup|puma|unicorn|bundle exec|perl|php[\d.]*|php-fpm[\d.]*"
    r"|gunicorn|uvicorn|hypercorn|daphne|flask|celery|streamlit|django-admin|Rscript|lua"
    r"|[\w./-]+\.(?:py|rb|js|mjs|pl|php))(?: .*)?"
)
_WORKPLACE = re.compile(
    r"(?:jupyter[\w-]*|pip[\d.]*|code-server|start-notebook\.sh|sshd)(?: .*)?"
    r"|(?:ba|z|da|a|k|fi)?sh(?: -(?:-login|[il]+))*"
)
# Built on buildpack-deps, or keeping their own compiler, unless their tag says slim or alpine (docker-library).
_FULL = frozenset(("python", "pypy", "node", "ruby", "perl", "php"))


@record
class Left:
    """The build tools of one install that are still there."""

    effect: Installed
    layer: int
    packages: tuple[str, ...]
    command: Invocation | None


def left(ledger: Ledger) -> list[Left]:
    """Installs of build tools, each with those of its packages that surely stay."""
    gone: set[str | None] = set()
    marked = False
    for layer in ledger.layers:
        for action in layer.actions:
            marked = marked or (action.invocation is not None and action.invocation.program == "apt-mark")
            for effect in action.effects:
                if isinstance(effect, Uninstalled):
                    gone |= set(effect.packages)
    if None in gone or (marked and "*" in gone):
        return []
    alive = {(id(e.effect), e.package) for e in ledger.alive() if e.package}
    found = []
    for index, layer in enumerate(ledger.layers):
        for action in layer.actions:
            for effect in action.effects:
                if not isinstance(effect, Installed) or not effect.certain or not managers()[effect.manager].system:
                    continue
                there = [p for p in effect.packages if p and (id(effect), p) in alive and p not in gone]
                tools = tuple(p for p in there if _TOOL.fullmatch(p))
                if tools:
                    found.append(Left(effect, index, tools, action.invocation))
    return found


def installer_after(it: Left, ledger: Ledger) -> tuple[int, Invocation] | None:
    """The last command from the tools' layer on for which they may have been there, with its layer."""
    found = None
    for index in range(it.layer, len(ledger.layers)):
        for action in ledger.layers[index].actions:
            inv = action.invocation
            if inv is not None and _installs(inv) and (index > it.layer or inv.span.start > it.effect.span.start):
                found = (index, inv)
    return found


def _installs(inv: Invocation) -> bool:
    words = [str(a.value) for a in inv.arguments]
    program = inv.program
    if re.fullmatch(r"python[\d.]*", program) and words[:2] == ["-m", "pip"]:
        program, words = "pip", words[2:]
    program = re.sub(r"^pip[\d.]*$", "pip", program)
    if {"-g", "--global"} & set(words) or (program == "pip" and _ITSELF.issuperset(_operands(words))):
        return False  # programs of their own, and pip itself, need no compiler
    if program in _ALWAYS or (program in ("yarn", "bundle") and not words):
        return True
    return any(program in _INSTALLERS.get(word, ()) for word in words[:4])


def _operands(words: list[str]) -> set[str]:
    """The packages that pip is to install, without versions; its requirements file counts as one."""
    return {re.split(r"[=<>~!\[]", word)[0] for word in words[1:] if not word.startswith("-")} | (
        {"-r"} & {word[:2] for word in words}
    )


def weight(it: Left) -> int | None:
    """Bytes of the tools, estimated from the tables; None when they have no figure."""
    prefix = managers()[it.effect.manager].costs
    if prefix is None:
        return None
    if prefix == "apk":
        row = cost("apk-build-deps")
        return row.typical if row is not None and not {"build-base", "gcc", "g++"}.isdisjoint(it.packages) else None
    price = package_cost(prefix, it.packages)
    if price is None:
        return None
    alone = it.command is not None and any(a.value == "--no-install-recommends" for a in it.command.arguments)
    if not alone:
        return price.typical
    # the row of python3-pip counts Python itself, which is needed
    return None if all(name.endswith("-pip") for name in it.packages) else price.bytes_low


def wanted(ledger: Ledger) -> bool:
    """Whether the image is there to build in, compiles (another rule's fault), or had the tools from the start."""
    graph = ledger.graph
    if starts_shell(graph) or any(_WORKPLACE.fullmatch(command) for command in start_commands(graph)):
        return True
    if any(builds_at_run_time(e, graph) for name, e in ecosystems().items() if name != "node"):
        return True
    image = base_image(graph, ledger.stage)
    full = image is not None and image.name in _FULL and not re.search("slim|alpine", image.tag or "")
    name = f"{image.repository.rpartition('/')[2]}:{image.tag or 'latest'}" if image is not None else ""
    if full or any(matches(e.images, name) for e in ecosystems().values() if e.name != "node"):
        return True
    return any(
        build.ecosystem.name != "node" and not needless(build, ledger.layers) for _, build in builds(ledger.layers)
    )


def interpreted(graph: BuildGraph) -> bool:
    """Whether what the image starts is run by an interpreter, which compiles nothing."""
    return any(_INTERPRETED.fullmatch(command) for command in start_commands(graph))
