FROM ubuntu:20.04
ENV DEBIAN_FRONTEND noninteractive
RUN apt-get update && apt-get -y upgrade && apt-get -y dist-upgrade
RUN apt-get -y --no-install-recommends install ca-certificates
RUN apt-get autoremove -y && apt-get clean
