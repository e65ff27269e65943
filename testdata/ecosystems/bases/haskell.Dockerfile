# stands in for haskell:9.4
FROM debian:bookworm
# An empty folder is the package index, so that `cabal update` has one to read.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates cabal-install ghc \
    && rm -rf /var/lib/apt/lists/* \
    && mkdir -p /root/.cabal /opt/packages \
    && printf 'repository local\n  url: file+noindex:///opt/packages\n' > /root/.cabal/config
ENV LANG=C.UTF-8
CMD ["ghci"]
