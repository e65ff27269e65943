"""What the configuration wants of joins: ``joining: bytes-only | consecutive | never``."""

from __future__ import annotations

from dockerlint.findings import Withheld


def no_join(joining: str, bytes_won: bool) -> Withheld | None:
    """Why RUNs may not be joined here. `bytes_won`: the join takes bytes out of the image."""
    if joining == "never":
        return Withheld("the configuration says `joining: never`")
    if joining == "bytes-only" and not bytes_won:
        return Withheld("the configuration says `joining: bytes-only`, and no byte is won here")
    return None
