"""What the instructions on top of a base image need of it, as far as file and context tell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from dockerlint.context.folder import Context
from dockerlint.context.requirements import installations
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.types import Installed
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.model.invocations import Invocation
from dockerlint.model.node_packages import installs_project
from dockerlint.model.purpose import only_places
from dockerlint.model.python_packages import has_wheel, needs_system
from dockerlint.model.starts import start_commands, start_steps
from dockerlint.record import record
from dockerlint.source import Span

_PACKAGES = {
    **dict.fromkeys(("gcc", "cc", "make", "g++", "c++"), ("build-essential", "build-base", "gcc", "g++", "make")),
    **dict.fromkeys(("ssh", "scp", "ssh-keyscan"), ("openssh-client", "openssh", "ssh")),
    **dict.fromkeys(("ps", "pgrep", "pkill", "top"), ("procps", "procps-ng")),
    **dict.fromkeys(("convert", "identify", "magick"), ("imagemagick",)),
    **dict.fromkeys(("python", "python3"), ("python3", "python3-pip", "python-is-python3", "python")),
    **dict.fromkeys(("pip", "pip3"), ("python3-pip", "py3-pip")),
    **dict.fromkeys(("xz", "unxz", "xzcat"), ("xz-utils", "xz")),
    **dict.fromkeys(("bzip2", "bunzip2", "bzcat"), ("bzip2",)),
    "pkg-config": ("pkg-config", "pkgconf"),
    "hg": ("mercurial",),
    "svn": ("subversion",),
    "autoreconf": ("autoconf",),
    "mysql_config": ("default-libmysqlclient-dev", "libmysqlclient-dev"),
    "pg_config": ("libpq-dev",),
}
_COMPILING = frozenset(
    "poetry pipenv pdm conda mamba micromamba gem bundle cpan cpanm cpm carton composer cargo go pecl luarocks".split()
)
_NAMED = frozenset(("cpan", "cpanm", "cpm"))
"""They install what they are given, without a verb."""
_OWN = frozenset("node ruby perl python pip pip3 uv corepack gunicorn flask django-admin apt-get dpkg".split())
_INSTALLS = frozenset(("install", "i", "add", "sync", "ci", "update", "require", "create", ""))
_INSTALLERS = frozenset(("pip", "setuptools", "wheel", "uv"))
_NODE = frozenset(("npm", "yarn", "pnpm", "bun", "npx"))
_NODE_NATIVE = re.compile(
    r"[\"'/\s](?:node-gyp|node-gyp-build|node-pre-gyp|@mapbox/node-pre-gyp|prebuild-install|bindings|nan|node-addon-api)[\"'@:\s]"
)
_NODE_LOCKS = ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml")
# Their installation fails, or does other things, where manual pages and translations are left out.
_DOCUMENTED = re.compile(
    r"default-j[dr][ek].*|openjdk-\d+-.*|postgresql.*|man-db|manpages.*|locales(?:-all)?|gettext|language-pack-.*"
)
_SHELLS = frozenset(("sh", "bash", "dash", "ash", ".", "source"))
_SCRIPT = re.compile(r"(?:[\w./-]*/)?[\w.-]+\.(?:sh|bash)|(?:\./|/)[\w./-]+")
_CALLED = r"(?:^|[;&|(`!]|\b(?:then|do|else|exec|sudo|until|while|if|elif|time)\s)\s*({})(?:\s|$)"
_SYSTEM = re.compile(r"(?:/usr)?(?:/local)?/s?bin/[\w.-]+")
_PYTHON = re.compile(r"(?:.*/)?(?:python[\d.]*|torchrun|accelerate)")
_MOST_BYTES = 1 << 22


@record
class Need:
    """Something that the slimmer image may not have."""

    span: Span
    text: str
    sure: bool
    """The file says so; else it may be."""

    def told(self, reference: str) -> str:
        """The need as a message about an image that lacks it."""
        return f"{self.text}, which `{reference}` lacks" if self.sure else self.text


def needs(
    graph: BuildGraph,
    ledger: Ledger,
    invocations: tuple[Invocation, ...],
    context: Context | None,
    lacks: frozenset[str],
) -> list[Need]:
    """What would be missing on an image without `lacks` below the shipped stage; the first of each kind."""
    found: dict[str, Need] = {}
    for need in _Reader(graph, ledger, invocations, context, lacks).all():
        found.setdefault(need.text, need)
    return list(found.values())


def _unpacker(inv: Invocation) -> frozenset[str]:
    """The program that `tar` calls for an archive, by its options and by the archive's name."""
    words = [str(a.value) for a in inv.arguments] if inv.program in ("tar", "bsdtar") else []
    letters = "".join(w for i, w in enumerate(words) if re.fullmatch(r"-[a-zA-Z]+" if i else r"-?[a-zA-Z]+", w))
    found = {"xz"} if "J" in letters or any(re.search(r"--xz$|\.t?xz$", w) for w in words) else set()
    if "j" in letters or any(re.search(r"--bzip2$|\.t?bz2?$|\.tbz2$", w) for w in words):
        found.add("bzip2")
    return frozenset(found)


