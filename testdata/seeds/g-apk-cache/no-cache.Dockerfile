FROM alpine:3.20
RUN apk -U --no-cache add git
