"""What a body that cannot be followed raises while it is read; `parse` turns it into an opaque body."""

from __future__ import annotations


class Unsupported(Exception):
    """The message names the construct. Never leaves `shell/`."""


SYNTAX_ERROR = "syntax error"
"""The message when it is the grammar that refuses the text."""
