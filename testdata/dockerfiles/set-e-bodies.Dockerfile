FROM debian:12
RUN set -eux; apt-get update; apt-get install -y jq; rm -rf /var/lib/apt/lists/*
RUN set -ex \
 && mkdir -p /opt/data \
 && dd if=/dev/zero of=/opt/data/blob bs=1M count=20
RUN set -e; rm /opt/data/blob; echo done
