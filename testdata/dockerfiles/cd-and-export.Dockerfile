FROM debian:12
RUN cd /opt && mkdir work && cd work && dd if=/dev/zero of=scratch bs=1M count=5
RUN export MODE=fast; echo "$MODE" > /etc/mode
RUN rm -f /opt/work/scratch
RUN umask 077; touch /etc/secret
