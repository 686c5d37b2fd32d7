"""The server that takes writes is lost again and again, and nothing that was confirmed is.

Patroni, etcd and HAProxy run here as processes (`tests/cluster.py`). One service reaches the
database by the proxy, one by the names of all servers. FAILOVERS says how often a server is killed.
"""

import os
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from app.access.roles import Role
from tests.cluster import Cluster, cluster
from tests.holders import issue
from tests.process import Process, command, started
from tests.remote import Patient, Remote, colleague, reached
from tests.scene import Scene, Service, in_letters
from tests.test_mirror import EQUAL, mirroring
from tests.test_outages import Load
from tests.waiting import until

pytestmark = pytest.mark.torture

WRITERS, MIRRORS = 16, 3
TIMES = int(os.environ.get("FAILOVERS", "10"))
AGAIN = 15
"""Seconds after which somebody's write is confirmed again."""


@dataclass
class Served:
    """Two services over one cluster."""

    cluster: Cluster
    service: Service
    bases: tuple[str, str]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("failover")
    with cluster() as whole, ExitStack() as stack:
        with psycopg.connect(whole.url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE school")
        command(folder, whole.url("school"), "migrate")
        command(folder, whole.url("school"), "seed")
        one, other = (
            stack.enter_context(started(Process(folder, address)))
            for address in (whole.url("school"), whole.hosts("school"))
        )
        bases = (one.base, other.base)
        service = stack.enter_context(reached("postgresql", whole.url("school"), folder, *bases))
        yield Served(whole, service, bases)


def test_nothing_confirmed_is_lost_with_the_server_that_took_it(
    served: Served, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    body = Scene(served.service.client).fill(
        {"municipality_id": "$municipality", "first_name": "Яна"}
    )
    key = issue(served.service.database, Role.COORDINATOR)
    files = [tmp_path / f"mirror{number}.db" for number in range(MIRRORS)]
    with ExitStack() as stack:
        for number, file in enumerate(files):
            stack.enter_context(mirroring(served.bases[number % 2], key, file))
        clients = [stack.enter_context(Remote(*served.bases)) for _ in range(2)]
        pool = stack.enter_context(ThreadPoolExecutor(WRITERS))
        loads = [Load(colleague(served.service, client), body) for client in clients]
        working = [pool.submit(loads[n % 2].work, n // 2) for n in range(WRITERS)]
        try:
            waits = [_lost(served, loads, key, body) for _ in range(TIMES)]
            _grown(loads, 100)
        finally:
            for load in loads:
                load.done.set()
        for work in working:
            work.result()
    told = [name for load in loads for name in load.confirmed]
    kept = _kept(served)
    tell(
        f"{TIMES} servers lost, {len(told)} writes confirmed; writes again after "
        + ", ".join(f"{wait:.1f}" for wait in waits)
    )
    assert not set(told) - kept
    assert max(waits) <= AGAIN
    for number, file in enumerate(files):
        _demand_equal(served.bases[number % 2], key, file)


def _lost(served: Served, loads: list[Load], key: str, body: dict[str, object]) -> float:
    """Kill the server that takes writes under load; the seconds until a write is confirmed."""
    served.cluster.await_whole()
    _grown(loads, 50)
    lost = served.cluster.leader()
    lost.kill()
    began = time.monotonic()
    name = in_letters(uuid.uuid4().hex)
    with Patient(*served.bases) as client:
        headers = {"Idempotency-Key": uuid.uuid4().hex, "Authorization": f"Bearer {key}"}
        answer = client.post("/teachers", json=body | {"last_name": name}, headers=headers)
        assert answer.status_code == 201, answer.text
    spent = time.monotonic() - began
    served.cluster.start(lost)
    return spent


def _grown(loads: list[Load], more: int) -> None:
    """Wait until that many more writes are confirmed."""

    def count() -> int:
        return sum(len(load.confirmed) for load in loads)

    before = count()
    until(lambda: count() >= before + more)


def _kept(served: Served) -> set[str]:
    """The last names that the database has."""
    with psycopg.connect(served.cluster.url("school")) as connection:
        return {name for (name,) in connection.execute("SELECT last_name FROM teachers")}


def _demand_equal(base: str, key: str, file: Path) -> None:
    """Let a mirror catch up, and compare it with the service."""
    for word in ("--once", "--verify"):
        with mirroring(base, key, file, word) as process:
            said, _ = process.communicate(timeout=600)
        assert process.returncode == 0, said
    assert EQUAL in said, said
