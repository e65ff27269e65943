# stands in for rust:1.63
FROM debian:bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends build-essential ca-certificates cargo curl git rustc \
    && rm -rf /var/lib/apt/lists/*
ENV CARGO_HOME=/usr/local/cargo PATH=/usr/local/cargo/bin:$PATH
