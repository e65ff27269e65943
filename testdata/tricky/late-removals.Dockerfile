FROM debian:12
WORKDIR /build
RUN wget https://example.com/src-1.0.tar.gz
# unpack it
RUN tar xzf src-1.0.tar.gz
RUN cd src-1.0 && ./configure && make && make install
RUN rm -rf src-1.0 src-1.0.tar.gz
COPY *.deb /tmp/
RUN dpkg -i /tmp/*.deb && rm /tmp/*.deb
