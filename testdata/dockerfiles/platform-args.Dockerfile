# syntax=docker/dockerfile:1
FROM --platform=$BUILDPLATFORM golang:1.22 AS xbuild
ARG TARGETOS TARGETARCH
WORKDIR /src
COPY --link . .
RUN --mount=target=/root/.cache,type=cache GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /bin/app .
FROM gcr.io/distroless/static:nonroot
COPY --link --from=xbuild /bin/app /app
ENTRYPOINT ["/app"]
