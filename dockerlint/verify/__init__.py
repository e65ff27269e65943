"""The gate between the fixer and the disk: whether a changed text still runs the same commands in the same state."""

from dockerlint.verify.gate import verify
from dockerlint.verify.verdict import Verdict

__all__ = ["Verdict", "verify"]
