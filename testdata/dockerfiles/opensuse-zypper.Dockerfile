FROM opensuse/leap:15.6
RUN zypper --non-interactive install gcc make
RUN zypper clean --all
