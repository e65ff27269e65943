FROM python:3.11-slim

# psycopg needs a compiler
RUN apt-get update
RUN apt-get install -y gcc libpq-dev
COPY requirements.txt /tmp/requirements.txt
RUN pip install -r /tmp/requirements.txt
RUN apt-get remove -y gcc && apt-get autoremove -y
RUN rm -rf /var/lib/apt/lists/*

COPY . /srv
WORKDIR /srv
CMD ["gunicorn", "shop.wsgi"]
