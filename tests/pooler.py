"""A pooler for the tests: PgBouncer in transaction mode in front of a PostgreSQL of theirs."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.postgres import free_port

PROGRAM = "TEST_PGBOUNCER"
"""Names another PgBouncer than the system's."""

STARTS = 20
"""Seconds that it may take to answer."""


def program() -> str:
    """PgBouncer's program; without one the test is skipped."""
    named = os.environ.get(PROGRAM) or shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    if not Path(named).exists():
        pytest.skip("PgBouncer is not here (Debian: apt install pgbouncer)")
    return named


def prepares() -> bool:
    """Whether this PgBouncer carries prepared statements: it does since 1.21."""
    told = subprocess.check_output([program(), "--version"], text=True).split()[1]
    return tuple(map(int, told.split(".")[:2])) >= (1, 21)


@contextmanager
def pooled(url: str, *, size: int, prepared: bool = False) -> Iterator[str]:
    """Lend the URL of a database behind a pooler with so many connections to it."""
    place, port, account = urlsplit(url), free_port(), None
    if not os.geteuid():  # it refuses to be root
        account = pwd.getpwnam("nobody")
    folder = Path(tempfile.mkdtemp(prefix="pooler-", dir="/tmp"))
    (folder / "users").write_text(f'"{place.username}" "{place.password}"\n')
    (folder / "ini").write_text(
        f"""
[databases]
* = host={place.hostname} port={place.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users
pool_mode = transaction
server_round_robin = 1
default_pool_size = {size}
max_client_conn = 500
logfile = {folder}/log
{"max_prepared_statements = 200" if prepared else ""}
"""
    )
    for path in (folder, *folder.iterdir()):
        if account:
            os.chown(path, account.pw_uid, account.pw_gid)
    process = subprocess.Popen(
        [program(), "--quiet", str(folder / "ini")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )
    netloc = f"{place.username}:{place.password}@127.0.0.1:{port}"
    try:
        address = place._replace(netloc=netloc).geturl()
        _await(address, folder / "log")
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        shutil.rmtree(folder)


def _await(address: str, log: Path) -> None:
    deadline = time.monotonic() + STARTS
    while not _answers(address):
        assert time.monotonic() < deadline, log.read_text()[-2000:]
        time.sleep(0.05)


def _answers(address: str) -> bool:
    try:
        psycopg.connect(address).close()
    except psycopg.OperationalError:
        return False
    return True
