# syntax=docker/dockerfile:1
FROM debian:12
RUN --network=none echo a
RUN --network=none echo b
RUN --network=none echo c
RUN --mount=type=cache,target=/root/.cache/pip pip install x
RUN --mount=type=secret,id=token,required=true cat /run/secrets/token > /dev/null
RUN --security=insecure echo d
RUN echo e
RUN --mount=type=tmpfs,target=/scratch touch /scratch/f
RUN --mount=type=tmpfs,target=/scratch ls /scratch
