"""Copy the manifests first and the rest behind the install, so that a change of the sources leaves its layer alone."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from dockerlint.context import Context
from dockerlint.context.layering import Early
from dockerlint.edits import Edit, Fix, Licence, Safety
from dockerlint.findings import Withheld
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.model.invocations import Invocation
from dockerlint.model.manifests import POINTERS
from dockerlint.model.project_installs import install_of
from dockerlint.source import Span
from dockerlint.values import Unknown

_LIMIT = 1 << 23
"""Bytes read of a manifest or lock file."""
_MOST_FILES = 20
_INERT = frozenset("ENV ARG LABEL EXPOSE STOPSIGNAL CMD ENTRYPOINT HEALTHCHECK USER MAINTAINER".split())
"""Instructions that neither read nor write files."""
_SYSTEM = frozenset(
    "apt-get apt apk dnf microdnf yum zypper echo printf corepack true : export locale-gen tdnf".split()
)
_PATH = re.compile(r"[\w./@+-]+")
_INCLUDED = re.compile(r"(?m)^\s*(?:-r|-c|--requirement|--constraint)[ =]*([^\s#]+)")
_UNSEEN = frozenset(("npm", "yarn", "pnpm", "bun", "pip", "pipenv", "bundler", "go"))
"""Whose manifests have fixed names, so that a folder without them is just not where the image is built from."""
_LINKED = re.compile(r'"link"\s*:\s*true')


def split_copy(graph: BuildGraph, context: Context | None, early: Early) -> Fix | Withheld:
    """The fix, or what is in the way."""
    copy, run = early.source.step, early.install.invocation.step
    for reason in (
        _plain(copy),
        _pointed(early.install.invocation),
        *(_passive(copy, step) for step in graph.steps[copy.index + 1 : run.index]),
        *(_reads_manifests(inv, early) for inv in run.invocations),
        _followed(run),
    ):
        if reason is not None:
            return reason
    if context is None:
        return Withheld("which manifests there are is not known", hint="say where the build context is (`--context`)")
    names = _manifests(context, early)
    return names if isinstance(names, Withheld) else _fix(graph, copy, run, early, names)


def _plain(copy: Step) -> Withheld | None:
    node = copy.instruction
    if len(node.words) != 2 or node.heredoc_nodes or not all(_PATH.fullmatch(w.text) for w in node.words):
        return Withheld(f"this {node.keyword} is not one plain source and its destination", node.span)
    other = next((f for f in node.flag_nodes if f.name not in ("chown", "chmod", "link") or "$" in f.text), None)
    return Withheld(f"`{other.text}` may mean other files", other.span) if other is not None else None


def _pointed(inv: Invocation) -> Withheld | None:
    name = min(POINTERS & inv.variables.keys(), default=None)
    return Withheld(f"`{name}` may name another file that the install reads", inv.span) if name is not None else None


def _passive(copy: Step, step: Step) -> Withheld | None:
    """What stands between must not read what is copied."""
    node = step.instruction
    if node.keyword == "RUN":
        found = (w for inv in step.invocations if (w := _reads_nothing(inv)) is not None)
        return next(found, None) or _followed(step)
    fixed = copy.instruction.words[-1].text.startswith("/")
    if node.keyword in _INERT or (node.keyword == "WORKDIR" and fixed):
        return None
    return Withheld(f"{node.keyword} stands between the two", node.span)


def _followed(step: Step) -> Withheld | None:
    if step.body is None or step.body.root is None or not step.invocations:
        return Withheld("this RUN cannot be followed", step.instruction.span)
    return None


def _reads_nothing(inv: Invocation) -> Withheld | None:
    """Only programs that have no business in the working directory."""
    words = [a.value for a in inv.arguments]
    relative = any(isinstance(word, Unknown) or word.startswith((".", "/")) for word in words)
    quiet = all(r.target is None or r.target.text.startswith(("/dev/", "&", "1", "2")) for r in inv.redirects)
    if inv.program in _SYSTEM and quiet and not relative:
        return None
    if inv.program == "rm" and all(re.match(r"-|/(?:var|tmp|root/\.)", str(word)) for word in words) and quiet:
        return None
    return Withheld(f"`{_short(inv)}` may read what is copied", inv.span)


def _reads_manifests(inv: Invocation, early: Early) -> Withheld | None:
    """In the installing RUN: the install, or what looks after its cache or brings its tool."""
    words = [str(a.value) for a in inv.arguments if not isinstance(a.value, Unknown)]
    if inv.span == early.install.invocation.span or len(words) < len(inv.arguments):
        return (
            None if inv.span == early.install.invocation.span else Withheld(f"`{_short(inv)}` is not known", inv.span)
        )
    found = install_of(inv)
    if found is not None and found.ecosystem == early.install.ecosystem and found.files == early.install.files:
        return None
    text = " ".join((inv.program, *words))
    harmless = (
        r"(?:npm cache clean(?: --force)?|yarn cache clean|pnpm store prune|bun pm cache rm|pip[\d.]* cache purge"
        r"|composer (?:clear-cache|clearcache)|bundle config .*|npm config set \S+ \S+|go env -w \S+|uv cache clean"
        r"|(?:npm (?:i|install) (?:-g|--global)|pip[\d.]* install(?: --\S+)*)(?: [\w@-]+(?:[/@=<>~^.\w-]*))+)"
    )
    paths = any(word.startswith((".", "/")) for word in words)
    return None if re.fullmatch(harmless, text) and not paths else _reads_nothing(inv)


def _manifests(context: Context, early: Early) -> list[str] | Withheld:
    """The manifests by their paths in the context; a trailing ``*`` marks one that need not be there."""
    ecosystem, folder, install = early.install.ecosystem, early.folder, early.install
    if install.also and not _installs_no_project(context, early):
        return Withheld(f"`{install.text}`: {install.also}", install.invocation.span)
    needs = [*early.files, *(posixpath.normpath(posixpath.join(folder, name)) for name in ecosystem.needs)]
    found = [path for name in needs for path in context.named(name)]
    if not found and _is_bare(context) and ecosystem.name in _UNSEEN and _by_lock(early):
        return [*needs, *(f"{posixpath.normpath(posixpath.join(folder, name))}*" for name in ecosystem.reads)]
    missing = next((name for name in needs if not context.named(name)), None)
    if missing is not None:
        return Withheld(f"`{missing}` is not in the build context")
    found += [path for name in ecosystem.reads for path in context.named(posixpath.join(folder, name))]
    listed = _with_included(context, found, ecosystem.name)
    return listed if isinstance(listed, Withheld) else _unhazardous(context, early, listed)


def _with_included(context: Context, found: list[str], ecosystem: str) -> list[str] | Withheld:
    """Requirements files name others."""
    listed = list(dict.fromkeys(found))
    for path in listed if ecosystem == "pip" else ():  # grows while it is walked
        for name in _INCLUDED.findall(context.read_text(path, _LIMIT) or ""):
            other = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
            if "://" in name or not context.named(other) or len(listed) > _MOST_FILES:
                return Withheld(f"`{path}` names `{name}`, which is not in the build context")
            listed += [other] if other not in listed else []
    return listed


def _unhazardous(context: Context, early: Early, listed: list[str]) -> list[str] | Withheld:
    ecosystem = early.install.ecosystem
    inside = "" if early.source.path == "." else early.source.path + "/"
    for path in listed:
        text = context.read_text(path, _LIMIT)
        if not path.startswith(inside) or context.ignores(path) or not _PATH.fullmatch(path) or text is None:
            return Withheld(f"`{path}` is not what is copied here")
        if len(text) >= _LIMIT:
            return Withheld(f"`{path}` is too long to be read")
        hazard = next(_hazards(text, early), None)
        if hazard is not None:
            return Withheld(f"`{path}` shows that more than the manifests is read: `{hazard}`")
    for name in ecosystem.in_the_way:
        path = posixpath.normpath(posixpath.join(early.folder, name))
        if context.exists(path) and not context.ignores(path):
            return Withheld(f"`{path}` is read as well")
    for name in ecosystem.makes:
        path = posixpath.normpath(posixpath.join(early.folder, name))
        if context.exists(path) and not context.ignores(path):
            reason = f"`{path}` of the build context would be copied over what is installed"
            return Withheld(reason, hint="keep it out by .dockerignore")
    return listed


def _hazards(text: str, early: Early) -> Iterator[str]:
    ecosystem = early.install.ecosystem
    scripted = re.compile(r'"(?:pre|post)?[a-z-]*"\s*:\s*"$')
    for match in re.finditer(ecosystem.hazards, text):
        if early.install.scripts or not scripted.search(match[0]):
            yield " ".join(match[0].split())[:40]
    if ecosystem.name in ("npm", "pnpm") and _LINKED.search(text):
        yield '"link": true'


def _installs_no_project(context: Context, early: Early) -> bool:
    """Uv installs the project only where pyproject.toml has a build system."""
    if early.install.ecosystem.name != "uv" or early.install.ecosystem.needs == ():
        return False
    text = context.read_text(posixpath.join(early.folder, "pyproject.toml"), _LIMIT)
    return text is not None and not re.search(r"(?m)^\s*\[build-system\]|^\s*package\s*=\s*true", text)


def _by_lock(early: Early) -> bool:
    """Node's installs by a lock file: the others are those of projects whose scripts do more, as likely as not."""
    words = {str(a.value) for a in early.install.invocation.arguments}
    strict = {"ci", "clean-install", "--frozen-lockfile", "--immutable"}
    return "node_modules" not in early.install.ecosystem.makes or not strict.isdisjoint(words)


