"""Bytes as people read them; the rules' messages use the same words."""

from dockerlint.amounts import cost, human, plural

__all__ = ["cost", "human", "plural"]
