"""PKG028: compilers, headers and installers that the program in the image does not need."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dockerlint.amounts import human
from dockerlint.catalogue import Rule
from dockerlint.edits import Fix, Safety
from dockerlint.effects import build_tools, toolchains
from dockerlint.effects.build_tools import Left
from dockerlint.effects.ledger import Ledger
from dockerlint.file import File
from dockerlint.findings import Finding, Related, Withheld
from dockerlint.model.builds import ecosystems, matches
from dockerlint.model.images import parse_image
from dockerlint.model.invocations import Invocation
from dockerlint.model.purpose import named_for_work
from dockerlint.model.starts import builds_at_run_time, start_commands, starts_nothing, starts_shell
from dockerlint.record import replace
from dockerlint.rewrite.append import append

_INTERPRETED = re.compile(
    r"(?:python[\d.]*|node(?:js)?|npm|yarn|pnpm|ruby|rails|rackup|puma|unicorn|bundle exec|perl|php[\d.]*|php-fpm[\d.]*"
    r"|gunicorn|uvicorn|hypercorn|daphne|flask|celery|streamlit|django-admin|Rscript|lua"
    r"|[\w./-]+\.(?:py|rb|js|mjs|pl|php))(?: .*)?"
)
_WORKPLACE = re.compile(
    r"(?:jupyter[\w-]*|pip[\d.]*|code-server|start-notebook\.sh|sshd)(?: .*)?"
    r"|(?:ba|z|da|a|k|fi)?sh(?: -(?:-login|[il]+))*"
)
# Built on buildpack-deps, or keeping their own compiler, unless their tag says slim or alpine (docker-library).
_FULL = frozenset(("python", "pypy", "node", "ruby", "perl", "php"))
_PURGE = {
    "apt": ("apt-get", "purge", "-y", "--auto-remove"),
    "apk": ("apk", "del"),
    "dnf": ("dnf", "remove", "-y"),
    "yum": ("yum", "remove", "-y"),
}


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each install of build tools that stay."""
    ledger = file.shipped
    if ledger is None or not (tools := build_tools.left(ledger)):
        return
    if named_for_work(file.graph, file.source.path) or _wanted(ledger):
        return
    interpreted = any(_INTERPRETED.fullmatch(command) for command in start_commands(ledger.graph))
    starts = not starts_nothing(ledger.graph)  # else it may be a base for others, who install more
    for it in tools:
        served = build_tools.installer_after(it, ledger)
        if interpreted or (served is not None and (served[0] == it.layer or starts)):
            yield _finding(rule, it, ledger, served)


def _wanted(ledger: Ledger) -> bool:
    """Whether the image is there to build in, compiles (another rule's fault), or had the tools from the start."""
    graph = ledger.graph
    if starts_shell(graph) or any(_WORKPLACE.fullmatch(command) for command in start_commands(graph)):
        return True
    if any(builds_at_run_time(e, graph) for name, e in ecosystems().items() if name != "node"):
        return True
    reference = graph.lineage(ledger.stage)[0].base.reference
    image = parse_image(reference) if isinstance(reference, str) else None
    full = image is not None and image.name in _FULL and not re.search("slim|alpine", image.tag or "")
    name = f"{image.repository.rpartition('/')[2]}:{image.tag or 'latest'}" if image is not None else ""
    if full or any(matches(e.images, name) for e in ecosystems().values() if e.name != "node"):
        return True
    return any(
        build.ecosystem.name != "node" and not toolchains.needless(build, ledger.layers)
        for _, build in toolchains.builds(ledger.layers)
    )


def _finding(rule: Rule, it: Left, ledger: Ledger, served: tuple[int, Invocation] | None) -> Finding:
    size = build_tools.weight(it)
    names = ", ".join(f"`{name}`" for name in it.packages[:3])
    names += f" and {len(it.packages) - 3} more" if len(it.packages) > 3 else ""
    weight = f" (about {human(size, 2)})" if size else ""
    stay = "stays" if len(it.packages) == 1 else "stay"
    message = f"{names} {stay} in the image{weight}: the program does not need what installs or compiles packages"
    related = (Related(served[1].span, "the last command that may need it"),) if served is not None else ()
    fix, withheld = _fix(it, ledger, served)
    basis = "estimated" if size is not None else None
    return Finding(rule.name, it.effect.span, message, related, size, basis, fix, withheld)


def _fix(it: Left, ledger: Ledger, served: tuple[int, Invocation] | None) -> tuple[Fix | None, Withheld | None]:
    purge = _PURGE.get(it.effect.manager)
    if purge is None:
        return None, Withheld(f"how to remove packages with {it.effect.manager} is not known here", it.effect.span)
    if served is not None and served[0] != it.layer:
        return None, Withheld("a later instruction uses them: install, use and remove them in one RUN", served[1].span)
    if it.layer not in ledger.own:
        return None, Withheld("another stage installs them", it.effect.span)
    done = append(
        ledger.graph, ledger.layers[it.layer].step, (*purge, *it.packages), "Remove the tools in the same RUN"
    )
    if isinstance(done, Withheld):
        return None, done
    return replace(done, safety=Safety.DISPLAY), None
