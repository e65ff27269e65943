FROM ubuntu:trusty
ENV VER 7.2.3
RUN apt update \
    && apt install wget make gcc -y \
    && wget https://download.redis.io/releases/redis-$VER.tar.gz \
    && tar zxvf redis-$VER.tar.gz \
    && rm -rf /var/lib/apt/lists/*
WORKDIR redis-$VER
RUN make \
    && mkdir /usr/local/redis \
    && make install PREFIX=/usr/local/redis \
    && apt-get clean && apt-get remove -y wget gcc make
CMD ["/usr/local/redis/bin/redis-server"]
