FROM debian:12
RUN echo a;
RUN echo b ;
RUN echo c &
RUN { echo d; }
RUN (echo e);
RUN if true; then echo f; fi;
RUN echo g \

RUN echo h