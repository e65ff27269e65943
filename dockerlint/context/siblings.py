"""Other Dockerfiles beside: they are built with the same ignore file."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import lru_cache

from dockerlint.context.folder import Context
from dockerlint.context.sources import context_sources
from dockerlint.model.build import build
from dockerlint.syntax import parse

_NAME = re.compile(r"(?i)(?:Dockerfile|Containerfile)(?:\.(?!dockerignore$).+)?|.+\.(?:Dockerfile|Containerfile)")
_MOST = 40
_LIMIT = 1 << 18


@lru_cache(maxsize=1)
def siblings(context: Context) -> Mapping[str, tuple[str, ...]]:
    """What each Dockerfile in the context's folder takes by name, by the name of the file."""
    try:
        listed = sorted(name for name in os.listdir(context.folder) if _NAME.fullmatch(name))
    except OSError:
        return {}
    found = {}
    for name in listed[:_MOST]:
        text = context.read_text(name, _LIMIT)
        if text is not None and not context.exists(f"{name}.dockerignore"):
            found[name] = tuple(s.path for s in context_sources(build(parse(text))) if not s.whole)
    return found
