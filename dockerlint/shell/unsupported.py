"""What a body that cannot be followed raises while it is read; `parse` turns it into an opaque body."""

from __future__ import annotations


class Unsupported(Exception):
    """The message names the construct. Never leaves `shell/`."""
