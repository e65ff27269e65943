"""What a Dockerfile makes itself in the folders that it copies: there, what the context holds is left over."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator

from dockerlint.context.folder import Context
from dockerlint.context.places import directory, folders_at
from dockerlint.context.sources import ContextSource
from dockerlint.model.builds import Build, build_of
from dockerlint.model.graph import BuildGraph
from dockerlint.model.invocations import Invocation
from dockerlint.model.project_installs import installs
from dockerlint.record import record
from dockerlint.values import Unknown

_LIMIT = 1 << 18
"""Bytes read of a manifest."""
# By ecosystem of data/builds.json: the manifest that shows it, and the folders that its tools write and own.
_OUTPUTS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "rust": (("Cargo.toml", ("target",)),),
    "java": (
        ("pom.xml", ("target",)),
        ("build.gradle", ("build", ".gradle")),
        ("build.gradle.kts", ("build", ".gradle")),
        ("build.sbt", ("target", "project/target")),
    ),
    "dotnet": (("*.[cfv][sb]proj", ("bin", "obj")),),
    "elixir": (("mix.exs", ("_build",)),),
    "haskell": (
        ("cabal.project", ("dist-newstyle",)),
        ("*.cabal", ("dist-newstyle",)),
        ("stack.yaml", (".stack-work",)),
    ),
    "swift": (("Package.swift", (".build",)),),
    "zig": (("build.zig", ("zig-out", "zig-cache", ".zig-cache")),),
    "dart": (("pubspec.yaml", (".dart_tool",)),),
}
# What a bundler among package.json's packages writes. Only where .gitignore says that it is not source.
_BUNDLES = (
    (r'"next"\s*:', (".next", "out")),
    (r'"nuxt(?:-edge|3)?"\s*:', (".nuxt", ".output")),
    (
        r'"(?:vite|@vue/cli-service|@angular/cli|parcel|rollup|webpack|tsup|@nestjs/cli|typescript|esbuild)"\s*:',
        ("dist",),
    ),
    (r'"(?:react-scripts|@sveltejs/kit|@remix-run/dev)"\s*:', ("build",)),
    (r'"(?:gatsby)"\s*:', ("public", ".cache")),
    (r'"astro"\s*:', ("dist", ".astro")),
)


@record
class Made:
    """Folders of the context that the Dockerfile fills itself."""

    paths: frozenset[str] = frozenset()
    below: frozenset[tuple[str, str]] = frozenset()
    """(folder, name): every folder of that name below, as in a workspace."""

    def __contains__(self, path: object) -> bool:
        if path in self.paths:
            return True
        folder, _, name = str(path).rpartition("/")
        return any(name == n and (top == "." or f"{folder}/".startswith(f"{top}/")) for top, n in self.below)


def made(graph: BuildGraph, sources: list[ContextSource], context: Context) -> Made:
    """What installs and builds of all stages fill."""
    paths: set[str] = set()
    below: set[tuple[str, str]] = set()
    for step in graph.steps:
        if step.instruction.keyword != "RUN":
            continue
        for install in installs(step.invocations):
            for folder in _folders(install.invocation, sources, context, graph):
                if any(context.named(_join(folder, name)) for name in install.ecosystem.needs):
                    paths.update(_join(folder, name) for name in install.ecosystem.makes)
                if "node_modules" in install.ecosystem.makes and _is_workspace(context, folder):
                    below.add((folder, "node_modules"))
        for inv in step.invocations:
            build = build_of(inv)
            for folder in _folders(inv, sources, context, graph) if build is not None or _makes_venv(inv) else ():
                paths.update(_outputs(build, folder, context) if build is not None else _venvs(inv, folder))
    return Made(frozenset(paths), frozenset(below))


def _folders(inv: Invocation, sources: list[ContextSource], context: Context, graph: BuildGraph) -> set[str]:
    place = directory(inv, graph)
    return set() if isinstance(place, Unknown) else folders_at(place, inv.step, sources, context, graph)


def _outputs(build: Build, folder: str, context: Context) -> Iterator[str]:
    for manifest, names in _OUTPUTS.get(build.ecosystem.name, ()):
        if context.named(_join(folder, manifest)):
            yield from (_join(folder, name) for name in names)
    if build.ecosystem.name == "node":
        text = context.read_text(_join(folder, "package.json"), _LIMIT) or ""
        for pattern, names in _BUNDLES:
            if re.search(pattern, text):
                yield from (_join(folder, name) for name in names if _is_no_source(context, folder, name))


def _is_no_source(context: Context, folder: str, name: str) -> bool:
    """Whether a .gitignore of the folder or of the root lists a name plainly."""
    listed = set[str]()
    for place in {folder, "."}:
        text = context.read_text(_join(place, ".gitignore"), _LIMIT) or ""
        listed.update(line.strip().strip("/") for line in text.splitlines())
    return bool(listed & {name, _join(folder, name), f"**/{name}"})


def _is_workspace(context: Context, folder: str) -> bool:
    if context.exists(_join(folder, "pnpm-workspace.yaml")) or context.exists(_join(folder, "lerna.json")):
        return True
    try:
        manifest = json.loads(context.read_text(_join(folder, "package.json"), _LIMIT) or "")
    except (ValueError, RecursionError):
        return False
    return isinstance(manifest, dict) and bool(manifest.get("workspaces"))


def _makes_venv(inv: Invocation) -> bool:
    words = [a.value for a in inv.arguments]
    return inv.program == "virtualenv" or words[:2] == ["-m", "venv"] or (inv.program == "uv" and words[:1] == ["venv"])


def _venvs(inv: Invocation, folder: str) -> Iterator[str]:
    words = [a.value for a in inv.arguments]
    last = words[-1] if words else ""
    if isinstance(last, str) and re.fullmatch(r"\.?[\w-][\w.-]*", last):
        yield _join(folder, ".venv" if inv.program == "uv" and last == "venv" else last)


def _join(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder, name))
