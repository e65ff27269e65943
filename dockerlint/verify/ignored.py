"""Whether lines added to an ignore file keep only what nobody asks for from the builder."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

from dockerlint.context import Context
from dockerlint.context.folder import relative
from dockerlint.edits import Companion
from dockerlint.model.build import build
from dockerlint.syntax import parse
from dockerlint.syntax.tree import Instruction

_JUNK_FOLDERS = frozenset(
    ".git .hg .svn .bzr _darcs .jj node_modules bower_components __pycache__ .pytest_cache .mypy_cache .ruff_cache"
    " .hypothesis .tox .nox .eggs .ipynb_checkpoints .parcel-cache .turbo .sass-cache .angular .nyc_output htmlcov"
    " coverage playwright-report .idea .vscode .vs .fleet .gradle target build dist out bin obj _build deps vendor"
    " .build .stack-work dist-newstyle .next .nuxt .output .astro .cache public zig-out zig-cache .zig-cache .dart_tool"
    " .venv".split()
)
_JUNK_FILES = re.compile(
    r"\.git|.+\.py[co]|\.eslintcache|\.phpunit\.result\.cache|.+\.tsbuildinfo|npm-debug\.log.*|yarn-error\.log"
    r"|\.coverage(?:\..+)?|lcov\.info|\.DS_Store|Thumbs\.db|\..+\.sw[op]|.+~|\.dockerignore|.*Dockerfile.*|.*Containerfile.*"
    r"|.*\.dockerfile(?:\..+)?|\.dockerfile.*|.+\.dockerignore"
)
_SECRET_FILES = re.compile(
    r"\.env(?:\..+)?|.+\.env|id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|.+\.(?:pem|key|p8|pk8|ppk|gpg|asc|json)|\.npmrc|\.pypirc|[._]netrc"
    r"|\.yarnrc\.yml|\.git-credentials|\.vault-token|\.dockercfg|\.dockerconfigjson|credentials|config"
)
_VENV = "pyvenv.cfg"
_LINE = re.compile(
    r"[^!#\s*?\[\\][^\n\r*?\[\\]*|\*\*/[^\n\r*?\[\\!#]+|\*\*/\*\.py\[co\]"
)
_MOST_LINES = 200
_MOST_SECONDS = 5.0


def keeps_what_is_needed(text: str, added: Companion, before: Context, after: Context) -> str:
    """What a build of `text` would miss under the longer ignore file; "" when nothing can be seen."""
    if len(added.lines) > _MOST_LINES or not all(_LINE.fullmatch(line) for line in added.lines):
        return "a line may mean more than one name"
    if (before.ignore_text or "") != (added.before or "") or before.has_dockerignore != (added.before is not None):
        return "the file is not the one that was read"
    for node in _takers(text):
        for word in [w.text for w in node.words][:-1]:
            reason = _missing(relative(word), before, after)
            if reason:
                return f"`{node.keyword} {word}` {reason}"
    return ""


def _takers(text: str) -> Iterator[Instruction]:
    for step in build(parse(text)).steps:
        node = step.instruction
        if node.keyword in ("COPY", "ADD") and node.flag("from") is None and not node.heredoc_nodes:
            yield node


def _missing(source: str, before: Context, after: Context) -> str:
    if "$" in source:
        return "is not known"
    had, has = before.taken(source), after.taken(source)
    left = {entry.path for entry in has.entries}
    marked = {entry.path.rpartition("/")[0] for entry in had.entries if entry.path.endswith("/" + _VENV)}
    deadline = time.monotonic() + _MOST_SECONDS
    for entry in had.entries:
        path = entry.path
        if time.monotonic() > deadline:
            return "takes too much to be compared"
        if path in left or (has.truncated and not after.ignores(path)):
            continue
        if path == source and source != ".":
            return "would find nothing"
        above = path.split("/")
        folders = {"/".join(above[:end]) for end in range(1, len(above) + 1)}
        known = not _JUNK_FOLDERS.isdisjoint(above) or not marked.isdisjoint(folders)
        file = None if entry.folder else _JUNK_FILES.fullmatch(above[-1]) or _SECRET_FILES.fullmatch(above[-1])
        if not known and file is None:
            return f"would miss `{path}`"
    return "would find nothing" if had.entries and not has.entries else ""
