FROM ubuntu:24.04
# before the update
RUN apt-get update \
    # between the commands
    && apt-get install -y \
# at the margin
        curl \

        # after a blank line
        git \
    && echo ready
# between the instructions
RUN rm -rf /var/lib/apt/lists/*  # not a comment for the builder but one for the shell
# the end
