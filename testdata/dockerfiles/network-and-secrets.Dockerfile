# syntax=docker/dockerfile:1
FROM python:3.12-slim
RUN --mount=type=secret,id=netrc,target=/root/.netrc pip install -r https://private.example.org/req.txt
RUN --network=none python -m compileall /usr/local/lib
RUN --security=insecure true
RUN rm -rf /root/.cache/pip
