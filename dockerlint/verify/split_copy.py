"""A COPY of everything that moved behind an install, with a COPY of the manifests in its place: the move undone.

Undone only where it changes nothing that the commands in between can see: they read manifests, and those are there,
in the same place, with the same flags. What is undone is then compared like every other text.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Collection, Sequence

from dockerlint.context import Context
from dockerlint.edits import Edit, apply
from dockerlint.model.graph import Step
from dockerlint.shell.tree import Simple
from dockerlint.shell.walk import descendants
from dockerlint.source import Source, Span
from dockerlint.syntax import Dockerfile, parse
from dockerlint.syntax.tree import Instruction
from dockerlint.values import Unknown
from dockerlint.verify.trace import trace
from dockerlint.verify.verdict import Verdict, refused

_MANIFEST = re.compile(
    r"package\.json|package-lock\.json\*?|npm-shrinkwrap\.json\*?|yarn\.lock\*?|\.yarnrc(?:\.yml)?\*?|\.npmrc\*?"
    r"|pnpm-lock\.yaml\*?|\.pnpmfile\.cjs\*?|bun\.lockb?\*?|bunfig\.toml\*?|[\w.-]+\.(?:txt|in)|requirements\.\w+"
    r"|Pipfile|Pipfile\.lock\*?|pyproject\.toml|poetry\.(?:lock|toml)\*?|uv\.(?:lock|toml)\*?|\.python-version\*?"
    r"|Gemfile|Gemfile\.lock\*?|\.ruby-version\*?|\.tool-versions\*?|composer\.(?:json|lock)\*?|go\.(?:mod|sum)\*?"
    r"|pom\.xml|(?:build|settings)\.gradle(?:\.kts)?|gradle\.properties|[\w.-]+\.\w+proj|[Nn]u[Gg]et\.[Cc]onfig"
    r"|global\.json|packages\.lock\.json|Directory\.(?:Build\.props|Build\.targets|Packages\.props)|mix\.(?:exs|lock)"
)
_INERT = frozenset("ENV ARG LABEL EXPOSE STOPSIGNAL CMD ENTRYPOINT HEALTHCHECK USER MAINTAINER".split())
_OPTIONS = r"(?: -[-\w]+(?:=[\w.:/@+-]+)?)*"
_PACKAGE = r" (?!file:)[\w@\"'][\w@.=<>~^+!,\[\]\"'-]*"
_VALUED = r"-i|--index-url|--extra-index-url|--trusted-host|--timeout|--retries|--proxy|--cache-dir|--upgrade-strategy"
_NAMING = r"-r|-c|--requirement|--constraint"
_READS_MANIFESTS = re.compile(
    "|".join(
        (
            rf"npm{_OPTIONS} (?:ci|install|i|clean-install){_OPTIONS}",
            rf"npm (?:install|i) (?:-g|--global){_OPTIONS}(?: [\w@-]+(?:/[\w-]+)?(?:@[\w.^~-]+)?)+",
            r"npm config set \S+ \S+|npm cache clean(?: --force)?",
            rf"yarn(?: install)?{_OPTIONS}|yarn cache clean",
            rf"(?:pnpm|bun) (?:install|i){_OPTIONS}|pnpm store prune",
            rf"(?:python[\d.]* -m |uv )?pip[\d.]* (?:install|wheel|download)"
            rf"(?: (?:{_NAMING})[ =]?[\w./-]+| (?:{_VALUED}) \S+| (?!(?:{_NAMING}|{_VALUED})\b)-[-\w]+(?:=[\w.:/@+-]+)?"
            rf"|{_PACKAGE})+",
            r"pip[\d.]* cache purge|uv cache clean",
            rf"pipenv (?:install|sync){_OPTIONS}|poetry{_OPTIONS} install{_OPTIONS}|uv sync{_OPTIONS}(?: --group \w+)*",
            r"(?:bundle|bundler)(?: install)?(?: -[-\w=]+(?: \d+)?)*|bundle config [\w .:=-]+",
            rf"composer(?:\.phar)? (?:install|i){_OPTIONS}|composer clear-?cache",
            rf"go mod download{_OPTIONS}|go env -w \S+",
            rf"mvn{_OPTIONS}(?: [\w.:-]*dependency[\w.-]*:[\w.:-]+)+{_OPTIONS}|gradle{_OPTIONS} dependencies{_OPTIONS}",
            r"dotnet restore(?: (?:-[\w=:/.${}\"-]+|/p:\S+|[\w\"$][\w.${}\"-]*))*|mix deps\.get(?: --only \w+)?",
            r"(?:apt-get|apt|apk|dnf|microdnf|yum|tdnf|zypper) [^./][^./]*(?:\.\w+[^/]*)?",
            r"corepack \w+(?: \w+)*|true|:|echo [^$`*]*|export \w+=[\w.]*",
            r"rm(?: -\w+)*(?: (?:/var/|/tmp/|/root/\.|~/\.)[\w./*-]*)+",
        )
    )
)
_ELSEWHERE = re.compile(
    r" (?:--find-links|-f|--editable|-e|--gemfile|--working-dir|-d|--prefix|--cwd|-C|--project|--directory|--configfile"
    r"|--settings|--dir|--path)[ =]|file:"
)
_POINTER = re.compile(
    r"(?:PIP|UV)_(?:BUILD_)?(?:CONSTRAINT|REQUIREMENT|OVERRIDE|FIND_LINKS|CONFIG_FILE)$|PIPENV_PIPFILE$|BUNDLE_GEMFILE$"
    r"|NPM_CONFIG_USERCONFIG$|npm_config_userconfig$|COMPOSER$|YARN_RC_FILENAME$|GOWORK$|GOFLAGS$"
)
_LINE_OF_A_FILE = re.compile(
    r"(?:-e|--editable|--no-index)\b|(?:-f|--find-links)(?![ =]*https?:)|\.|file:|(?!-|[\w+.-]+:)[^\s#@;]*/"
    r"|[^\s#@:]+\.(?:whl|zip|tgz|tar\.\w+)(?:\s|$)|[^#]*@\s*(?:file:|\.)"
)
_MAKES_AT_INSTALL = frozenset(("prisma", "@prisma/client"))
"""Packages that read other files of the project when they are installed."""
_SCRIPTS = frozenset("preinstall install postinstall prepare prepublish preprepare postprepare dependencies".split())
_LIMIT = 1 << 20


def undone(after: Dockerfile, firsts: Collection[str], context: Context | None) -> Dockerfile | Verdict:
    """The text before the licensed COPYs of manifests, or why it cannot be told that it means the same."""
    left = set(firsts)
    while left:
        steps = trace(after).graph.steps
        places = [i for i, s in enumerate(steps) if _is_copy(s.instruction) and s.instruction.arguments in left]
        if not places or len({steps[i].instruction.arguments for i in places}) < len(places):
            return refused(f"`COPY {min(left)}` is not there once")
        group = [places.pop()]  # the last first: what moved twice has moved behind it
        while places and places[-1] == group[0] - 1:
            group.insert(0, places.pop())
        found = _undo(after, [steps[i] for i in group], steps[group[-1] + 1 :], context)
        if isinstance(found, Verdict):
            return found
        after = found
        left -= {steps[i].instruction.arguments for i in group}
    return after


def _undo(
    after: Dockerfile, firsts: list[Step], behind: Sequence[Step], context: Context | None
) -> Dockerfile | Verdict:
    for step in behind:
        if _is_copy(step.instruction) and all(_covers(first, step) for first in firsts):
            between = behind[: behind.index(step)]
            named = next((r for first in firsts if (r := _local(first.instruction, context))), "")
            if named:
                return refused(named, firsts[0].instruction.span)
            asked = [r for first in firsts if (r := _scripts(first.instruction, context))]
            reason = asked[0] if asked and not all(map(_runs_no_scripts, between)) else ""
            return refused(reason, firsts[0].instruction.span) if reason else _moved(after, firsts, step)
        reason = _sees_more(step, firsts)
        if reason:
            return refused(reason, step.instruction.span)
    span = firsts[0].instruction.span
    return refused(f"nothing copies the rest behind `COPY {firsts[0].instruction.arguments}`", span)


def _is_copy(node: Instruction) -> bool:
    return node.keyword in ("COPY", "ADD") and node.flag("from") is None and not node.heredoc_nodes


def _manifests_only(node: Instruction) -> bool:
    names = [word.text for word in node.words[:-1]]
    return _is_copy(node) and bool(names) and all(_MANIFEST.fullmatch(posixpath.basename(name)) for name in names)


def _covers(first: Step, rest: Step) -> bool:
    """Whether the later COPY puts the same files to the same places with the same flags."""
    few, all_ = first.instruction, rest.instruction
    if few.keyword != all_.keyword or few.flags != all_.flags or first.stage != rest.stage or len(all_.words) != 2:
        return False
    if any(flag.name not in ("chown", "chmod", "link") for flag in few.flag_nodes) or not _manifests_only(few):
        return False
    top = posixpath.normpath(all_.words[0].text.lstrip("/") or ".")
    place, own = all_.words[1].text, few.words[-1].text
    if any(c in "$*?[\\\"'" for c in top + place + own) or not own.endswith("/") or top.startswith(".."):
        return False
    for word in few.words[:-1]:
        below = posixpath.relpath(posixpath.dirname(posixpath.normpath(word.text)) or ".", top)
        if below.startswith("..") or posixpath.normpath(posixpath.join(place, below)) != posixpath.normpath(own):
            return False
    return place.startswith("/") or first.scope.workdir == rest.scope.workdir


def _sees_more(step: Step, firsts: list[Step]) -> str:
    """What an instruction between the two may see of the files that are not there yet; "" when nothing."""
    node = step.instruction
    if step.stage != firsts[0].stage:
        return "the rest is copied in another stage"
    if node.keyword in _INERT or node.keyword == "WORKDIR":
        return ""
    body = step.body
    if node.keyword != "RUN" or body is None or body.root is None:
        return f"{node.keyword} may read what is copied later"
    if any("type=bind" in flag.text or (flag.name == "mount" and "type=" not in flag.text) for flag in node.flag_nodes):
        return "a mount may read what is copied later"
    places = [_place(first, first.instruction.words[-1].text) for first in firsts]
    for command in descendants(body.root):
        if isinstance(command, Simple) and not _reads_manifests(command, step, places):
            text = " ".join(word.text for word in command.words)
            return f"`{text or 'a redirection'}` may read what is copied later"
    return ""


def _reads_manifests(command: Simple, step: Step, places: list[str]) -> bool:
    """Whether a command is known to read nothing but manifests in the place where they are."""
    text = " ".join(word.text for word in command.words)
    if any(map(_POINTER.match, (*step.scope.env, *(a.name for a in command.assignments)))):
        return False
    if not all(r.target is None or re.match(r"/dev/null|&?\d", r.target.text) for r in command.redirects):
        return False
    if "`" in text or "$(" in text or _ELSEWHERE.search(f"{text} "):
        return False
    if text.startswith("cd "):
        to = _place(step, text[3:].strip())
        return "$" not in text and any((place + "/").startswith(to + "/") for place in places)
    return not text or _READS_MANIFESTS.fullmatch(text) is not None


def _place(step: Step, path: str) -> str:
    workdir = step.scope.workdir
    return posixpath.normpath(posixpath.join("/." if isinstance(workdir, Unknown) else workdir, path))


def _runs_no_scripts(step: Step) -> bool:
    """Whether no install among the commands of a RUN runs the scripts of a package.json."""
    body = step.body if step.instruction.keyword == "RUN" else None
    commands = [node for node in descendants(body.root) if isinstance(node, Simple)] if body and body.root else []
    texts = [[word.text for word in command.words] for command in commands]
    return all("--ignore-scripts" in words for words in texts if words and words[0] in ("npm", "yarn", "pnpm", "bun"))


def _scripts(node: Instruction, context: Context | None) -> str:
    """Whether a package.json among the sources runs scripts at the install, which may read anything."""
    for word in node.words[:-1]:
        if posixpath.basename(word.text) != "package.json" or context is None:
            continue
        text = context.read_text(word.text, _LIMIT)
        if text is None:
            continue
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return f"`{word.text}` cannot be read"
        scripts = found.get("scripts", {}) if isinstance(found, dict) else {}
        asked = _SCRIPTS.intersection(scripts) if isinstance(scripts, dict) else {"?"}
        tables = [found.get(key) for key in ("dependencies", "devDependencies")] if isinstance(found, dict) else []
        asked = asked or {
            key for table in tables if isinstance(table, dict) for key in _MAKES_AT_INSTALL & table.keys()
        }
        if asked or (isinstance(found, dict) and "workspaces" in found):
            return f"`{word.text}` runs `{min(asked)}`" if asked else f"`{word.text}` has workspaces"
    return ""


def _local(node: Instruction, context: Context | None) -> str:
    """Whether requirements among the sources name files of the project itself."""
    for word in node.words[:-1] if context is not None else ():
        text = (
            context.read_text(word.text, _LIMIT) if context is not None and word.text.endswith((".txt", ".in")) else ""
        )
        line = next((line for line in (text or "").splitlines() if _LINE_OF_A_FILE.match(line.strip())), None)
        if line is not None:
            return f"`{word.text}` reads `{line.strip()[:40]}`"
    return ""


def _moved(after: Dockerfile, firsts: list[Step], rest: Step) -> Dockerfile:
    """The text with the later COPY in the place of the first ones."""
    source = after.source
    gone = [Edit(_with_break_before(source, step), "") for step in (*firsts[1:], rest)]
    text = source.slice(rest.instruction.span)
    return parse(Source(apply(source.text, (Edit(firsts[0].instruction.span, text), *gone)), source.path))


def _with_break_before(source: Source, step: Step) -> Span:
    start = source.line_span(step.instruction.start_line).start
    return Span(max(start - (2 if source.text[start - 2 : start] == "\r\n" else 1), 0), step.instruction.span.end)
