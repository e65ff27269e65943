FROM node:20-slim
RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*
RUN git clone --depth 1 https://git.example.org/team/site.git /site
RUN cd /site && npm ci && npm run build && cp -r dist /srv/site
RUN rm -rf /site
CMD ["npx", "serve", "/srv/site"]
