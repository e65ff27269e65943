# stands in for python:3.11-slim-bookworm
FROM debian:bookworm-slim
# A virtual environment in /usr/local has its packages where the published image has them.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates python3 python3-venv \
    && rm -rf /var/lib/apt/lists/* \
    && python3 -m venv /usr/local \
    && /usr/local/bin/pip install --no-cache-dir --cert /etc/ssl/certs/ca-certificates.crt wheel \
    && printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n' > /etc/pip.conf
ENV LANG=C.UTF-8 PYTHON_VERSION=3.11.2
CMD ["python3"]
