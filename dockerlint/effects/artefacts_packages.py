"""Which of a stage's system packages the program needs when it runs."""

from __future__ import annotations

import re

from dockerlint.effects.artefacts import table
from dockerlint.effects.artefacts_account import Account, Package
from dockerlint.effects.artefacts_base import RunTime
from dockerlint.effects.artefacts_calls import system_name
from dockerlint.effects.artefacts_start import Start
from dockerlint.findings import Withheld
from dockerlint.record import record

_PLAIN = re.compile(r"[\w.+:=~@-]+")
_PROGRAM_OF = {
    "git": "git",
    "xz-utils": "xz",
    "openssh-client": "ssh",
    "subversion": "svn",
    "mercurial": "hg",
    "gnupg": "gpg",
    "gnupg2": "gpg",
    "gettext": "envsubst",
}
_VERSIONS = frozenset(("git", "ssh", "svn", "hg", "rsync"))  # what is fetched by them may be what calls them
_CHECKERS = frozenset(("curl", "wget"))


@record
class Kept:
    """The packages for the final stage."""

    program: str
    """The package manager as the file calls it: ``apt-get``, ``apk``, ``dnf``."""
    words: tuple[str, ...]
    silent: bool
    """Whether apt is told to ask nothing, by a variable that the image does not keep."""
    recommends: bool
    """Whether the file's own installs take recommended packages along."""


def run_time_packages(found: Account, base: RunTime, begin: Start) -> Kept | Withheld:
    """What is installed again in the final stage."""
    words: list[str] = []
    program = {"apt": "apt-get", "apk": "apk", "yum": "yum"}[base.manager]
    for package in found.packages:
        program = {"apt": "apt-get"}.get(package.invocation.program, package.invocation.program)
        for name in package.names:
            kept = _kept(name, found, base, begin)
            if isinstance(kept, Withheld):
                return Withheld(kept.reason, package.invocation.span)
            if kept:
                words.append(_written(package, name) if kept == name else kept)
    for name in _needs(found, base, begin):
        more = library(name, base) if _is_headers(name) else name
        if more is None:
            return Withheld(f"the run-time package for `{name}` is not known")
        words.append(more)
    odd = next((w for w in words if not _PLAIN.fullmatch(w)), None)
    if odd is not None:
        return Withheld(f"`{odd}` is more than the name of a package")
    gone = table()["archived"] + ([] if found.packages else table()["old"])
    if words and any(re.fullmatch(row, base.reference) for row in gone):
        shown = ", ".join(f"`{w}`" for w in dict.fromkeys(words))
        reason = f"{shown} would come into `{base.reference}`, whose packages are no longer where {program} looks"
        return Withheld(reason, hint="build on a release that still gets packages")
    bare = any("--no-install-recommends" in [a.value for a in p.invocation.arguments] for p in found.packages)
    told = [p.invocation.variables.get("DEBIAN_FRONTEND") for p in found.packages if program == "apt-get"]
    silent = "noninteractive" in told or (program == "apt-get" and "tzdata" in words)  # it asks where the image runs
    return Kept(program, tuple(dict.fromkeys(words)), silent, not bare and bool(found.packages))


def _kept(name: str, found: Account, base: RunTime, begin: Start) -> str | Withheld:
    """The package to install in the place of one; "" for none."""
    packages = table()["packages"]
    started = {w.rpartition("/")[2] for w in (*begin.programs, *begin.checks, *begin.calls) if isinstance(w, str)}
    program = _PROGRAM_OF.get(name, name)
    if name in found.removed or name in base.brings:
        return ""
    if re.fullmatch(packages["fetchers"], name) and name not in begin.words and program not in started:
        return "" if _for_building(program, found, begin) else name
    for pattern, instead in packages["jdk"]:
        match = re.fullmatch(pattern, name)
        if match:
            return instead.format("", *match.groups()) if "java" in started and "java" not in base.brings else ""
    if re.fullmatch(packages["tools"], name) and not {name, program} & started:
        return ""
    if _is_headers(name):
        return library(name, base) or Withheld(f"the run-time package for `{name}` is not known")
    return name


