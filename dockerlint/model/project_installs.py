"""Commands that install what a project's manifests list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from dockerlint.model import manifests
from dockerlint.model.invocations import Invocation
from dockerlint.model.node_packages import installs_project
from dockerlint.record import record
from dockerlint.values import Unknown


@record
class Install:
    """A command that installs what manifests list."""

    ecosystem: manifests.Ecosystem
    invocation: Invocation
    files: tuple[str, ...] = ()
    """Files that its words name, as written."""
    also: str = ""
    """What it does beyond that, so that it needs the sources; "" when the words show nothing of the kind."""
    scripts: bool = True
    """It runs the scripts that manifests ask for."""

    @property
    def text(self) -> str:
        """The command's first words."""
        return self.invocation.first_words


def install_of(inv: Invocation) -> Install | None:
    """The install that a command is, or None; words that are not known make it none."""
    values = [a.value for a in inv.arguments]
    if any(isinstance(value, Unknown) for value in values):
        return None
    words = [str(value) for value in values]
    if inv.program in manifests.NODE:
        return _node(inv, words)
    if re.fullmatch(r"python[\d.]*", inv.program) and words[:2] == ["-m", "pip"]:
        return _pip(inv, words[2:])
    if re.fullmatch(r"pip[\d.]*", inv.program):
        return _pip(inv, words)
    reader = _READERS.get(inv.program)
    return reader(inv, words) if reader is not None else None


def _node(inv: Invocation, words: list[str]) -> Install | None:
    if not installs_project(inv) or not _elsewhere(words).isdisjoint(("--prefix", "-C", "--cwd", "--dir")):
        return None
    return Install(manifests.NODE[inv.program], inv, scripts="--ignore-scripts" not in words)


def _elsewhere(words: list[str]) -> set[str]:
    return {word.partition("=")[0] for word in words if word.startswith("-")}


_PIP_VALUED = frozenset(
    "-i --index-url --extra-index-url -f --find-links --trusted-host --cache-dir --timeout --retries --proxy --cert"
    " --progress-bar --root-user-action --no-binary --only-binary --prefix --target -t --root --src --platform"
    " --python-version --implementation --abi --upgrade-strategy --global-option --config-settings -C".split()
)


def _pip(inv: Invocation, words: list[str]) -> Install | None:
    """`pip install -r FILE`; what is named beside the files must not be a path."""
    if words[:1] not in (["install"], ["wheel"], ["download"]):
        return None
    files, also, rest = [], "", iter(words[1:])
    for word in rest:
        if word in ("-r", "--requirement", "-c", "--constraint"):
            files.append(next(rest, ""))
        elif word.startswith(("--requirement=", "--constraint=")) or re.match(r"-[rc][^-]", word):
            files.append(word.partition("=")[2] if word.startswith("--") else word[2:])
        elif word in ("-e", "--editable") or word.startswith(("--find-links=.", "--editable=")):
            also = also or f"`{word}` reads the sources"
        elif word in ("-f", "--find-links"):
            also = also or f"`{word}` may name a folder of the context"
            next(rest, "")
        elif word in _PIP_VALUED:
            next(rest, "")
        elif re.match(r"\.|/|file:|[^=<>~]*/", word):
            also = also or f"`{word}` is no package index's"
    if not any(files) or any("://" in name for name in files):
        return None
    return Install(manifests.PIP, inv, tuple(name for name in files if name), also)


def _uv(inv: Invocation, words: list[str]) -> Install | None:
    if words[:1] == ["pip"]:
        return _pip(inv, words[1:])
    if words[:1] != ["sync"] or not _elsewhere(words).isdisjoint(("--project", "--directory", "--script")):
        return None
    # Without a build system in pyproject.toml there is no project to install: `hazards` cannot tell, the recipe looks.
    left_out = {"--no-install-project", "--no-install-workspace", "--no-install-local"}.intersection(words)
    return Install(manifests.UV, inv, also="" if left_out else "it installs the project itself")


def _poetry(inv: Invocation, words: list[str]) -> Install | None:
    if words[:1] != ["install"] or not _elsewhere(words).isdisjoint(("-C", "--directory", "-P", "--project")):
        return None
    also = "" if "--no-root" in words else "without `--no-root` it installs the project itself"
    return Install(
        manifests.POETRY, inv, also="it installs nothing but the project itself" if "--only-root" in words else also
    )


