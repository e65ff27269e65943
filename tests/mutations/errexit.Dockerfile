FROM debian:12
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
RUN apt-get update; apt-get install -y build-essential; gcc --version
RUN cd /usr/src; tar -xf app.tar; cd app; ./configure --prefix=/usr; make; make install
RUN ldconfig
# comment of the last
RUN id app || useradd app; mkdir -p /home/app/data; chmod 700 /home/app/data
USER app
RUN umask 077; mkdir /home/app/.ssh; cp key /home/app/.ssh/
CMD ["app"]
