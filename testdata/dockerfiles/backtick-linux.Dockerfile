# escape=`
FROM debian:12
RUN apt-get update `
 # a comment
 && apt-get install -y curl `
    git
RUN dd if=/dev/zero of=/t bs=1M count=2
RUN rm /t
