FROM continuumio/miniconda3
COPY environment.yml .
RUN conda env create -f environment.yml
RUN conda clean -afy
SHELL ["conda", "run", "-n", "model", "/bin/bash", "-c"]
RUN python -c "import numpy"
ENTRYPOINT ["conda", "run", "-n", "model", "python", "serve.py"]
