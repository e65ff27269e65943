# escape=`
FROM debian:12
MAINTAINER someone
RUN dd if=/dev/zero of=/t bs=1M count=2 `
  && true
RUN rm /t