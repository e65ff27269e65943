# stands in for ruby:3.1
FROM debian:bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends build-essential ca-certificates curl git ruby ruby-bundler ruby-dev \
    && rm -rf /var/lib/apt/lists/* && mkdir -m 1777 /usr/local/bundle
ENV GEM_HOME=/usr/local/bundle BUNDLE_APP_CONFIG=/usr/local/bundle BUNDLE_SILENCE_ROOT_WARNING=1 \
    PATH=/usr/local/bundle/bin:$PATH
CMD ["irb"]
