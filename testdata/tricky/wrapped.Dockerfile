FROM ubuntu:24.04
RUN sudo apt-get update && sudo -E apt-get install -y git
RUN sh -c "apt-get update && apt-get install -y jq"
RUN env DEBIAN_FRONTEND=noninteractive apt-get install -y tzdata
RUN su - www-data -s /bin/sh -c 'pip install --user x'
RUN xargs apt-get install -y < /packages.txt
RUN time nice -n 5 apt-get clean
