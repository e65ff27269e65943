FROM fedora:40
RUN dnf install -y git vim-enhanced && dnf clean all && rm -rf /var/cache/dnf
RUN useradd -m dev
USER dev
WORKDIR /home/dev
