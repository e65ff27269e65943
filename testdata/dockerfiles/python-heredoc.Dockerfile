# syntax=docker/dockerfile:1
FROM python:3.12-alpine
RUN <<EOF
set -e
apk add --no-cache build-base
pip install --no-cache-dir cython
apk del build-base
EOF
RUN python3 <<'PY'
import pathlib
pathlib.Path("/etc/stamp").write_text("built\n")
PY
CMD ["python"]
