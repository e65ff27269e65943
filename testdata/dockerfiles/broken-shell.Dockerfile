FROM debian:12
RUN if true; then echo
RUN echo "open
RUN dd if=/dev/zero of=/t bs=1M count=2
RUN rm /t
