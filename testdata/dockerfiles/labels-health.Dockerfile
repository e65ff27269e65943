FROM nginx:1.27
LABEL org.opencontainers.image.title="site" \
      org.opencontainers.image.licenses='MIT' maintainer=web@example.com
HEALTHCHECK --interval=30s --timeout=3s \
  CMD curl -f http://localhost/ || exit 1
STOPSIGNAL SIGQUIT
VOLUME ["/var/cache/nginx", "/var/log/nginx"]
EXPOSE 80/tcp 443
