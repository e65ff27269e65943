FROM debian:12
RUN true; apt-get update; apt-get install -y curl; echo ready
RUN grep -q '^daemon' /etc/passwd; echo one; echo two
RUN test -d /nope || mkdir /nope
RUN test -e /skip && exit 0; echo generated > /gen
RUN ! grep -q x /etc/shells && echo ok
