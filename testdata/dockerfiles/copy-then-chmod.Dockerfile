FROM debian:12-slim
COPY bin/agent /usr/local/bin/agent
RUN chmod 755 /usr/local/bin/agent
COPY etc/ /etc/agent/
RUN chown -R nobody:nogroup /etc/agent
RUN sed -i 's/debug/info/' /etc/agent/agent.conf
USER nobody
ENTRYPOINT ["agent"]
