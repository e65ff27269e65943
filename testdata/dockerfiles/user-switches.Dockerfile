FROM jenkins/jenkins:lts
USER root
RUN apt-get update
RUN apt-get install -y docker.io
USER jenkins
RUN jenkins-plugin-cli --plugins git
USER root
RUN rm -rf /var/lib/apt/lists/*
USER jenkins
