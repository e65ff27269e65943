FROM debian:12
WORKDIR /srv
RUN cd api && ./configure --prefix=/usr
RUN cd worker && make -j2
# a relative path from the working directory
RUN cp api/out worker/in
RUN (cd api && make) && pwd > /where