class _Reader:
    def __init__(
        self,
        graph: BuildGraph,
        ledger: Ledger,
        invocations: tuple[Invocation, ...],
        context: Context | None,
        lacks: frozenset[str],
    ) -> None:
        self.graph, self.context, self.lacks = graph, context, lacks
        root = graph.lineage(graph.stages[-1])[0].index
        self.stages = [s for s in graph.stages if graph.lineage(s)[0].index == root]
        own = {s.index for s in self.stages}
        self.own = [i for i in invocations if i.step.stage in own]
        sources = {e.source for e in graph.edges if e.kind == "copy" and e.target in own and e.source is not None}
        others = {ancestor.index for s in sources for ancestor in graph.lineage(graph.stages[s])} - own
        self.others = [i for i in invocations if i.step.stage in others]
        layers = [effect for layer in ledger.layers for action in layer.actions for effect in action.effects]
        self.installed = {p for e in layers if isinstance(e, Installed) for p in e.packages if p}

    def all(self) -> Iterator[Need]:
        """Everything, the sure ones among it."""
        for inv in self.own:
            yield from self._program(inv)
        yield from self._started()
        yield from self._opaque()
        if self.lacks:  # else only documentation is left out, and no installer minds
            yield from self._python()
            for inv in (*self.own, *self.others):
                yield from self._installer(inv)
        for name in sorted(p for p in self.installed if _DOCUMENTED.fullmatch(p)):
            span = self.stages[0].source.instruction.span
            yield Need(span, f"installs `{name}`, which may want manual pages or translations", False)

    def _program(self, inv: Invocation) -> Iterator[Need]:
        name = inv.program
        if name in self.lacks and self._missing(name):
            yield Need(inv.span, f"uses `{name}`", True)
        for other in _unpacker(inv) & self.lacks:
            if self._missing(other):
                yield Need(inv.span, f"unpacks with `{other}`", True)
        word = inv.program_word.text if inv.program_word is not None else ""
        operand = next((str(a.value) for a in inv.arguments if not str(a.value).startswith("-")), "")
        script = operand if name in _SHELLS else word if _SCRIPT.fullmatch(word) and not _SYSTEM.fullmatch(word) else ""
        if name in _SHELLS and "-s" in inv.argv:
            yield Need(inv.span, "runs a script that it is given", False)
        elif script and not (name in _SHELLS and "-c" in inv.argv):
            yield from self._script(script, inv.span)
        elif not name:
            yield Need(inv.span, "runs a command that is not known", False)
        elif self.lacks and not only_places((inv,)) and not self._handled(inv):
            yield Need(inv.span, f"runs `{name}`, whose needs are not known", False)

    def _missing(self, name: str) -> bool:
        """Whether no package that the file installs brings a program."""
        return self.installed.isdisjoint(_PACKAGES.get(name, (name,)))

    def _handled(self, inv: Invocation) -> bool:
        """Whether a program comes with its language's image and calls nothing of the system by itself."""
        name = inv.program
        if re.fullmatch(r"python[\d.]*|pypy\d*", name):
            return not any(str(a.value).endswith("setup.py") for a in inv.arguments)
        return name in _OWN or name in self.lacks or name in _COMPILING or name in _NODE

    def _script(self, path: str, span: Span) -> Iterator[Need]:
        """What a script of the context calls; one that cannot be read may call anything."""
        name = path.rpartition("/")[2]
        text = next((t for p in self._named(name) if (t := self._read(p)) is not None), None)
        if text is None:
            yield Need(span, f"runs `{name}`, which is not in the build context", False)
            return
        calls = "|".join(sorted(map(re.escape, self.lacks)))
        for line in text.splitlines():
            used = re.search(_CALLED.format(calls), line) if calls else None
            if used and self._missing(used[1]):
                yield Need(span, f"runs `{name}`, which uses `{used[1]}`", True)

    def _named(self, name: str) -> list[str]:
        taken = self.context.taken(".").entries if self.context is not None else ()
        return [e.path for e in taken if not e.folder and e.path.rpartition("/")[2] == name]

    def _read(self, path: str) -> str | None:
        return None if self.context is None else self.context.read_text(path, _MOST_BYTES)

    def _started(self) -> Iterator[Need]:
        steps = start_steps(self.graph)
        for command in start_commands(self.graph):
            first = command.split()[:1]
            span = steps[-1].instruction.span
            if first and first[0] in self.lacks and self._missing(first[0]):
                yield Need(span, f"starts `{first[0]}`", True)
            if first and re.search(r"^(?:python[\d.]* -m )?\S+ (?:install|add|sync|ci)\b", command):
                yield Need(span, "installs packages when it starts", False)
        for step in (*steps, *self._checks()):
            words = step.instruction.json_form or step.instruction.arguments.split()
            yield from self._tools(step, words)
            for word in words:
                plain = word.rpartition("/")[2]
                if step.instruction.keyword == "HEALTHCHECK" and plain in self.lacks and self._missing(plain):
                    yield Need(step.instruction.span, f"uses `{plain}`", True)
                elif re.fullmatch(r"[\w./-]+\.(?:sh|bash)", word):
                    yield from self._script(word, step.instruction.span)

    def _tools(self, step: Step, words: list[str]) -> Iterator[Need]:
        """What may call a compiler or the JDK's tools when it runs, by what is started."""
        if "nvcc" in self.lacks and any(_PYTHON.fullmatch(word) for word in words):
            yield Need(step.instruction.span, "starts Python, whose packages may compile when they run", False)
        if "javac" in self.lacks and not any(c.split()[:1] == ["java"] for c in start_commands(self.graph)):
            yield Need(step.instruction.span, "does not start `java` itself, so it may want the JDK", False)

    def _checks(self) -> list[Step]:
        steps = [step for stage in self.graph.lineage(self.graph.stages[-1]) for step in stage.steps]
        return [step for step in steps if step.instruction.keyword == "HEALTHCHECK"][-1:]

    def _opaque(self) -> Iterator[Need]:
        for step in (step for stage in self.stages for step in stage.steps):
            if step.instruction.keyword == "RUN" and (step.body is None or step.body.root is None):
                yield Need(step.instruction.span, "runs what could not be followed", False)
            elif step.instruction.keyword == "ONBUILD":
                yield Need(step.instruction.span, "is there for others to build on", False)

    def _python(self) -> Iterator[Need]:
        for done in installations(self.graph, (*self.own, *self.others), self.context):
            names = [r.name for r in done.requirements if not has_wheel(r.name) and r.name not in _INSTALLERS]
            for told, some in (
                ("need a compiler or libraries", [name for name in names if needs_system(name)]),
                ("be compiled for all that is known", [name for name in names if not needs_system(name)]),
            ):
                if some:
                    more = f" and {len(some) - 1} more" if len(some) > 1 else ""
                    yield Need(done.span, f"installs `{some[0]}`{more}, which may {told}", False)
            if done.builds:
                yield Need(done.span, "builds a Python package", False)
            elif not done.whole:
                yield Need(done.span, "installs Python packages that could not all be told", False)

    def _installer(self, inv: Invocation) -> Iterator[Need]:
        words = [str(a.value) for a in inv.arguments]
        verb = next((w for w in words if not w.startswith("-")), "")
        if inv.program in _COMPILING and (verb in _INSTALLS or inv.program in _NAMED):
            yield Need(inv.span, f"`{inv.program}` may compile what it installs", False)
        elif inv.program == "uv" and verb in ("sync", "add", "tool"):
            yield Need(inv.span, "`uv` may compile what it installs", False)
        elif inv.program in _NODE and (verb in _INSTALLS or inv.program == "npx"):
            yield from self._node(inv)

    def _node(self, inv: Invocation) -> Iterator[Need]:
        locks = [(name, text) for name in _NODE_LOCKS for p in self._named(name) if (text := self._read(p)) is not None]
        if not installs_project(inv) or not locks:
            yield Need(inv.span, f"`{inv.program}` may compile what it installs, and no lock file tells", False)
            return
        for name, text in locks:
            compiled = _compiled(name, text)
            if compiled:
                yield Need(inv.span, f"`{inv.program}` may compile `{compiled}`", False)
            elif re.search(r"git\+ssh|git\+https|git://|github:|codeload\.github", text):
                yield Need(inv.span, f"`{inv.program}` takes packages from git repositories", False)


def _compiled(name: str, text: str) -> str | None:
    """A package of a lock file that runs something when it is installed; None when there is none."""
    if name in ("package-lock.json", "npm-shrinkwrap.json"):
        try:
            packages = json.loads(text).get("packages")
        except (ValueError, RecursionError, AttributeError):
            return "packages that could not be told"
        if isinstance(packages, dict):
            for path, entry in packages.items():
                if isinstance(entry, dict) and entry.get("hasInstallScript") and path and not entry.get("optional"):
                    return str(path).rpartition("node_modules/")[2]
            return None
    return "native modules" if _NODE_NATIVE.search(text) or "requiresBuild: true" in text else None
