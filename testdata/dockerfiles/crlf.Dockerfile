FROM debian:12
RUN apt-get update
RUN apt-get install -y \
    curl \
    # why
    git
RUN dd if=/dev/zero of=/t bs=1M count=2
RUN rm /t
