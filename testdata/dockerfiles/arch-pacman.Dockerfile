FROM archlinux:base-devel
RUN pacman -Syu --noconfirm git
RUN pacman -Scc --noconfirm
