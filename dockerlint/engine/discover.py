"""Which files a run is about: those given by name, and Dockerfiles below the folders given."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from dockerlint.settings import Settings

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

NAME = re.compile(
    r"(?:Dockerfile(?:\..+)?|.+\.Dockerfile|Containerfile.*)(?<!\.dockerignore)(?<!\.containerignore)", re.S
)
"""Names that discovery takes; ``Dockerfile.dockerignore`` is not one."""

SettingsFor = Callable[[str], Settings]
Layer = tuple[str, "GitIgnoreSpec"]


def discover(paths: Iterable[str], settings_for: SettingsFor) -> Iterator[str]:
    """The files to lint, each once, in order. A path given by name is taken whatever its name."""
    seen: set[str] = set()
    for given in paths:
        if not os.path.isdir(given):
            found: Iterable[str] = [given]
        else:
            found = (path for path in below(given) if not _excluded(path, settings_for(path)))
        for path in found:
            key = os.path.abspath(path)
            if key not in seen:
                seen.add(key)
                yield path


def below(folder: str) -> Iterator[str]:
    """Dockerfiles below a folder, sorted, .gitignore files honoured, symbolic links to folders not followed."""
    yield from _walk(folder, os.path.abspath(folder), _layers_above(os.path.abspath(folder)))


def _walk(folder: str, absolute: str, layers: list[Layer]) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    own = next((e for e in listed if e.name == ".gitignore"), None)
    if own is not None:
        spec = _spec(os.path.join(absolute, ".gitignore"))
        layers = [*layers, (absolute, spec)] if spec is not None else layers
    folders = []
    for entry in listed:
        inner = os.path.join(absolute, entry.name)
        try:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != ".git" and not _ignored(inner + "/", layers):
                    folders.append((entry.name, inner))
            elif NAME.fullmatch(entry.name) and entry.is_file() and not _ignored(inner, layers):
                yield os.path.join(folder, entry.name) if folder != "." else entry.name
        except OSError:
            continue
    for name, inner in folders:
        yield from _walk(os.path.join(folder, name) if folder != "." else name, inner, layers)


def _layers_above(folder: str) -> list[Layer]:
    """The .gitignore files between the repository's root and `folder`, outermost first; none outside a repository."""
    found: list[Layer] = []
    at = folder
    while not os.path.exists(os.path.join(at, ".git")):
        parent = os.path.dirname(at)
        if parent == at:
            return []
        spec = _spec(os.path.join(parent, ".gitignore"))
        if spec is not None:
            found.insert(0, (parent, spec))
        at = parent
    return found


def _spec(path: str) -> GitIgnoreSpec | None:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().splitlines()
    except OSError:
        return None
    return spec_of(lines)


def spec_of(lines: Iterable[str]) -> GitIgnoreSpec | None:
    """Patterns of .gitignore made ready; a pattern that git would not understand is left out."""
    from pathspec import GitIgnoreSpec  # only where there is something to ignore

    lines = list(lines)
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        return GitIgnoreSpec.from_lines([line for line in lines if _valid(line)])


def _valid(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _ignored(absolute: str, layers: list[Layer]) -> bool:
    """Whether .gitignore files leave a path out; the innermost that says anything decides."""
    for folder, spec in reversed(layers):
        verdict = spec.check_file(absolute[len(folder.rstrip("/")) + 1 :].replace(os.sep, "/")).include
        if verdict is not None:
            return verdict
    return False


def _excluded(path: str, settings: Settings) -> bool:
    if not settings.exclude:
        return False
    absolute, root = os.path.abspath(path), os.path.abspath(settings.root or ".")
    spec = _patterns(settings.exclude)
    relative = os.path.relpath(absolute, root).replace(os.sep, "/")
    return spec is not None and not relative.startswith("../") and spec.match_file(relative)


@lru_cache(maxsize=16)
def _patterns(patterns: tuple[str, ...]) -> GitIgnoreSpec | None:
    return spec_of(patterns)
