FROM debian:12
INSTALL curl
RUN dd if=/dev/zero of=/t bs=1M count=2
RUN rm /t
RUNN false
