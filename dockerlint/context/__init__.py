"""A folder → what COPY and ADD would take from it. The only file reader that rules can reach."""

from dockerlint.context.folder import Context, Entry, Taken

__all__ = ["Context", "Entry", "Taken"]
