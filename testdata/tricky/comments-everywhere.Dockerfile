# the first line
FROM debian:12 # not a comment
# before
RUN apt-get update && \
    # one: for the health check
    apt-get install -y \
      curl \
      # two: roots

      ca-certificates
    # indented between
RUN useradd -u 1000 app  # in the shell's own way
# hadolint ignore=DL3059
RUN mkdir /data
# after the pragma
RUN echo '# no comment' > /x
RUN echo "#neither" >> /x
# the last line