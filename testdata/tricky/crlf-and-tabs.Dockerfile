FROM debian:12
MAINTAINER Jo "The D" <j@x.y>
RUN apt-get update &&\
	apt-get install -y curl
# one
RUN curl -o /x https://example.com/x

RUN	rm /x
