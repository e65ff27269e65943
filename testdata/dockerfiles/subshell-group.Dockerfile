FROM alpine:3.20
RUN ( cd /tmp && dd if=/dev/zero of=junk bs=1k count=512 )
RUN { rm /tmp/junk; } && echo gone
RUN if [ -f /etc/motd ]; then rm /etc/motd; else :; fi
RUN for n in 1 2 3; do echo $n >> /etc/numbers; done
RUN case "$(uname -m)" in x86_64) echo amd64 ;; *) echo other ;; esac > /etc/arch
