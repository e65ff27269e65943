FROM debian:bookworm
ARG NGINX_VERSION=1.26.1
RUN apt-get update && apt-get install -y build-essential curl libpcre2-dev zlib1g-dev
WORKDIR /tmp
RUN curl -fsSLO https://nginx.example.org/download/nginx-${NGINX_VERSION}.tar.gz
RUN tar xzf nginx-${NGINX_VERSION}.tar.gz
RUN cd nginx-${NGINX_VERSION} && ./configure --prefix=/opt/nginx && make -j4 && make install
RUN rm -rf /tmp/nginx-*
RUN apt-get purge -y build-essential && apt-get autoremove -y && apt-get clean && rm -rf /var/lib/apt/lists/*
CMD ["/opt/nginx/sbin/nginx", "-g", "daemon off;"]
