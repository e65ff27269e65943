"""Commands that install what a project's manifest lists: which files they read, and which folders they fill."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from dockerlint.model.invocations import Invocation
from dockerlint.model.node_packages import installs_project
from dockerlint.record import record
from dockerlint.values import Unknown


@record
class Ecosystem:
    """The manifests of one package manager. Names are relative to the folder that the command runs in."""

    name: str
    needs: tuple[str, ...]
    """The command fails without these; a wildcard is for one name that is not fixed."""
    reads: tuple[str, ...] = ()
    """Read when they are there."""
    makes: tuple[str, ...] = ()
    """Folders beside the manifest that the command fills."""
    hazards: str = r"(?!)"
    """What in a manifest shows that more than the manifests is read."""
    in_the_way: tuple[str, ...] = ()
    """Files and folders that the command reads as well when they are there, and that cannot be copied beside it."""


_NODE_HAZARDS = (
    r'"(?:preinstall|install|postinstall|prepare|prepublish|preprepare|postprepare|dependencies)"\s*:\s*"'
    r'|"workspaces"\s*:|"(?:file|link|portal|patch|workspace):|"patchedDependencies"\s*:|"(?:\./|\.\./)'
)
_NODE_IN_THE_WAY = ("binding.gyp", "lerna.json", "patches")
_NPMRC = (".npmrc",)
_NODE: dict[str, Ecosystem] = {
    "npm": Ecosystem(
        "npm",
        ("package.json",),
        ("package-lock.json", "npm-shrinkwrap.json", *_NPMRC),
        ("node_modules",),
        _NODE_HAZARDS,
        _NODE_IN_THE_WAY,
    ),
    "yarn": Ecosystem(
        "yarn",
        ("package.json",),
        ("yarn.lock", ".yarnrc", ".yarnrc.yml", *_NPMRC),
        ("node_modules",),
        _NODE_HAZARDS,
        (*_NODE_IN_THE_WAY, ".yarn", ".pnp.cjs", ".pnp.js"),
    ),
    "pnpm": Ecosystem(
        "pnpm",
        ("package.json",),
        ("pnpm-lock.yaml", ".pnpmfile.cjs", *_NPMRC),
        ("node_modules",),
        _NODE_HAZARDS,
        (*_NODE_IN_THE_WAY, "pnpm-workspace.yaml"),
    ),
    "bun": Ecosystem(
        "bun",
        ("package.json",),
        ("bun.lock", "bun.lockb", "bunfig.toml", *_NPMRC),
        ("node_modules",),
        _NODE_HAZARDS,
        _NODE_IN_THE_WAY,
    ),
}
_PIP = Ecosystem("pip", (), (), (), r"(?m)^\s*(?:-e\b|--editable|\.{1,2}(?:/|\s|\[|$)|file:|[^#\n]*@\s*(?:file:|\.))")
_PIPENV = Ecosystem("pipenv", ("Pipfile",), ("Pipfile.lock",), (), r"\b(?:path|file)\s*=|editable\s*=", (".venv",))
_PYPROJECT_PATHS = r"(?m)\bpath\s*=\s*[\"']|\bfile:|^\s*\[tool\.uv\.workspace\]|\bdevelop\s*=\s*true"
_POETRY = Ecosystem("poetry", ("pyproject.toml",), ("poetry.lock", "poetry.toml"), (".venv",), _PYPROJECT_PATHS)
_UV = Ecosystem(
    "uv", ("pyproject.toml",), ("uv.lock", "uv.toml", ".python-version"), (".venv",), _PYPROJECT_PATHS, (".venv",)
)
_BUNDLER = Ecosystem(
    "bundler",
    ("Gemfile",),
    ("Gemfile.lock", ".ruby-version", ".tool-versions"),
    ("vendor/bundle",),
    r"\bpath\b|\bgemspec\b|\beval_gemfile\b|\brequire_relative\b|\bFile\.|\bDir\b|__dir__|\bload\b|\bglob\b",
    (".bundle",),
)
_COMPOSER = Ecosystem(
    "composer",
    ("composer.json",),
    ("composer.lock",),
    ("vendor",),
    r'"(?:classmap|files|post-[\w-]+|pre-[\w-]+)"\s*:|"type"\s*:\s*"path"'
    r'|"(?:optimize-autoloader|classmap-authoritative)"\s*:\s*true',
    ("auth.json", "packages", "patches"),
)
_GO = Ecosystem("go", ("go.mod",), ("go.sum",), (), r"=>\s*(?:\.|/)", ("go.work", "vendor"))
_MAVEN = Ecosystem(
    "maven", ("pom.xml",), (), ("target",), r"<modules>|<relativePath>[^<]|\bfile:|systemPath", (".mvn",)
)
_GRADLE = Ecosystem(
    "gradle",
    ("build.gradle*",),
    ("settings.gradle", "settings.gradle.kts", "gradle.properties"),
    ("build", ".gradle"),
    r"\binclude\b|\bincludeBuild\b|\bproject\(|\bapply\s+from\b|\bfile(?:s|Tree)?\(|\bflatDir\b",
    ("buildSrc", "gradle"),
)
_DOTNET = Ecosystem(
    "dotnet",
    ("*.*proj",),
    (
        *("NuGet.config", "nuget.config", "NuGet.Config", "global.json", "packages.lock.json"),
        *("Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"),
    ),
    ("bin", "obj"),
    r"<ProjectReference\b|<Import\b|<RestoreSources>",
    (".config",),
)
_MIX = Ecosystem(
    "mix",
    ("mix.exs",),
    ("mix.lock",),
    ("deps", "_build"),
    r"\bFile\.|apps_path|\bpath:|\bCode\.|\bSystem\.cmd",
    ("config", "apps"),
)


@record
class Install:
    """A command that installs what manifests list."""

    ecosystem: Ecosystem
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
        words = [word if isinstance(word, str) else "…" for word in self.invocation.argv]
        return " ".join(words[:3]) + (" …" if len(words) > 3 else "")


def install_of(inv: Invocation) -> Install | None:
    """The install that a command is, or None; words that are not known make it none."""
    values = [a.value for a in inv.arguments]
    if any(isinstance(value, Unknown) for value in values):
        return None
    words = [str(value) for value in values]
    if inv.program in _NODE:
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
    return Install(_NODE[inv.program], inv, scripts="--ignore-scripts" not in words)


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
    return Install(_PIP, inv, tuple(name for name in files if name), also)


def _uv(inv: Invocation, words: list[str]) -> Install | None:
    if words[:1] == ["pip"]:
        return _pip(inv, words[1:])
    if words[:1] != ["sync"] or not _elsewhere(words).isdisjoint(("--project", "--directory", "--script")):
        return None
    # Without a build system in pyproject.toml there is no project to install: `hazards` cannot tell, the recipe looks.
    left_out = {"--no-install-project", "--no-install-workspace", "--no-install-local"}.intersection(words)
    return Install(_UV, inv, also="" if left_out else "it installs the project itself")


def _poetry(inv: Invocation, words: list[str]) -> Install | None:
    if words[:1] != ["install"] or not _elsewhere(words).isdisjoint(("-C", "--directory", "-P", "--project")):
        return None
    also = "" if "--no-root" in words else "without `--no-root` it installs the project itself"
    return Install(_POETRY, inv, also="it installs nothing but the project itself" if "--only-root" in words else also)


def _pipenv(inv: Invocation, words: list[str]) -> Install | None:
    operands = [word for word in words[1:] if not word.startswith("-")]
    return Install(_PIPENV, inv) if words[:1] in (["install"], ["sync"]) and not operands else None


def _bundle(inv: Invocation, words: list[str]) -> Install | None:
    elsewhere = {"--gemfile", "--path", "--local"} & _elsewhere(words)
    plain = words[:1] in (["install"], []) or words[0].startswith("-")
    return Install(_BUNDLER, inv) if plain and not elsewhere and "--version" not in words else None


def _composer(inv: Invocation, words: list[str]) -> Install | None:
    verbs = [word for word in words if not word.startswith("-")]
    if verbs not in (["install"], ["i"]) or not _elsewhere(words).isdisjoint(("-d", "--working-dir")):
        return None
    optimised = {"-o", "-a", "--optimize-autoloader", "--classmap-authoritative"}.intersection(words)
    also = f"`{min(optimised)}` looks into the sources" if optimised and "--no-autoloader" not in words else ""
    return Install(_COMPOSER, inv, also=also, scripts="--no-scripts" not in words)


def _go(inv: Invocation, words: list[str]) -> Install | None:
    return Install(_GO, inv) if words[:2] == ["mod", "download"] else None


def _cargo(inv: Invocation, words: list[str]) -> Install | None:
    also = "cargo wants the sources of every target beside the manifest"
    cargo = Ecosystem("cargo", ("Cargo.toml",), ("Cargo.lock",))
    return Install(cargo, inv, also=also) if words[:1] == ["fetch"] else None


def _maven(inv: Invocation, words: list[str]) -> Install | None:
    if not {"-f", "--file", "-s", "--settings"}.isdisjoint(_elsewhere(words)):
        return None
    goals = [word for word in words if not word.startswith("-")]
    resolving = r"(?:[\w.-]*:)*(?:maven-)?dependency(?:-plugin)?(?::[\d.]+)?:(?:go-offline|resolve|resolve-plugins)"
    if not goals or not all(re.fullmatch(resolving, goal) for goal in goals):
        return None
    return Install(_MAVEN, inv, also="the wrapper is among the sources" if inv.program == "mvnw" else "")


def _gradle(inv: Invocation, words: list[str]) -> Install | None:
    tasks = [word for word in words if not word.startswith("-")]
    if tasks not in (["dependencies"], ["buildEnvironment"]) or "-p" in words or "-b" in words:
        return None
    return Install(_GRADLE, inv, also="the wrapper is among the sources" if inv.program == "gradlew" else "")


def _dotnet(inv: Invocation, words: list[str]) -> Install | None:
    if words[:1] != ["restore"]:
        return None
    valued = ("-r", "--runtime", "-a", "--arch", "-s", "--source", "-v", "--verbosity", "--packages", "--configfile")
    skipped = [word for before, word in pairwise(words) if before in valued]
    named = [word for word in words[1:] if not word.startswith(("-", "/p:")) and word not in skipped]
    also = "a solution names many projects" if any(re.search(r"\.slnx?$|/", name) for name in named) else ""
    return Install(_DOTNET, inv, also=also or ("`--configfile` names a file" if "--configfile" in words else ""))


def _mix(inv: Invocation, words: list[str]) -> Install | None:
    return Install(_MIX, inv) if words[:1] == ["deps.get"] else None


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