def _pipenv(inv: Invocation, words: list[str]) -> Install | None:
    operands = [word for word in words[1:] if not word.startswith("-")]
    return Install(manifests.PIPENV, inv) if words[:1] in (["install"], ["sync"]) and not operands else None


def _bundle(inv: Invocation, words: list[str]) -> Install | None:
    elsewhere = {"--gemfile", "--path", "--local"} & _elsewhere(words)
    plain = words[:1] in (["install"], []) or words[0].startswith("-")
    return Install(manifests.BUNDLER, inv) if plain and not elsewhere and "--version" not in words else None


def _composer(inv: Invocation, words: list[str]) -> Install | None:
    verbs = [word for word in words if not word.startswith("-")]
    if verbs not in (["install"], ["i"]) or not _elsewhere(words).isdisjoint(("-d", "--working-dir")):
        return None
    optimised = {"-o", "-a", "--optimize-autoloader", "--classmap-authoritative"}.intersection(words)
    also = f"`{min(optimised)}` looks into the sources" if optimised and "--no-autoloader" not in words else ""
    return Install(manifests.COMPOSER, inv, also=also, scripts="--no-scripts" not in words)


def _go(inv: Invocation, words: list[str]) -> Install | None:
    return Install(manifests.GO, inv) if words[:2] == ["mod", "download"] else None


def _cargo(inv: Invocation, words: list[str]) -> Install | None:
    also = "cargo wants the sources of every target beside the manifest"
    return Install(manifests.CARGO, inv, also=also) if words[:1] == ["fetch"] else None


def _maven(inv: Invocation, words: list[str]) -> Install | None:
    if not {"-f", "--file", "-s", "--settings"}.isdisjoint(_elsewhere(words)):
        return None
    goals = [word for word in words if not word.startswith("-")]
    resolving = r"(?:[\w.-]*:)*(?:maven-)?dependency(?:-plugin)?(?::[\d.]+)?:(?:go-offline|resolve|resolve-plugins)"
    if not goals or not all(re.fullmatch(resolving, goal) for goal in goals):
        return None
    return Install(manifests.MAVEN, inv, also="the wrapper is among the sources" if inv.program == "mvnw" else "")


def _gradle(inv: Invocation, words: list[str]) -> Install | None:
    tasks = [word for word in words if not word.startswith("-")]
    if tasks not in (["dependencies"], ["buildEnvironment"]) or "-p" in words or "-b" in words:
        return None
    return Install(manifests.GRADLE, inv, also="the wrapper is among the sources" if inv.program == "gradlew" else "")


def _dotnet(inv: Invocation, words: list[str]) -> Install | None:
    if words[:1] != ["restore"]:
        return None
    valued = ("-r", "--runtime", "-a", "--arch", "-s", "--source", "-v", "--verbosity", "--packages", "--configfile")
    skipped = [word for before, word in pairwise(words) if before in valued]
    named = [word for word in words[1:] if not word.startswith(("-", "/p:")) and word not in skipped]
    also = "a solution names many projects" if any(re.search(r"\.slnx?$|/", name) for name in named) else ""
    return Install(
        manifests.DOTNET, inv, also=also or ("`--configfile` names a file" if "--configfile" in words else "")
    )


def _mix(inv: Invocation, words: list[str]) -> Install | None:
    return Install(manifests.MIX, inv) if words[:1] == ["deps.get"] else None


_READERS: dict[str, Callable[[Invocation, list[str]], Install | None]] = {
    "uv": _uv,
    "poetry": _poetry,
    "pipenv": _pipenv,
    "bundle": _bundle,
    "bundler": _bundle,
    "composer": _composer,
    "composer.phar": _composer,
    "go": _go,
    "cargo": _cargo,
    "mvn": _maven,
    "mvnw": _maven,
    "gradle": _gradle,
    "gradlew": _gradle,
    "dotnet": _dotnet,
    "mix": _mix,
}


def installs(invocations: tuple[Invocation, ...]) -> Iterator[Install]:
    """The installs among commands, in order."""
    for inv in invocations:
        found = install_of(inv)
        if found is not None:
            yield found
