"""Python that a RUN runs → plain outcomes. libcst lives here alone and is imported on first use."""
