"""Python in a RUN or in the context → effects and imports. libcst lives here alone and is imported on first use."""
