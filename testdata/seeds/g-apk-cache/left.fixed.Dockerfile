FROM alpine:3.20
RUN apk -U add git && rm -rf /var/cache/apk/*
