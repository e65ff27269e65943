FROM debian:12
ARG DEBUG=0
RUN if [ "$DEBUG" = 1 ]; then apt-get update && apt-get install -y gdb; else echo no; fi
RUN apt-get update && apt-get install -y curl || true
RUN for p in git jq; do apt-get install -y $p; done
RUN rm -rf /var/lib/apt/lists/*
