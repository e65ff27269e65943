FROM node:20
WORKDIR /usr/src/app
COPY package*.json ./
RUN npm install
COPY . .
RUN npm run build
RUN rm -rf node_modules
RUN npm install --production
EXPOSE 8080
CMD [ "node", "dist/server.js" ]
