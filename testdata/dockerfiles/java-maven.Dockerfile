FROM maven:3.9-eclipse-temurin-21
COPY . /build
WORKDIR /build
RUN mvn -B package
RUN mv target/app.jar /app.jar
RUN rm -rf /build
CMD ["java", "-jar", "/app.jar"]
