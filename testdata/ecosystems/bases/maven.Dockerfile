# stands in for maven:3.8-eclipse-temurin-17
FROM debian:bookworm
# Debian's plugins are the repository that Maven asks.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl git maven maven-debian-helper openjdk-17-jdk-headless \
    && rm -rf /var/lib/apt/lists/* \
    && mkdir -p /opt/java && ln -s /usr/lib/jvm/java-17-openjdk-amd64 /opt/java/openjdk \
    && sed -i 's#<mirrors>#<mirrors><mirror><id>debian</id><mirrorOf>*</mirrorOf><url>file:///usr/share/maven-repo</url></mirror>#' \
       /etc/maven/settings.xml
ENV JAVA_HOME=/opt/java/openjdk PATH=/opt/java/openjdk/bin:$PATH
CMD ["mvn"]
