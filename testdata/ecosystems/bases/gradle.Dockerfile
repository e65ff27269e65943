# stands in for gradle:8.5-jdk17
FROM debian:bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates gradle openjdk-17-jdk-headless unzip \
    && rm -rf /var/lib/apt/lists/* \
    && mkdir -p /opt/java && ln -s /usr/lib/jvm/java-17-openjdk-amd64 /opt/java/openjdk \
    && useradd --create-home --shell /bin/bash gradle && mkdir /home/gradle/.gradle
ENV JAVA_HOME=/opt/java/openjdk PATH=/opt/java/openjdk/bin:$PATH
WORKDIR /home/gradle
CMD ["gradle"]
