"""One frozen process of a PostgreSQL that answers costs its own request alone (R13)."""

import os
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.database.cables import UNLIMITED, Cables
from app.database.engines import postgresql_engine
from tests.postgres import Postgres, Server
from tests.process import Process
from tests.test_frozen import WAITING, Place, asking, refused
from tests.waiting import until

pytestmark = pytest.mark.long

SILENT = "2"
"""Seconds, in the place of the product's 65."""

PIDS = WAITING.replace("count(*)", "array_agg(pid)")
IDLE = """SELECT array_agg(pid) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND state = 'idle' AND pid <> pg_backend_pid()"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("silent")
    with pytest.MonkeyPatch.context() as patch, Postgres() as postgres:
        patch.setenv("SILENT", SILENT)
        process = Process(folder, url := postgres.create("silent"), ("tests.impatient",))
        try:
            process.start()
            with asking(postgres, process, url, folder) as place:
                yield place
        finally:
            process.kill()


@contextmanager
def stopped(pids: list[int]) -> Iterator[None]:
    """Let some processes of the server not go on."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def waiting_for_a_lock(seen: "psycopg.Connection[Any]") -> list[int]:
    """The processes that serve somebody who waits for a lock."""
    pids: list[int] | None = (seen.execute(PIDS).fetchone() or [None])[0]
    return pids or []


@pytest.mark.parametrize("name", ["record", "list", "write", "delete", "upload", "export CSV"])
def test_a_frozen_process_costs_the_request_that_it_serves(place: Place, name: str) -> None:
    with (
        ThreadPoolExecutor(1) as pool,
        psycopg.connect(place.url, autocommit=True) as seen,
        psycopg.connect(place.url) as holder,
    ):
        holder.execute("LOCK TABLE teachers IN ACCESS EXCLUSIVE MODE")
        asked = pool.submit(place.doors()[name])
        with stopped(until(partial(waiting_for_a_lock, seen))):
            holder.rollback()
            assert place.client.get("/teachers?limit=2").status_code == 200
            refused(asked.result(), name)
            assert place.is_ready()
            assert place.client.get(f"/teachers/{place.teachers[2]}").status_code == 200
    # What the frozen one had begun is undone when it goes on: nobody is there to commit it.
    until(lambda: place.write(uuid.uuid4().hex).status_code == 201)


def test_processes_that_are_frozen_while_nobody_asks_cost_their_first_request_alone(
    place: Place,
) -> None:
    with psycopg.connect(place.url, autocommit=True) as seen:
        (idle,) = seen.execute(IDLE).fetchone() or [[]]
        with stopped(idle):
            until(lambda: place.client.get(f"/teachers/{place.teachers[2]}").status_code == 200)
            until(lambda: place.write(uuid.uuid4().hex).status_code == 201)
    assert place.is_ready()


@pytest.fixture
def engine(server: Server) -> Iterator[sa.Engine]:
    with server.database() as url:
        engine = postgresql_engine(sa.make_url(url))
        yield engine
        engine.dispose()


def given_up(cables: Cables, work: Callable[[], object]) -> int:
    """How many connections are given up, after half a second, while something is done."""
    count = 0
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(work)
        while not done.done():
            count += cables.give_up(0.5)
            wait([done], timeout=0.02)
        with suppress(DBAPIError):
            done.result()
    return count


def slept(engine: sa.Engine, *names: str) -> None:
    """Let one statement take two seconds, on a connection of which these names are noted."""
    with engine.connect() as connection:
        for name in names:
            connection.info[name] = True
        connection.exec_driver_sql("SELECT pg_sleep(2)")
        connection.info.clear()


def test_who_waits_in_silence_is_given_up(engine: sa.Engine) -> None:
    assert given_up(Cables(engine), partial(slept, engine)) > 0
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1


def test_a_statement_without_limit_is_waited_for(engine: sa.Engine) -> None:
    assert given_up(Cables(engine), partial(slept, engine, UNLIMITED)) == 0


def test_a_transaction_that_waits_for_us_is_left_alone(engine: sa.Engine) -> None:
    def pause() -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql("SELECT 1")
            time.sleep(2)
            connection.exec_driver_sql("SELECT 1")

    assert given_up(Cables(engine), pause) == 0


def test_many_statements_in_one_message_are_going_on(engine: sa.Engine) -> None:
    """None of them is long; of each the server sends something, as its buffer has 8 KiB."""
    statement = sa.text("SELECT pg_sleep(:each), repeat('x', 9000)")

    def sleep_on() -> None:
        with engine.connect() as connection:
            connection.execute(statement, [{"each": 0.05}] * 40)

    assert given_up(Cables(engine), sleep_on) == 0
