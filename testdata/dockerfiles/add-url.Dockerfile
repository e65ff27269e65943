FROM busybox:1.36
ADD https://files.example.org/data.tar.gz /data/
RUN tar -xzf /data/data.tar.gz -C /data && rm /data/data.tar.gz
