FROM debian:12
RUN say() { echo "$1" >> /log; }; say hello
RUN type say || echo gone
RUN trap 'rm -f /tmp/lock' EXIT; touch /tmp/lock; echo busy
RUN test ! -e /tmp/lock
RUN umask 027 && touch /private
RUN touch /public
