FROM alpine:latest
RUN apk update
RUN apk add bash curl
RUN rm -rf /var/cache/apk/*
ENTRYPOINT ["bash"]
