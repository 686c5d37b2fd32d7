"""The cost of a single write: confirmed writes a second by 8 clients, beside the disk and COMMIT.

    .venv/bin/python -m bench.writing [--database-url postgresql://…] [--pgbench PATH] [--workers 2]

The service runs as a process of its own. Clients in another process send PUTs by key over
connections that stay open; each write has its entries in journal, trail and feed. In turns with
it are measured: fsync of one page in the same folder, and on PostgreSQL pgbench with 8 clients
that insert one row and commit.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from bench.municipality import municipality

CLIENTS, SECONDS, ROUNDS = 8, 5, 5
PORT = 8765
"""Where the measured service listens."""


def main() -> None:
    """Serve a municipality of size S and write into it."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--pgbench", default="pgbench", help="default: the one on the path")
    parser.add_argument("--workers", default="2", help="processes that serve; default: 2")
    said, _ = parser.parse_known_args()
    with municipality(__doc__, parser) as (settings, key):
        environment = os.environ | {
            "SN_DATA": str(settings.data),
            "SN_DATABASE_URL": settings.database_url,
            "SN_PORT": str(PORT),
            "SN_LOG": "off",
            "SN_WORKERS": said.workers,
        }
        service = subprocess.Popen([sys.executable, "-m", "app", "serve"], env=environment)
        try:
            measure(key, settings.data, settings.database_url, said.pgbench)
        finally:
            service.terminate()
            service.wait()


def measure(key: str, folder: Path, url: str, pgbench: str) -> None:
    """Print the rates and their ratios."""
    home = first_of(key, "organizations")["municipality_id"]
    rounds = []
    for _ in range(ROUNDS):
        with multiprocessing.Pool(1) as other:
            written = other.apply(written_a_second, (key, home))
        rounds.append((written, fsyncs_a_second(folder), bare_a_second(pgbench, url)))
    written, synced, bare = (statistics.median(each) for each in zip(*rounds, strict=True))
    lowest = min(each for each, _, _ in rounds)
    print(f"writes a second, {CLIENTS} clients: {written:.0f}, in the slowest round {lowest:.0f}")
    print(f"fsync of a page alone: {synced:.0f}; ratio {written / synced:.3f}")
    if bare:
        ratio = statistics.median(one / other for one, _, other in rounds)
        print(f"pgbench, one row and COMMIT, {CLIENTS} clients: {bare:.0f}; ratio {ratio:.2f}")


def first_of(key: str, collection: str) -> Any:
    """Wait until the service answers; returns a record."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return json.loads(request(connect(), "GET", f"/{collection}?limit=1", key))["items"][0]
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def written_a_second(key: str, home: str) -> float:
    """Confirmed writes a second by all clients together."""
    body = json.dumps({"municipality_id": home, "last_name": "Мерова", "first_name": "Анна"})

    def write(_: int) -> int:
        connection, count = connect(), 0
        while time.perf_counter() < end:
            path = f"/teachers/by-key/bench/{uuid.uuid4().hex}"
            request(connection, "PUT", path, key, body)
            count += 1
        return count

    start = time.perf_counter()
    end = start + SECONDS
    with ThreadPoolExecutor(CLIENTS) as pool:
        count = sum(pool.map(write, range(CLIENTS)))
    return count / (time.perf_counter() - start)


def connect() -> http.client.HTTPConnection:
    """A connection to the service that stays open."""
    return http.client.HTTPConnection("127.0.0.1", PORT)


def request(
    connection: http.client.HTTPConnection, method: str, path: str, key: str, body: str = ""
) -> bytes:
    """The body of an answer, which must be a success."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection.request(method, f"/api/v1{path}", body.encode() or None, headers)
    answer = connection.getresponse()
    said = answer.read()
    assert answer.status < http.client.BAD_REQUEST, said  # noqa: S101 - the run is void else
    return said


def fsyncs_a_second(folder: Path) -> float:
    """How many times a second the disk confirms one page."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        start, count = time.perf_counter(), 0
        while (spent := time.perf_counter() - start) < 1:
            os.pwrite(file.fileno(), bytes(8192), 0)
            os.fdatasync(file.fileno())
            count += 1
    return count / spent


def bare_a_second(pgbench: str, url: str) -> float:
    """Transactions of one row a second by pgbench; 0 on SQLite, which has one writer."""
    if not urlsplit(url).scheme.startswith("postgres"):
        return 0
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bench_rows (id uuid PRIMARY KEY, said text)")
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write("INSERT INTO bench_rows VALUES (gen_random_uuid(), repeat('x', 200));\n")
        script.flush()
        words = ["-n", "-M", "prepared", "-c", str(CLIENTS), "-T", str(SECONDS)]
        done = subprocess.run(  # noqa: S603 - the measurer names the program
            [pgbench, *words, "-f", script.name, url], capture_output=True, text=True, check=True
        )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE bench_rows")
    return float(re.findall(r"tps = ([0-9.]+)", done.stdout)[-1])


if __name__ == "__main__":
    main()
