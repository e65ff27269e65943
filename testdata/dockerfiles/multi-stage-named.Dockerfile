ARG BASE=debian:12-slim
FROM ${BASE} AS base
RUN groupadd -r app

FROM base AS tools
RUN apt-get update && apt-get install -y make
RUN dd if=/dev/zero of=/tmp/work bs=1M count=3
RUN rm /tmp/work

FROM tools AS test
COPY . /src
RUN make -C /src test

FROM base
COPY --from=tools /usr/bin/make /usr/bin/
COPY --from=alpine:3.20 /etc/alpine-release /etc/
USER app
