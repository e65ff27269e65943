FROM debian:12
LABEL org.opencontainers.image.authors="ann@example.org"
RUN dd if=/dev/zero of=/big bs=1MB count=100 \
 # why
 && true \
 && rm /big
