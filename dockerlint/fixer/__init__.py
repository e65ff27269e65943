"""Findings to new text: apply, parse and lint again until nothing changes, each step verified."""

from dockerlint.fixer.loop import FixResult, fix

__all__ = ["FixResult", "fix"]
