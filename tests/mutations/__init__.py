"""Deliberate wrong rewrites of a Dockerfile, of many kinds.

Each is wrong by construction: what might change nothing is left out.
"""

from mutations import commands, copies, instructions, joins, layout, shell
from mutations.core import MUTATORS, wrong

__all__ = ["MUTATORS", "commands", "copies", "instructions", "joins", "layout", "shell", "wrong"]
