FROM debian:12
RUN printf 'first\n\
EOF\n\
third' > /a
RUN echo 'it'"'"'s' > /b && echo "x \
   y" > /c
RUN awk '{print $1 \
}' /etc/passwd > /d
RUN echo "a && b; c || d # e" > /f
RUN sed -e 's/&&/;/' \
        -e "s|#|&|" /f > /g
