FROM debian:12
run echo a
RuN echo b
RUN ["echo", "c"]
RUN echo d
RUN
RUNX echo e
RUN echo f
HEALTHCHECK --interval=5s CMD curl -f http://localhost || exit 1
CMD echo $HOME && exec top
