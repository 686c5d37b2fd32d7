# The service in two stages: what installs it stays behind.

FROM python:3.13-slim AS wheels
COPY requirements.lock .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin school \
    && install --directory --owner school --mode 0700 /data /backups
COPY --from=wheels /venv /venv
WORKDIR /service
# .dockerignore lets through only what runs.
COPY . .
# Python compiles what it imports; without this each start of a container would compile everything anew.
RUN python -m compileall -q --invalidation-mode unchecked-hash app migrations

LABEL org.opencontainers.image.title="School Network" \
    org.opencontainers.image.description="A register of a municipal education programme" \
    org.opencontainers.image.version="0.2.0" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.documentation="docs/ru/administration.md"

ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SN_DATA=/data \
    SN_HOST=0.0.0.0

USER school
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["python", "-c", \
    "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/live', timeout=2)"]
# What a container prints stays in the log of the machine: no place for a key.
CMD ["python", "-m", "app", "serve", "--first-keys", "/data/first-keys.txt"]
