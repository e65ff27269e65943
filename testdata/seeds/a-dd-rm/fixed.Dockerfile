FROM ubuntu
ENV DEBIAN_FRONTEND=noninteractive
EXPOSE 22
RUN dd if=/dev/zero of=100M.bin count=1 bs=100MB \
    && dd if=/dev/zero of=10M.bin count=1 bs=10MB \
    && rm 100M.bin
CMD ["bash"]
