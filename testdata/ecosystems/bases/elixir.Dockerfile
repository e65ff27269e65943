# stands in for elixir:1.14
FROM debian:bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends build-essential ca-certificates curl elixir erlang-base erlang-dev \
       erlang-crypto erlang-parsetools erlang-runtime-tools git \
    && rm -rf /var/lib/apt/lists/*
ENV LANG=C.UTF-8
CMD ["iex"]
