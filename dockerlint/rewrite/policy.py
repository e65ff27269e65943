"""What the configuration wants of fixes: ``joining: bytes-only | consecutive | never``, ``cache: cleanup | mount``."""

from __future__ import annotations

from dockerlint.findings import Withheld


def no_join(joining: str, bytes_won: bool) -> Withheld | None:
    """Why RUNs may not be joined here. `bytes_won`: the join takes bytes out of the image."""
    if joining == "never":
        return Withheld("the configuration says `joining: never`")
    if joining == "bytes-only" and not bytes_won:
        return Withheld("the configuration says `joining: bytes-only`, and no byte is won here")
    return None


def no_cleanup(cache: str) -> Withheld | None:
    """Why a cache may not be cleaned by a command."""
    if cache == "mount":
        return Withheld("the configuration wants cache mounts, which this version does not write yet")
    return None
