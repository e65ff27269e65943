FROM debian:12
# dockerlint: ignore=apt-lists-left-behind,PKG002 lists are wanted at run time
RUN apt-get update && apt-get install -y apt-file
# hadolint ignore=DL3042
RUN pip install httpie
RUN dd if=/dev/zero of=/pad bs=1M count=4
# dockerlint: ignore=removed-in-later-layer
RUN rm /pad
