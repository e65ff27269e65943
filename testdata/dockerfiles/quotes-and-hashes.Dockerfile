FROM debian:12
RUN echo "a # b" > /etc/x && echo 'it'"'"'s' >> /etc/x
RUN echo a\ b "c \" d" `uname` $(( 1 + 2 )) ${HOME:-/root}
RUN awk '{ print $1 \
 }' /etc/passwd > /etc/names
RUN printf '%s\n' "line \
continued" && true
CMD echo "done"; exit 0
