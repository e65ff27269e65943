FROM alpine:3.20
RUN dd if=/dev/zero of=/t bs=1M count=2
RUN rm /t