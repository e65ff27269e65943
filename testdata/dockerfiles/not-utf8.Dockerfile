FROM debian:12
RUN echo ÿþ > /bin
RUN dd if=/dev/zero of=/t bs=1M count=2
RUN rm /t
