FROM debian:12
ENV ROOT=/srv/data NAME=blob
ARG EXT=bin
WORKDIR $ROOT
RUN dd if=/dev/zero of=$ROOT/$NAME.$EXT bs=1000 count=4000
RUN rm ${ROOT}/${NAME}.${EXT:-bin}
WORKDIR sub
RUN touch ../note
RUN rm ../note
