"""Who still needs a package cache after the layer that filled it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dockerlint.effects.ledger import Death, Ledger
from dockerlint.effects.managers import Cache, Manager, managers
from dockerlint.effects.options import Parsed
from dockerlint.effects.tools.packages import command_of, subcommands
from dockerlint.effects.tree import Entry
from dockerlint.findings import Withheld
from dockerlint.model.graph import BuildGraph, Stage, Step
from dockerlint.model.invocations import Invocation, of_step
from dockerlint.model.starts import start_commands, starts_nothing, starts_shell
from dockerlint.syntax.tree import Instruction

# programs that call a system package manager of their own accord, on lists that are there
_INSTALLERS = frozenset(
    "rosdep gdebi mk-build-deps playwright npx pnpx ansible ansible-playbook ansible-pull chef-solo chef-client"
    " puppet salt-call"
    " tasksel apt-build apt-file dselect debootstrap equivs-build pbuilder chef bats".split()
)
_SHELLS = frozenset(("sh", "bash", "dash", "ash", "zsh", "ksh", "source", "."))
# programs that call a build tool of their own accord
_BUILDERS = frozenset("make gmake just task rake mage bazel ninja ant tox nox supervisord foreman air".split())
_MAKERS = frozenset("make gmake just task rake".split())
_PATH = re.compile(r"^(\.{0,2}/|~/)")
# Scripts by custom names that install no system packages: they configure, build, unpack, or set variables.
_WELL_KNOWN = re.compile(
    r"(?:configure|Configure|config\.status|autogen\.sh|mvnw|gradlew|sbt|rustup-init|install-tl|pip[\d.]*|python[\d.]*"
    r"|(?:mini|ana)(?:conda|forge)[\w.-]*\.sh|(?:nvm|rvm|sdkman-init|conda|asdf)(?:\.sh)?|install-plugins\.sh|activate|env|\.?(?:bashrc|profile))"
)
_SERVICES = re.compile(r"/etc/(?:rc\.d/)?init\.d/[\w.-]+$")
_BINARY_PLACES = re.compile(r"^(/usr)?(/local)?/s?bin/")
# what authors call that which installs what their program needs: scripts, and targets of make
_PREPARES = re.compile(
    r"(?:^|.*[-_.:/])(?:deps|dependencies|requirements|prereqs?|prerequisites|setup|bootstrap|provision)"
    r"(?:[-_.:].*)?|(?:.*[-_./])?(?:install|installer)[-_.:].*|.*[-_]install(?:er)?"
)
_PREPARES_NOTHING = re.compile(
    r"(?:docker-php-ext-install|install-php-extensions|install2\.r|setup\.(?:py|cfg)|install-info|composer-setup\.php)"
)
_INTERPRETERS = re.compile(r"(?:python|perl|ruby|node|php)[\d.]*")
_DEFERRED = frozenset(("ONBUILD", "CMD", "ENTRYPOINT"))


def reader(graph: BuildGraph, ledger: Ledger, entry: Entry, until: Death | None = None) -> Withheld | None:
    """A later command that reads the cache, or may. `until`: what to stop before; None: all that builds on it."""
    assert entry.cache is not None
    own = ledger.layers[entry.layer].step
    end = None if until is None else until.layer + 1
    later = [layer.step for layer in ledger.layers[entry.layer + 1 : end]]
    if until is None:
        later += [s for stage in _built_on(graph, own) for s in stage.steps if s not in later]
    copied = _copied(graph)
    for step in later:
        found = _reads(step, *entry.cache, None if until is None else until.action.invocation, copied)
        if found is not None:
            return found
    return None


def _built_on(graph: BuildGraph, step: Step) -> Iterator[Stage]:
    """Stages other than its own whose layers include the step."""
    for stage in graph.stages:
        if stage.index != step.stage and any(s.index == step.stage for s in graph.lineage(stage)):
            yield stage


def _copied(graph: BuildGraph) -> frozenset[str]:
    """Names of files that COPY and ADD bring from outside: scripts, when they are run by these names."""
    found: set[str] = set()
    for step in graph.steps:
        node = step.instruction
        if node.keyword in ("COPY", "ADD") and node.flag("from") is None:
            found |= {word.rstrip("/").rpartition("/")[2] for word in node.arguments.split()}
    return frozenset(found) - {"", "."}


def _deferred(node: Instruction, manager: str, kind: str) -> Withheld | None:
    """What runs later, in the builds of other images or in the container, and calls the manager as things are."""
    it = managers()[manager]
    words = frozenset(re.findall(r"[\w.+-]+", node.arguments))
    if it.programs.isdisjoint(words) or it.cache(kind).needed_by.isdisjoint(words) or not it.index.isdisjoint(words):
        return None
    return Withheld(
        f"{node.keyword} on line {node.start_line} reads what the clean-up deletes",
        node.keyword_span,
        "let it fetch what it needs",
    )


def _reads(step: Step, manager: str, kind: str, stop: Invocation | None, copied: frozenset[str]) -> Withheld | None:
    node = step.instruction
    if node.keyword in _DEFERRED:
        return _deferred(node, manager, kind)
    if node.keyword != "RUN":
        return None
    if step.body is None or step.body.root is None:
        return Withheld(
            f"the RUN on line {node.start_line} cannot be followed: it may need what the clean-up deletes",
            node.keyword_span,
            "add the clean-up by hand if that RUN does not",
        )
    refilled = False
    for inv in of_step(step):
        if inv is stop:
            break
        found = command_of(inv)
        if found is not None and found[0].name == manager:
            refilled = refilled or found[2] in found[0].index
            cache = managers()[manager].cache(kind)
            if not refilled and _wants(found[0], found[1], cache, inv):
                return Withheld(
                    f"`{inv.program} {found[2]}` on line {node.start_line} reads what the clean-up deletes",
                    inv.span,
                    "install in one RUN, or fetch it again in that one",
                )
        elif not refilled and _by_script(managers()[manager], kind) and (runs_script(inv) or inv.program in copied):
            return Withheld(
                f"a script that line {node.start_line} runs may need what the clean-up deletes",
                inv.span,
                "add the clean-up by hand if the script installs nothing, else let it fetch what it needs",
            )
    return None


def _wants(manager: Manager, args: Parsed, cache: Cache, inv: Invocation) -> bool:
    if "*" in cache.needed_by or args.has(*cache.needed_options) or cache.needed_env & inv.variables.keys():
        return True
    return not cache.needed_by.isdisjoint(subcommands(manager, args))


def _by_script(manager: Manager, kind: str) -> bool:
    """Whether a script that calls the manager would fail without the cache, not only be slower."""
    cache = manager.cache(kind)
    return bool(cache.needed_by) and (manager.system or cache.dependencies)


def needed(graph: BuildGraph, ledger: Ledger, entry: Entry) -> bool:
    """Whether what lies there may be more than a cache: a later build, or what the image starts, may read it."""
    assert entry.cache is not None
    manager = managers()[entry.cache[0]]
    if not manager.cache(entry.cache[1]).dependencies:
        return False
    if starts_nothing(graph) or starts_shell(graph) or reader(graph, ledger, entry) is not None:
        return True
    later = (inv for layer in ledger.layers[entry.layer + 1 :] for inv in of_step(layer.step))
    if any(inv.program in _BUILDERS for inv in later):
        return True
    return any(_may_build(manager, entry.cache[1], words.split()) for words in start_commands(graph))


def _may_build(manager: Manager, kind: str, words: list[str]) -> bool:
    """Whether a command that the image starts reads the cache, as far as its words tell."""
    program = words[0] if words else ""
    if program in _BUILDERS or program.endswith(("sh", "entrypoint")):
        return program not in _SHELLS or len(words) > 1
    wanted = manager.cache(kind).needed_by
    return program in manager.programs and ("*" in wanted or not wanted.isdisjoint(words[1:]))


def runs_script(inv: Invocation) -> bool:
    """Whether a command runs something that may call a package manager and cannot be seen here."""
    words = [str(a.value) for a in inv.arguments]
    if inv.program in _INSTALLERS or (inv.program in _MAKERS and any(map(_prepares, words))):
        return True
    if _INTERPRETERS.fullmatch(inv.program) and _prepares(next((w for w in words if w[:1] != "-"), "")):
        return True
    if inv.program in _SHELLS:
        return not _well_known(next((w for w in words if w[:1] not in "-+"), ""))
    word = inv.program_word.literal if inv.program_word is not None else None
    if word is None:
        return not inv.program and inv.program_word is not None
    if inv.program.endswith(".sh") or _prepares(inv.program):
        return not _well_known(word)
    return bool(_PATH.match(word)) and not (_BINARY_PLACES.match(word) or _well_known(word))


def _prepares(name: str) -> bool:
    """Whether a script or a target is called as if it installed what a program needs."""
    return _PREPARES.fullmatch(name) is not None and _PREPARES_NOTHING.fullmatch(name.rpartition("/")[2]) is None


def _well_known(script: str) -> bool:
    name = script.rpartition("/")[2].lower() if "conda" in script.lower() else script.rpartition("/")[2]
    return bool(_WELL_KNOWN.fullmatch(name) or _SERVICES.match(script))