def _for_building(program: str, found: Account, begin: Start) -> bool:
    """Whether a program that builds and programs alike may call is there for the build alone."""
    if begin.said is not None:  # a library that is not known may call it where the program is interpreted
        named = re.compile(rf"(?<![\w-]){re.escape(program)}(?![\w-])")
        unsaid = not begin.unread and not any(named.search(text) for text in begin.said)
        known = program in found.used or any(program in r.entry.get("helpers", ()) for r in found.recipes)
        return unsaid and (known or not any(r.folder for r in found.recipes))
    return program in found.used - _VERSIONS and not any(r.folder for r in found.recipes)


def _is_headers(name: str) -> bool:
    return name.endswith(("-dev", "-devel", "-headers", "-dev-compat"))


def library(name: str, base: RunTime) -> str | None:
    """The package that holds at run time what another one has the headers of."""
    packages = table()["packages"]
    if base.manager != "apt":
        found: str | None = packages[base.manager].get(name)
        return found
    by_release = packages["apt"].get(name, {})
    one: str | None = by_release.get(base.release or "") or by_release.get("*")
    return one


def _needs(found: Account, base: RunTime, begin: Start) -> list[str]:
    """Packages that what is built needs besides those of the file."""
    needs: list[str] = []
    for it in found.recipes:
        needs += it.entry.get("needs", {}).get(base.manager, ())
        if base.manager == "apt" and _is_static(found, it.name):
            continue
        for lock, rows in it.entry.get("libraries", {}).items():
            text = _lock(found, lock)
            needs += [name for mark, name in rows if text is not None and mark in text]
            if text is None and (not it.folder or base.full != base.reference):
                needs += it.entry.get("unseen", ())
    needs += _called(found, base, begin)
    if base.manager == "apk" and any(n in ("g++", "build-base", "clang") for p in found.packages for n in p.names):
        needs.append("libstdc++")
    for check in begin.checks:
        name = check.rpartition("/")[2]
        if name in _CHECKERS and not (name == "wget" and base.manager == "apk") and name not in base.brings:
            needs.append(name)
    return needs


def _is_static(found: Account, name: str) -> bool:
    """Whether all that a language builds is for musl, whose programs find no library of another libc."""
    builds = [b.invocation for b in found.builds if b.ecosystem.name == name]
    targets = [[a.value for a in inv.arguments if "-linux-musl" in str(a.value)] for inv in builds]
    return bool(targets) and all(targets)


def _called(found: Account, base: RunTime, begin: Start) -> list[str]:
    """Packages for the programs and time zones that the image of the build has, and a bare one has not."""
    if any(r.folder for r in found.recipes):
        return []  # it stands on the image of the build, or on one with the same programs
    changed = base.reference != found.ledger.stage.base.reference
    zones = begin.zones and (changed or any(r.name == "go" for r in found.recipes))  # Go brings zones of its own
    needs = ["tzdata"] if zones and not any(r.name == "java" for r in found.recipes) else []
    rows = table()["packages"]["programs"][base.manager] if changed else {}
    names = [system_name(p) for p in (*begin.programs, *begin.calls) if isinstance(p, str)]
    return needs + [rows[name] for name in names if name in rows and name not in base.brings]


def _lock(found: Account, name: str) -> str | None:
    context = found.ledger.context
    for made in found.copied:
        if context is not None and made.source is not None and made.tree:
            text = context.read_text(f"{made.source.rstrip('/')}/{name}", 4_000_000)
            if text is not None:
                return text
    named = any(m.source == name for m in found.copied)
    return context.read_text(name, 4_000_000) if context is not None and named else None


def _written(package: Package, name: str) -> str:
    """A package with its version as the file has it."""
    for argument in package.invocation.arguments:
        value = argument.value
        if isinstance(value, str) and re.fullmatch(rf"{re.escape(name)}(?:[=~@].*)?", value):
            return value
    return name
