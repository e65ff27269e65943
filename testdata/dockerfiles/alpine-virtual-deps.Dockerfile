FROM alpine:3.20
RUN apk add --no-cache --virtual .build gcc musl-dev make
COPY . /src
RUN make -C /src install
RUN apk del .build
RUN rm -rf /src
CMD ["tool"]
