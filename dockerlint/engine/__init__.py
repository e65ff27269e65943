"""Files and rules → findings: selection, dispatch, suppressions, sorting, parallel runs."""

from dockerlint.engine.batch import FileResult, check_file, check_paths, check_read, context_of
from dockerlint.engine.run import FileError, Inspection, check_source, inspect

__all__ = [
    "FileError",
    "FileResult",
    "Inspection",
    "check_file",
    "check_paths",
    "check_read",
    "check_source",
    "context_of",
    "inspect",
]
