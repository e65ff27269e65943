"""Whether a cache mount that a RUN got may hide nothing that a command needs."""

from __future__ import annotations

import re

from dockerlint.model.graph import BuildGraph, Step
from dockerlint.verify.cleanups import STORES, Cleanup, Store
from dockerlint.verify.items import Leaf, State

_FLAG = re.compile(r"--mount=type=cache,target=(/[^,\s\"'$\\]+)(?:,sharing=locked)?")
_ROOT_IMAGES = frozenset(
    "debian ubuntu alpine fedora centos rockylinux almalinux amazonlinux archlinux opensuse/leap buildpack-deps python"
    " node ruby rust golang php composer gradle maven openjdk eclipse-temurin amazoncorretto perl pypy nginx postgres"
    " continuumio/miniconda3 continuumio/anaconda3 condaforge/miniforge3 oven/bun ghcr.io/astral-sh/uv"
    " mcr.microsoft.com/dotnet/sdk".split()
)
_ROOT = frozenset(("", "root", "0", "root:root", "0:0"))


def new_mounts(old: State, new: State, allowed: frozenset[str]) -> tuple[str, ...] | None:
    """The flags that a RUN got, when they are all of these and nothing else of the state differs."""
    more = tuple(flag for flag in new.flags if flag not in old.flags)
    kept = [flag for flag in new.flags if flag in old.flags]
    if not more or sorted(kept) != sorted(old.flags) or not allowed.issuperset(more):
        return None
    same = (old.changes, old.options, old.stale, old.caught) == (new.changes, new.options, new.stale, new.caught)
    return more if same and all(_FLAG.fullmatch(flag) for flag in more) else None


def mounted_store(flag: str) -> tuple[Store, Cleanup] | str:
    """What a mount covers, or why that is not allowed: it must be a known cache and no more."""
    match = _FLAG.fullmatch(flag)
    target = match[1].rstrip("/") if match is not None else ""
    for it in STORES:
        if target in it.paths:
            return it, Cleanup(frozenset((it.name,)), (target,))
    return f"`{flag}` covers more than a known cache"


def unserved(leaf: Leaf, before: list[Leaf], graph: BuildGraph, it: Store) -> str | None:
    """Why a command of a RUN would miss what the mount hides; `before` are the RUN's earlier commands."""
    step = graph.steps[leaf.index]
    if it.home and not step.scope.user and not _official(graph, step):
        return "the base image may start as another user than root"
    if step.scope.user not in _ROOT or leaf.words[:1] in (("sudo",), ("su",)):
        return "a cache mount belongs to root"
    reads = it.readers.search(leaf.text)
    if reads is None or any(it.restored.search(other.text) for other in before):
        return None
    again = it.restored.search(leaf.text)
    return None if again is not None and again.start() <= reads.start() else f"it would miss {it.name}"


def _official(graph: BuildGraph, step: Step) -> bool:
    """Whether the image that a RUN starts from is one of those known to start as root."""
    reference = graph.lineage(graph.stages[step.stage])[0].base.reference
    if not isinstance(reference, str) or re.search("nonroot|rootless|unprivileged|chiseled", reference):
        return False
    name = re.sub(r"^(?:docker\.io/)?(?:library/)?|[:@].*$", "", reference)
    return name in _ROOT_IMAGES
