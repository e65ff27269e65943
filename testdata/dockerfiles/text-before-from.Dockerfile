hello
RUN echo too early
FROM debian:12
RUN true
