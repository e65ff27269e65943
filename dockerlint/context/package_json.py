"""What the package.json files of a build context say."""

from __future__ import annotations

import json

from dockerlint.context import Context

_LIMIT = 1 << 20
"""Bytes read of one file."""


def names_dev_dependencies(context: Context) -> bool:
    """Whether one of them names development dependencies; true where there is none to read."""
    paths = [e.path for e in context.taken(".").entries if not e.folder and e.path.rpartition("/")[2] == "package.json"]
    return not paths or any(_names_dev(context.read_text(path, _LIMIT)) for path in paths)


def _names_dev(text: str | None) -> bool:
    try:
        data = json.loads(text or "")
    except (ValueError, RecursionError):
        return True
    return not isinstance(data, dict) or bool(data.get("devDependencies"))
