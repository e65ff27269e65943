# syntax=docker/dockerfile:1
# A file that has one of everything that a careless rewrite may lose.
ARG VERSION=1.2
FROM golang:1.22 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod --network=default go mod download && go version
COPY . .
RUN cd cmd/app && go build -o /out/app . && strip /out/app
RUN (cd tools && make all) && make -C tools install
RUN set -e; go vet ./...; go test ./...; rm -rf /tmp/test
RUN if [ -f extra.sh ]; then sh extra.sh; else touch /out/none; fi
RUN for arch in amd64 arm64; do GOARCH=$arch go build -o /out/app-$arch .; done
RUN go list ./... | grep -v vendor | sort > /out/list.txt && wc -l < /out/list.txt
RUN test -s /out/list.txt || exit 1

FROM debian:12-slim AS base
ENV LANG=C.UTF-8 APP_HOME="/opt/my app"
# hadolint ignore=DL3008
RUN apt-get update \
    # needed for health checks
    && apt-get install -y --no-install-recommends ca-certificates curl \
    && rm -rf /var/lib/apt/lists/*
RUN umask 027 && mkdir -p "$APP_HOME" && chmod 750 "$APP_HOME"
RUN { curl -fsSL https://example.org/a || wget -qO- https://example.org/a; } > /tmp/a && sha256sum /tmp/a
RUN export KEY="$(cat /tmp/a)" && printf '%s\n' "$KEY" >> /etc/app.conf 2>/dev/null; test -s /etc/app.conf
RUN useradd --system app # the service's account
RUN chown -R app:app /etc/app.conf && ls *.conf > /dev/null
COPY <<CONF /etc/app.d/main.conf
user = app
	indented = yes
CONF
RUN <<'SCRIPT'
set -eu
echo "$HOME" > /home.txt
mkdir -p /var/app
SCRIPT
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN curl -fsSL https://example.org/b | tar -xz -C /opt && ! test -e /opt/bad
RUN case "$LANG" in C*) echo c;; *) echo other;; esac && while read -r l; do echo "$l"; done < /etc/hostname
ONBUILD RUN make all

FROM base
MAINTAINER Jo Doe <jo@example.org>
LABEL org.example.tier="web" org.example.team=core
COPY --from=build --chown=app:app /out/app /usr/local/bin/app
ADD https://example.org/c.tar.gz /opt/c/
VOLUME ["/data"]
EXPOSE 8080 9090/udp
USER app
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s CMD curl -f http://localhost:8080/ || exit 1
RUN echo one
RUN echo two && echo three
WORKDIR /data
RUN echo four
ENTRYPOINT ["app", "serve"]
CMD ["--port", "8080"]
