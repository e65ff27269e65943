FROM debian:12
RUN dd if=/dev/zero of=/big bs=1MB count=100
RUN rm /big
CMD ["bash"]
