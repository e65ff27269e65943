FROM debian:12
RUN apt-get update || true
RUN apt-get install -y nano || apt-get install -y vim-tiny
RUN rm -rf /var/lib/apt/lists/* || true; echo cleaned
