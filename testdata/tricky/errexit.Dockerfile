FROM debian:12
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
RUN curl -fsSL https://example.com/a.tgz | tar xz -C /opt; ls /opt
RUN false || echo kept; echo more
RUN apt-get update; apt-get install -y jq
RUN rm -rf /var/lib/apt/lists/*
