"""Options put into a command: only where the command reads them as options."""

from __future__ import annotations

import re

_PREFIXES = frozenset("sudo env nice nohup time command exec eatmydata".split())
_PREFIX_OPTIONS = frozenset(("-E", "-H", "-n", "--"))
_FAMILIES = {
    "apt-get": "install reinstall upgrade dist-upgrade full-upgrade build-dep remove purge autoremove update".split(),
    "apk": "add upgrade update del".split(),
    "pip": "install wheel download".split(),
    "yum": "install reinstall localinstall groupinstall update upgrade remove".split(),
    "zypper": "install in update up refresh ref".split(),
    "gem": "install update".split(),
    "npm": "install ci i add".split(),
    "conda": "install create update clean env".split(),
    "useradd": [],
}
"""Subcommands whose options are known; a program without subcommands has none."""
_SAME = {
    **dict.fromkeys(("apt", "aptitude"), "apt-get"),
    **dict.fromkeys(("dnf", "microdnf", "tdnf"), "yum"),
    **dict.fromkeys(("mamba", "micromamba"), "conda"),
}
_LETTERS = {
    "apt-get": "yqfmduVsb",
    "apk": "qUfusv",
    "pip": "UqvI",
    "yum": "yqv",
    "zypper": "yfl",
    "gem": "fVqN",
    "npm": "gDSEOf",
    "conda": "yqfa",
    "useradd": "mMrUNlo",
}
"""Single-letter options that take no value."""
_NO_VALUE = re.compile(
    r"--(?:yes|assume-yes|assumeyes|quiet|force-yes|allow-[\w-]+|no-install-(?:recommends|suggests)|fix-[\w-]+|reinstall"
    r"|no-cache|no-cache-dir|update|update-cache|upgrade|user|no-progress|no-document|no-deps|pre|force|production|save|save-dev"
    r"|global|ignore-installed|disable-pip-version-check|no-compile|no-warn-script-location|break-system-packages|no-scripts|latest"
    r"|purge|system|no-create-home|create-home|no-user-group|no-log-init|nodocs|nogpgcheck|no-audit|no-fund|verbose"
    r"|[\w-]+=\S*)"
)


def inserted(before: tuple[str, ...], after: tuple[str, ...], licensed: frozenset[str]) -> tuple[str, ...] | None:
    """The options that were put in; None when `after` is not `before` with licensed options in harmless places."""
    if len(after) <= len(before):
        return None
    found: list[int] = []
    at = 0
    for i, word in enumerate(after):
        if at < len(before) and word == before[at]:
            at += 1
        elif word in licensed and word.startswith("-"):
            found.append(i)
        else:
            return None
    if at < len(before):
        return None
    first = _first_place(after)
    if first is None or any(not _harmless(after, i, first) for i in found):
        return None
    return tuple(after[i] for i in found)


def _first_place(words: tuple[str, ...]) -> tuple[str, int] | None:
    """(family, the first index at which an option of the subcommand may stand); None for a program not in the table."""
    at = 0
    while at < len(words) and (words[at] in _PREFIXES or "=" in words[at] or (at and words[at] in _PREFIX_OPTIONS)):
        at += 1
    if at >= len(words):
        return None
    name = words[at].rpartition("/")[2]
    if re.fullmatch(r"python[\d.]*", name) and words[at + 1 : at + 3] == ("-m", "pip"):
        name, at = "pip", at + 2
    name = re.sub(r"^pip[\d.]*$", "pip", name)
    family = _SAME.get(name, name)
    subcommands = _FAMILIES.get(family)
    if subcommands is None:
        return None
    if not subcommands:
        return family, at + 1
    for i in range(at + 1, len(words)):
        if words[i] in subcommands:
            return family, i + 1
        if words[i].startswith("-") or words[i - 1].startswith("-"):
            continue
        return None
    return None


def _harmless(words: tuple[str, ...], at: int, place: tuple[str, int]) -> bool:
    """Not in front of the subcommand, not behind `--`, not the value of the option before it."""
    family, first = place
    if at < first or "--" in words[first:at]:
        return False
    previous = words[at - 1]
    if at == first or not previous.startswith("-"):
        return True
    return bool(_NO_VALUE.fullmatch(previous) or set(previous[1:]) <= set(_LETTERS[family]))
