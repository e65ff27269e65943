"""What an image is for, as far as its names tell."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dockerlint.model.graph import BuildGraph, Stage
from dockerlint.model.invocations import Invocation
from dockerlint.values import UNKNOWN

_WORK = re.compile(
    r"(?:^|[-_./:])(?:dev|devel|develop|development|debug|tests?|testing|ci|e2e|lint|builder|devcontainer)(?:$|[-_./:])",
    re.I,
)
# Names of stages that people ask for with --target, alone or with a word before or behind.
_TARGET = re.compile(
    r"(?:^|[-_.])(?:dev|devel|develop|development|devcontainer|debug|debugger|tests?|testing|tester|unit|integration|e2e|ci|qa|cover(?:age)?"
    r"|lint(?:er|ing)?|fmt|format|check(?:s|er)?|valid(?:ate|ation)|verify|audit|scan|security|docs?|bench(?:marks?)?|fuzz|profil(?:e|er|ing)"
    r"|exports?|artifacts?|artefacts?|binar(?:y|ies)|bin|output|out|dist|packages?|rpm|deb|tgz|archive|release|publish|update|vendor|generate[ds]?|gen|codegen"
    r"|prod|production|stag(?:e|ing)|live|preview|local|final|runtime|run|deploy(?:ment)?|server|client|worker|web|api|app|image|target|minimal|slim|full"
    r"|alpine|debian|ubuntu|distroless|scratch|cpu|gpu|cuda|windows|linux|shell|repl|console|sbom|cross|all)(?:$|[-_.\d])",
    re.I,
)
_STARTS = frozenset(("CMD", "ENTRYPOINT", "HEALTHCHECK", "EXPOSE"))


def unused(graph: BuildGraph) -> list[Stage]:
    """Stages that do not ship and from which no other takes anything; none where a variable may name them."""
    used = {edge.source for edge in graph.edges}
    found = [s for s in graph.stages if not s.ships and s.index not in used]
    return [] if not found or _chosen_outside(graph) else [s for s in found if s.name not in _triggered(graph)]


def _chosen_outside(graph: BuildGraph) -> bool:
    """Whether stages are chosen when the file is built.

    That is, by a variable in FROM that is not known to name an image, or by a preprocessor that leaves one of several
    stages of a name.
    """
    if any("from=" in f.text and "$" in f.text for step in graph.steps for f in step.instruction.flag_nodes):
        return True
    names = [stage.name for stage in graph.stages if stage.name]
    for stage in graph.stages:
        words = stage.source.instruction.words
        if any("$" in word.text for word in words[1:]):
            return True
        if words and "$" in words[0].text and (stage.base.reference is UNKNOWN or stage.base.stage is not None):
            return True
    return len(names) > len(set(names))


def _triggered(graph: BuildGraph) -> set[str]:
    """Stage names that ONBUILD triggers take from."""
    flags = [f.text for s in graph.steps if s.instruction.trigger for f in s.instruction.trigger.flag_nodes]
    return {m[1].lower() for text in flags for m in re.finditer(r"from=[\"']?([^\s,\"']+)", text, re.I)}


def looks_like_target(graph: BuildGraph, stage: Stage) -> bool:
    """Whether people may build a stage by its name: it starts something, is made to be exported, or is called so."""
    if any(step.instruction.keyword in _STARTS for step in stage.steps):
        return True
    if stage.base.stage is not None and sum(other.base.stage is not None for other in unused(graph)) > 1:
        return True  # one of several ends of what they have in common
    return graph.lineage(stage)[0].base.reference == "scratch" or _TARGET.search(stage.name or "") is not None


# Programs that fetch, unpack, place and configure what is finished; everything else may build.
_PLACING = frozenset(
    "apt-get apt apt-key add-apt-repository apk yum dnf microdnf tdnf zypper dpkg rpm pip pip3 uv mkdir rmdir"
    " cp mv rm ln chmod chown chgrp install touch cat echo printf tee sed awk grep head tail cut tr sort find"
    " xargs test [ [[ true false : cd pushd popd set export unset sleep wait date ls id whoami which command"
    " type env pwd curl wget tar unzip gunzip gzip bunzip2 bzip2 xz zip sha1sum sha256sum sha512sum md5sum gpg"
    " openssl base64 useradd adduser groupadd addgroup usermod groupmod update-ca-certificates"
    " update-alternatives locale-gen localedef ldconfig setcap java keytool update-rc.d systemctl service"
    " ssh-keygen basename dirname readlink realpath mktemp".split()
)


def only_places(invocations: Iterable[Invocation]) -> bool:
    """Whether commands only put in place what is finished, as far as their names tell."""
    return all(inv.program in _PLACING for inv in invocations)


def named_for_work(graph: BuildGraph, path: str) -> bool:
    """Whether the file, or a stage that ships, has a name such as ``dev``, ``test`` or ``builder``."""
    file = path.replace("\\", "/").rpartition("/")[2]
    names = [stage.name or "" for stage in graph.lineage(graph.stages[-1])] if graph.stages else []
    return any(_WORK.search(name) for name in (file, *names))