def _is_bare(context: Context) -> bool:
    """Nothing is there but Dockerfiles and dot files: the image is built from elsewhere."""
    files = [entry.path for entry in context.taken(".").entries if not entry.folder]
    return all(re.search(r"(?i)(?:^|[./])(?:docker|container)file", path) or path.startswith(".") for path in files)


def _fix(graph: BuildGraph, copy: Step, run: Step, early: Early, names: list[str]) -> Fix:
    """One COPY for each folder with manifests, all of them in place of the COPY that moves."""
    source, node = graph.dockerfile.source, copy.instruction
    flags = "".join(f"{flag.text} " for flag in node.flag_nodes)
    arguments = []
    for folder in dict.fromkeys(posixpath.dirname(name) for name in names):
        here = [name for name in names if posixpath.dirname(name) == folder]
        below = posixpath.relpath(folder or ".", early.source.path)
        place = node.words[-1].text.rstrip("/") + "/"
        arguments.append(f"{' '.join(here)} {place}{'' if below == '.' else below + '/'}")
    first = source.newline.join(f"{node.keyword} {flags}{text}" for text in arguments)
    end = run.instruction.span.end
    edits = (
        Edit(node.span, first),
        Edit(Span(end, end), source.newline + source.slice(node.span)),
    )
    title = f"Copy {_listed(names)} first, and the rest behind `{early.install.text}`"
    return Fix(title, edits, Safety.UNSAFE, Licence(first=frozenset(arguments)))


def _listed(names: list[str]) -> str:
    shown = [f"`{name}`" for name in names[:2]]
    return ", ".join(shown) + (f" and {len(names) - 2} more" if len(names) > 2 else "")


def _short(inv: Invocation) -> str:
    text = " ".join(inv.node.words[i].text for i in range(min(3, len(inv.node.words))))
    return text if len(inv.node.words) <= 3 else f"{text} …"
