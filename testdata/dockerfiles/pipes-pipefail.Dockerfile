FROM debian:12-slim
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN apt-get update && apt-get install -y curl gnupg
RUN curl -fsSL https://keys.example.org/key.asc | gpg --dearmor -o /usr/share/keyrings/example.gpg
SHELL ["/bin/sh", "-c"]
RUN echo "deb [signed-by=/usr/share/keyrings/example.gpg] https://apt.example.org stable main" > /etc/apt/sources.list.d/example.list
RUN apt-get update && apt-get install -y example
