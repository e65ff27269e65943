# escape=`
FROM debian:12
RUN apt-get update `
  && apt-get install -y curl
# why
RUN cd /srv && make
RUN make install
ENV A="b c"
CMD ["a"]
