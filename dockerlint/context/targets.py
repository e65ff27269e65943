"""Stages that the files beside a Dockerfile ask for by name: Compose, Bake, Make, scripts and CI."""

from __future__ import annotations

import re

from dockerlint.context.folder import Context

_ASKS = re.compile(
    r"(?i:.*compose.*\.ya?ml|docker-bake.*\.(?:hcl|json)|makefile|justfile|.*\.mk|taskfile\.ya?ml|skaffold\.ya?ml|jenkinsfile"
    r"|\.gitlab-ci\.ya?ml|\.travis\.ya?ml|devcontainer\.json|package\.json|readme(?:\..*)?|.*\.sh|.*\.ps1)"
)
_FOLDERS = (".", ".github/workflows", ".devcontainer", "scripts", ".circleci")
_MOST_FILES = 40
_MOST_BYTES = 1 << 18


def asked_for(context: Context, name: str) -> bool:
    """Whether a file names a stage behind ``target``, as ``--target name``, ``target: name`` or ``target = "name"``."""
    wanted = re.compile(rf"target\w*[\"']?[\s:=]+[\"'\[\s]*{re.escape(name)}(?![\w-])", re.I)
    return any(wanted.search(text) for text in _texts(context))


def _texts(context: Context) -> list[str]:
    found: list[str] = []
    for folder in _FOLDERS:
        for path in names(context, folder):
            if len(found) >= _MOST_FILES:
                return found
            if folder == ".github/workflows" or _ASKS.fullmatch(path.rpartition("/")[2]):
                text = context.read_text(path, _MOST_BYTES)
                if text is not None:
                    found.append(text)
    return found


def names(context: Context, folder: str) -> list[str]:
    """The members of a folder of the context, in order, ignored by the builder or not."""
    place = context.on_disk(folder)
    try:
        listed = sorted(p.name for p in place.iterdir()) if place is not None and place.is_dir() else []
    except OSError:
        return []
    return [name if folder == "." else f"{folder}/{name}" for name in listed]
