"""The instructions of the final stage that are new: packages, users, and what it takes from the build."""

from __future__ import annotations

import posixpath

from dockerlint.effects.artefacts_final import Plan
from dockerlint.effects.artefacts_packages import Kept

_CLEAN = {"apt-get": "rm -rf /var/lib/apt/lists/*", "apk": "", "zypper": "zypper clean --all"}


def installs(it: Plan) -> list[str]:
    """One RUN for packages and users, if there are any."""
    silent = it.packages is not None and it.packages.silent and "DEBIAN_FRONTEND" not in it.end.env
    commands = [*_packages(it.packages, silent), *(" ".join(w.text for w in inv.node.words) for inv in it.users)]
    commands += [" ".join(w.text for w in inv.node.words) for inv in it.tools]
    return ["RUN " + " && ".join(commands)] if commands else []


def _packages(kept: Kept | None, silent: bool) -> list[str]:
    if kept is None or not kept.words:
        return []
    names = " ".join(sorted(kept.words))
    if kept.program == "apk":
        return [f"apk add --no-cache {names}"]
    if kept.program == "apt-get":
        option = "" if kept.recommends else "--no-install-recommends "
        quiet = "DEBIAN_FRONTEND=noninteractive " if silent else ""
        return ["apt-get update", f"{quiet}apt-get install -y {option}{names}", _CLEAN["apt-get"]]
    return [f"{kept.program} install -y {names}", _CLEAN.get(kept.program, f"{kept.program} clean all")]


def copies(it: Plan, stage: str) -> list[str]:
    """One COPY for each path, and what has to follow."""
    lines = [f"COPY --from={stage} {_owner(it, path)}{path} {_target(path)}" for path in it.paths]
    lines += [f"COPY --from={stage} {path} /usr/local/bin/{posixpath.basename(path)}" for path in it.programs]
    if it.found.ldconfig:
        lines.append("RUN ldconfig")
    return lines


def _owner(it: Plan, path: str) -> str:
    return f"--chown={it.owners[path]} " if path in it.owners else ""


def _target(path: str) -> str:
    """Where it goes: to the same path; what a pattern matches into the same folder."""
    return posixpath.dirname(path) + "/" if any(c in path for c in "*?") else path
