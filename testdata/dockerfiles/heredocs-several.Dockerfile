# syntax=docker/dockerfile:1
FROM debian:12-slim
COPY <<one.conf <<two.conf /etc/app/
[one]
key = $VALUE
one.conf
[two]
two.conf
RUN <<-EOT
	apt-get update
	apt-get install -y curl
	EOT
RUN cat <<'A' > /etc/a && cat <<B > /etc/b
# not a comment of the Dockerfile
literal $HOME
A
expanded $HOME
B
COPY --chmod=0755 <<"run.sh" /usr/local/bin/run.sh
#!/bin/sh
exec app "$@"
run.sh
CMD ["run.sh"]
