"""Who asks the folder of the version control for something. Loaded when a fix would hide it."""

from __future__ import annotations

import json
import re

from dockerlint.context.folder import Context
from dockerlint.context.ignore import clean
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.model.invocations import Invocation
from dockerlint.values import Unknown

_LIMIT = 1 << 18
"""Bytes read of a build file or script."""
_MOST_READ = 200
"""Build files looked into."""
_SHELLS = frozenset(("sh", "bash", "ash", "dash", "python", "python3", "node"))
_GIT = re.compile(r"\bgit\b(?![/.@:-])|buildvcs|\bhg\b|\bsvn\b")
_FETCHES = re.compile(r"(?:clone|config|init|lfs|version|--version|ls-remote)$")
# Build files that may ask the history for a version, and how that reads in them.
_ASKS_HISTORY = {
    name: pattern
    for names, pattern in (
        (
            "setup.py setup.cfg pyproject.toml",
            r"setuptools[_-]scm|versioneer|\bpbr\b|hatch-vcs|vcs_versioning|dynamic-versioning|versioningit|dunamai|flit_scm"
            r"|\bgit['\" ]+(?:describe|rev-parse|log|rev-list)|[\"']git[\"']\s*,|setuptools-git|pdm-backend\b.*scm",
        ),
        (
            "Makefile makefile GNUmakefile Taskfile.yml justfile CMakeLists.txt Rakefile magefile.go",
            r"\bgit\b(?!hub|lab|ignore)",
        ),
        ("build.rs", r"\bgit\b|vergen|shadow_rs|built::"),
        ("Cargo.toml", r"\bvergen|\bshadow-rs|\bgit-version|\bbuilt\b\s*="),
        ("build.gradle build.gradle.kts build.sbt", r"(?i)\bgit\b(?!hub)|nebula|axion|grgit|jgit|palantir|buildinfo"),
        ("pom.xml", r"git-commit-id|jgit|buildnumber-maven|versioning-extension"),
        ("Directory.Build.props version.json", r"(?i)nerdbank|gitversion|minver|gitinfo|sourcelink"),
        ("mix.exs", r"[\"']git[\"']|\bgit (?:describe|rev-parse)"),
        ("package.json", ""),
    )
    for name in names.split()
}


def reader(graph: BuildGraph, context: Context) -> str:
    """A command of the Dockerfile or a build file of the context, as a message names it; "" when none is seen."""
    for step in graph.steps:
        if step.instruction.keyword not in ("RUN", "ONBUILD"):
            continue
        for inv in step.invocations:
            found = _command(inv, context)
            if found:
                return f"`{found}`"
        if not step.invocations and _GIT.search(_text(step)):
            return "a command"
    return _build_file(context)


def _command(inv: Invocation, context: Context) -> str:
    words = [str(a.value) for a in inv.arguments if not isinstance(a.value, Unknown)]
    verb = next((word for word in words if not word.startswith("-")), "")
    if inv.program in ("git", "hg", "svn") and not _FETCHES.match(verb):
        return f"{inv.program} {verb}"
    if any(word.startswith("-buildvcs") for word in words):
        return f"{inv.program} -buildvcs"
    written = inv.program_word.text if inv.program_word is not None else ""
    for word in words[:1] if inv.program in _SHELLS else [written]:
        if "/" not in word and inv.program not in _SHELLS:
            continue
        for path in (word, word.rpartition("/")[2]):
            if path and _GIT.search(context.read_text(clean("/" + path), _LIMIT) or ""):
                return word
    return ""


def _build_file(context: Context) -> str:
    read = 0
    for entry in context.taken(".").entries:
        name = entry.path.rpartition("/")[2]
        if (
            entry.folder
            or (name not in _ASKS_HISTORY and not name.endswith(".gemspec"))
            or "node_modules/" in entry.path
        ):
            continue
        read += 1
        if read > _MOST_READ:
            return "one of many build files"
        text = context.read_text(entry.path, _LIMIT) or ""
        if _asks(name, text):
            return f"`{entry.path}`"
    return ""


def _asks(name: str, text: str) -> bool:
    if name.endswith(".gemspec"):
        return "git ls-files" in text
    if name != "package.json":
        return re.search(_ASKS_HISTORY[name], text) is not None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    scripts = found.get("scripts") if isinstance(found, dict) else None
    return isinstance(scripts, dict) and any(_GIT.search(str(line)) for line in scripts.values())


def _text(step: Step) -> str:
    return "\n".join((step.instruction.arguments, *(h.body for h in step.instruction.heredoc_nodes)))
