FROM debian:12
RUN dd if=/dev/zero of=/big bs=1MB count=100 \
    && rm /big
CMD ["bash"]
