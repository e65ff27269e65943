# check=skip=JSONArgsRecommended
# dockerlint: ignore-file=LAY,IMG
# hadolint global ignore=DL3009,DL3015
FROM debian:12
RUN apt-get update && apt-get install -y less
RUN dd if=/dev/zero of=/pad bs=1M count=4
RUN rm /pad
CMD less
