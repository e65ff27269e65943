FROM registry.access.redhat.com/ubi9/ubi-minimal:9.4
RUN microdnf install -y shadow-utils tar gzip \
    && microdnf clean all
RUN groupadd -g 1001 app && useradd -u 1001 -g app app
USER 1001
