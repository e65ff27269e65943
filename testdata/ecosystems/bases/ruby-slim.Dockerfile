# stands in for ruby:3.1-slim
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates ruby ruby-bundler \
    && rm -rf /var/lib/apt/lists/* && mkdir -m 1777 /usr/local/bundle
ENV GEM_HOME=/usr/local/bundle BUNDLE_APP_CONFIG=/usr/local/bundle BUNDLE_SILENCE_ROOT_WARNING=1 \
    PATH=/usr/local/bundle/bin:$PATH
CMD ["irb"]
