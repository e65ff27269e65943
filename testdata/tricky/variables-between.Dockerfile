FROM debian:12
ARG VERSION=1
RUN echo $VERSION > /a
RUN echo b > /b
ENV COLOR=red
RUN echo $COLOR > /c
RUN export COLOR=blue && echo $COLOR > /d
RUN echo $COLOR > /e
USER nobody
RUN id > /tmp/f
RUN id > /tmp/g
WORKDIR /srv
RUN touch h
RUN touch i
