"""joins.py FILE: fix a Dockerfile with the rules that join RUNs, and write it where joins are all that was done."""

from __future__ import annotations

import sys
from pathlib import Path

from dockerlint.edits import Licence
from dockerlint.fixer import fix
from dockerlint.settings import Settings
from dockerlint.source import Source, to_bytes

path = Path(sys.argv[1])
result = fix(Source.from_bytes(path.read_bytes(), str(path)), Settings(select=("LAY001", "LAY003", "LAY004")))
if all(finding.fix is not None and finding.fix.licence == Licence() for finding in result.applied):
    path.write_bytes(to_bytes(result.text))
