ARG BASE=debian:12
FROM ${BASE} AS base
RUN apt-get update
RUN apt-get install -y curl
FROM base AS build
RUN apt-get install -y gcc
RUN make
RUN make install DESTDIR=/out
FROM base
COPY --from=build --chown=1000:1000 /out /
RUN rm -rf /var/lib/apt/lists/*
