FROM ubuntu:22.04
RUN apt-get update && apt-get install -y wget unzip
RUN wget -q https://tools.example.org/terraform_1.8.5_linux_amd64.zip
RUN unzip terraform_1.8.5_linux_amd64.zip -d /usr/local/bin
RUN rm terraform_1.8.5_linux_amd64.zip
RUN terraform version
