FROM python:3.12
RUN pip install --upgrade pip
RUN pip install torch==2.1 -f https://example.com/x numpy --no-deps
RUN pip install -r requirements.txt --no-cache-dir
RUN python -m pip install --target /opt "flask[async]>=2,<3" 'x @ git+https://example.com/x'
RUN pip install \
      # the newest
      a \
      b
