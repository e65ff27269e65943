FROM debian:12
RUN	apt-get update \
	&&	apt-get install -y \
		curl	\
		wget
	RUN	dd if=/dev/zero of=/big bs=1M count=1
	RUN rm	/big
