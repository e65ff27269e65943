RUN apt-get update
CMD true
