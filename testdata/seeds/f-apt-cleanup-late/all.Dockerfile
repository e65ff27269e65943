FROM debian:12
RUN apt-get update
RUN apt-get install -y --no-install-recommends curl
RUN apt-get autoclean
RUN apt-get clean
RUN rm -rf /var/lib/apt/lists/*
