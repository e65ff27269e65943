"""Which commands compile or bundle, by ecosystem: data/builds.json, where another tool is another line."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from functools import cache

from dockerlint.model.images import ImageName
from dockerlint.model.invocations import Invocation
from dockerlint.record import record
from dockerlint.values import Unknown

_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "data", "builds.json")
RUNNERS = frozenset(("npx", "bunx", "pnpx"))  # they run a program of the project's packages
_ASKING = frozenset(("--version", "-version", "--help", "-h", "-dumpversion", "-dumpmachine", "--dry-run"))
_ASKING_ALONE = (["-v"], ["-V"])  # beside other words it is for more output
_ASSIGNING = frozenset(("make", "gmake", "ant"))  # PREFIX=/usr is no target


@record
class Ecosystem:
    """The tools of one language. All expressions are for `fullmatch`."""

    name: str
    title: str
    """What stays behind when its build is not in a stage of its own."""
    commands: Mapping[str, str]
    """By program: what its operands, joined by a blank, look like when it builds."""
    value_options: Mapping[str, frozenset[str]]
    """By program: options whose value is the next word."""
    packages: str
    """Packages of distributions that bring the tools."""
    images: str
    """Images that bring them: the last part of the name, with the tag."""
    homes: str
    """Folders that hold them where no package manager put them."""
    at_run_time: str
    """A command, words joined by a blank, that shows that the image is there to build when it runs."""
    needs_compiler: bool
    """The commands alone do not tell: something must have brought a compiler."""
    quiet: bool
    """Its commands install rather than build: they count for the rule alone that knows how to split them off."""
    costs: tuple[str, ...]
    """Rows of the cost table that add up to what stays behind."""


@record
class Build:
    """A command that makes something out of source."""

    ecosystem: Ecosystem
    invocation: Invocation

    @property
    def text(self) -> str:
        """The command's first words, as far as they are known."""
        return self.invocation.first_words


@cache
def ecosystems() -> Mapping[str, Ecosystem]:
    """All ecosystems that build, by name."""
    return {name: ecosystem for name, ecosystem in _all().items() if not ecosystem.quiet}


@cache
def _all() -> Mapping[str, Ecosystem]:
    with open(_FILE, encoding="utf-8") as file:
        entries = json.load(file)["ecosystems"]
    return {
        name: Ecosystem(
            name,
            entry["title"],
            entry["commands"],
            {program: frozenset(options) for program, options in entry.get("value-options", {}).items()},
            entry["packages"],
            entry["images"],
            entry["homes"],
            entry["at-run-time"],
            entry.get("needs-compiler", False),
            entry.get("quiet", False),
            tuple(entry["costs"]),
        )
        for name, entry in entries.items()
    }


@cache
def programs() -> Mapping[str, Ecosystem]:
    """Every program that may build or, in the quiet ecosystems, install."""
    return {program: ecosystem for ecosystem in _all().values() for program in ecosystem.commands}


def builds_in(image: ImageName) -> Ecosystem | None:
    """The ecosystem that an image is made to build in. Some are to run in as well: Node's, Erlang's and Mono's."""
    name = image.repository.rpartition("/")[2]
    if image.name == "buildpack-deps" or name == "mono":
        return None
    name = f"{name}:{image.tag}" if image.tag else name
    runs = ("node", "elixir", "dart", "ocaml")
    return next((e for e in ecosystems().values() if e.name not in runs and matches(e.images, name)), None)


def build_of(invocation: Invocation) -> Build | None:
    """The build that a command is, or None."""
    found = build_or_install(invocation)
    return None if found is None or found.ecosystem.quiet else found


def build_or_install(invocation: Invocation) -> Build | None:
    """The build that a command is, or the install of one of the quiet ecosystems."""
    program, words = invocation.program, [a.value for a in invocation.arguments]
    if program in RUNNERS:
        while words and isinstance(words[0], str) and words[0].startswith("-"):
            words = words[1:]
        if not words or isinstance(words[0], Unknown):
            return None
        program, words = words[0], words[1:]
    ecosystem = programs().get(program)
    if ecosystem is None or words in _ASKING_ALONE or any(word in _ASKING for word in words if isinstance(word, str)):
        return None
    valued, operands, skip = ecosystem.value_options.get(program, frozenset()), [], False
    for word in words:
        if skip:
            skip = False
        elif isinstance(word, Unknown):
            operands.append("?")
        elif word.startswith("-"):
            skip = word in valued
        elif "=" not in word or program not in _ASSIGNING:
            operands.append(word)
    return Build(ecosystem, invocation) if matches(ecosystem.commands[program], " ".join(operands)) else None


def matches(expression: str, text: str) -> bool:
    """Whether one of the table's expressions describes the whole text."""
    return _compiled(expression).fullmatch(text) is not None


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)
