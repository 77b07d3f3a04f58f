# TF2 Lab in a container: slim, an ordinary user, a root file system that may be read-only, one volume (/data).
# docs/hosting.md says how to run it; tests/test_image.py runs what stands here, without Docker.
FROM python:3.12-slim-bookworm

WORKDIR /app
COPY requirements.lock ./
# On x86-64 there is a TensorFlow without the parts for GPUs: 0.6 GB less on disk, 90 MB less in memory.
RUN if [ "$(uname -m)" = x86_64 ]; then sed -i 's/^tensorflow==/tensorflow-cpu==/' requirements.lock; fi
RUN pip install --no-cache-dir --disable-pip-version-check -r requirements.lock

COPY . ./
# Compiled here, because the root file system may be read-only later.
RUN python -m compileall -q app.py lib pages

RUN mkdir /data && chown 1000:1000 /data
ENV HOME=/data \
    TF2LAB_HOME=/data \
    TF2LAB_LOG=json \
    TF_CPP_MIN_LOG_LEVEL=3 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    STREAMLIT_SERVER_HEADLESS=true \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    PORT=8501
USER 1000:1000
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
    CMD python -c "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/' + (os.environ.get('STREAMLIT_SERVER_BASE_URL_PATH', '') + '/healthz').lstrip('/'), timeout=5)"
# exec: the server itself gets the signal to end.
CMD ["sh", "-c", "exec streamlit run app.py --server.port=\"$PORT\""]
