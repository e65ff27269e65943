# syntax=docker/dockerfile:1
FROM debian:12
RUN <<EOF
apt-get update
apt-get install -y curl
EOF
RUN <<-"END" bash -e
	set -x
	apt-get update
	END
RUN cat <<ONE > /one && cat <<TWO > /two
RUN rm /not/a/command
ONE
# not a comment of ours
TWO
RUN python3 - <<'PY'
print("# nor this")
PY
COPY <<a.conf <<b.conf /etc/
x=1
a.conf
y=2
b.conf
RUN echo "EOF
" > /f
RUN echo g
