FROM node:22-slim
ONBUILD COPY package.json /app/
ONBUILD RUN cd /app && npm install
ONBUILD RUN rm -rf /root/.npm
ONBUILD RUN apt-get update && apt-get install -y curl
