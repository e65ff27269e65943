FROM alpine:3.20
RUN ["apk", "add", "curl"]
RUN ["/bin/sh", "-c", "dd if=/dev/zero of=/x bs=1M count=2"]
RUN ["rm", "/x"]
CMD ["sh", "-c", "echo \"hello\" $0"]
