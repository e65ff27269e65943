FROM busybox
RUN mkdir -p /tmp/foo \
    && dd if=/dev/zero of=/tmp/foo/bar bs=1M count=100 \
    && rm /tmp/foo/bar
