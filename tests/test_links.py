"""The reading lane of PostgreSQL: whoever asks gets their own answer, or a problem (R12, R13)."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import pairwise
from typing import Any
from unittest.mock import Mock

import anyio
import psycopg
import pytest
from anyio.lowlevel import checkpoint

from app.commands.pooling import SETTINGS
from app.database import lanes, links, seats, watch
from app.database.engines import WRITERS
from app.database.reading import Reader, Rows
from app.journal.register import Register
from app.problems import NoConnection, Unavailable
from tests.postgres import Server
from tests.running import SECRET

ASLEEP = """SELECT 1 FROM pg_stat_activity WHERE query LIKE '%%pg_sleep(600)%%'
AND state = 'active' AND pid <> pg_backend_pid()"""
OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND datname = current_database() AND query LIKE '%%pg_sleep%%'"""
"""Ends the connections of the lane but one; the watch's own asks nothing like that."""
LONGEST = 60
"""Seconds after which a test gives up waiting for what should come at once."""

Work = Callable[[Reader], Awaitable[None]]


@pytest.fixture
def lane(server: Server) -> Iterator[Callable[[Work], None]]:
    """Runs what a test does with a reading lane of a database of its own."""
    with server.database("template1") as url:
        database = Register(url, SECRET.encode())

        yield lambda work: anyio.run(_with_reader, database, work)
        database.close()


async def _with_reader(database: Register, work: Work) -> None:
    reader = lanes.reader(database)
    await reader.open()
    try:
        with anyio.fail_after(LONGEST):
            await work(reader)
    finally:
        await reader.close()


async def until(reader: Reader, sql: str, *, found: bool) -> Rows:
    """The rows of a statement, once it finds some, or none."""
    while bool(rows := await reader.rows(sql, {})) != found:  # noqa: ASYNC110 - no event tells it
        await anyio.sleep(0.01)
    return rows


def test_connections_are_told_what_a_role_has_behind_a_pooler(server: Server) -> None:
    """But readers wait for no locks, and who writes is not cancelled by a lost connection."""
    told: list[dict[str, str]] = []

    def first(shown: str) -> str:
        return shown.partition(",")[0]  # datestyle has two

    async def work(reader: Reader) -> None:
        told.append({name: first(*(await reader.rows(f"SHOW {name}", {}))[0]) for name in SETTINGS})

    with server.database("template1") as url, closing(Register(url, SECRET.encode())) as database:
        anyio.run(_with_reader, database, work)
        with database.reading() as tx:
            told.append({name: first(tx.texts(f"SHOW {name}", {})[0]) for name in SETTINGS})
    reading, writing = told
    assert reading | {"lock_timeout": SETTINGS["lock_timeout"]} == SETTINGS
    check = "client_connection_check_interval"
    assert writing | {check: SETTINGS[check]} == SETTINGS


def test_who_is_cancelled_leaves_no_answer_to_others(lane: Any) -> None:
    async def work(reader: Reader) -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(WRITERS // 2):
                tasks.start_soon(partial(reader.rows, "SELECT pg_sleep(600), 'theirs'", {}))
            await until(reader, ASLEEP, found=True)
            tasks.cancel_scope.cancel()
        for number in range(3 * WRITERS):
            assert await reader.rows("SELECT %(n)s::text", {"n": f"{number}"}) == [(f"{number}",)]
        await until(reader, ASLEEP, found=False)

    lane(work)


def test_who_is_cancelled_at_any_step_leaves_no_answer_to_others(lane: Any) -> None:
    """Also while a statement is prepared, closed or sent."""

    async def work(reader: Reader) -> None:
        for steps in range(12):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(partial(reader.rows, "SELECT 'theirs', %(n)s::text", {"n": "x"}))
                for _ in range(steps):
                    await checkpoint()
                tasks.cancel_scope.cancel()
            assert await reader.rows("SELECT %(n)s::text", {"n": f"{steps}"}) == [(f"{steps}",)]

    lane(work)


def test_a_lost_connection_is_no_error_of_the_next_reader(lane: Any) -> None:
    async def work(reader: Reader) -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(WRITERS):
                tasks.start_soon(partial(reader.rows, "SELECT pg_sleep(0.1)", {}))
        assert len(await reader.rows(OTHERS, {})) == WRITERS - 1
        assert await reader.rows("SELECT 1", {}) == [(1,)]
        async with anyio.create_task_group() as tasks:
            for _ in range(WRITERS):
                tasks.start_soon(partial(reader.rows, "SELECT pg_sleep(0.1)", {}))

    lane(work)


def test_a_lost_connection_s_descriptor_is_left_to_its_next_owner(server: Server) -> None:
    """Libpq closes it by itself; who cuts all connections later must not meet another's."""

    async def echo(read: asyncio.StreamReader, write: asyncio.StreamWriter) -> None:
        write.write(await read.read(1))
        write.close()

    async def work(url: str) -> None:
        async with await asyncio.start_server(echo, "127.0.0.1", 0) as others:
            connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
            link, descriptor = links.Link(connection), connection.pgconn.socket
            with pytest.raises(psycopg.OperationalError):
                await link.rows("SELECT pg_terminate_backend(pg_backend_pid())", {})
            assert link.is_broken
            read, write = await asyncio.open_connection(*others.sockets[0].getsockname())
            assert write.get_extra_info("socket").fileno() == descriptor
            link.cut()
            write.write(b"x")
            assert await read.read(1) == b"x"
            write.close()

    with server.database("template1") as url:
        asyncio.run(work(url))


@pytest.mark.parametrize("way", ["pg_cancel_backend", "pg_terminate_backend"])
def test_a_statement_that_is_stopped_is_told(way: str, lane: Any) -> None:
    async def work(reader: Reader) -> None:
        with pytest.raises(Unavailable):
            await reader.rows(f"SELECT {way}(pg_backend_pid()), pg_sleep(600)", {})
        assert await reader.rows("SELECT 1", {}) == [(1,)]

    lane(work)


def test_statements_met_again_are_prepared_and_the_oldest_forgotten(
    lane: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "MET", 3)
    prepared = "SELECT statement FROM pg_prepared_statements"

    async def work(reader: Reader) -> None:
        for number in range(5):
            for value in ("a", None, "b"):
                sql = f"SELECT %(x)s::text || '%%', {number}"
                expected = (f"{value}%" if value else None, number)
                assert await reader.rows(sql, {"x": value}) == [expected]
        assert {*await reader.rows(prepared, {})} == {
            (f"SELECT $1::text || '%', {number}",) for number in (3, 4)
        }

    lane(work)


def test_long_texts_go_both_ways(lane: Any) -> None:
    async def work(reader: Reader) -> None:
        text = "школа" * 800_000
        for _ in range(3):
            assert await reader.rows("SELECT %(x)s::text", {"x": text}) == [(text,)]

    lane(work)


def test_an_answer_that_comes_in_pieces_is_no_silence(server: Server) -> None:
    """Its reader is woken at its end alone."""
    pieces = "SELECT repeat('x', 9000), pg_sleep(0.05)::text FROM generate_series(1, 20)"

    async def work(url: str) -> None:
        connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
        link = links.Link(connection)
        answer = asyncio.create_task(link.rows(pieces, {}))
        seen = []
        while not answer.done():
            await asyncio.sleep(0.001)
            seen.append(link.is_silent(0))
        assert len(await answer) == 20
        assert sum(before and not now for before, now in pairwise(seen)) > 3
        link.close()

    with server.database("template1") as url:
        asyncio.run(work(url))


def test_who_finds_no_place_is_asked_to_come_again(
    lane: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seats, "PATIENCE", 0.01)

    async def work(reader: Reader) -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(WRITERS):
                tasks.start_soon(partial(reader.rows, "SELECT pg_sleep(600)", {}))
            await checkpoint()
            with pytest.raises(NoConnection):
                await reader.rows("SELECT 1", {})
            tasks.cancel_scope.cancel()
        assert await reader.rows("SELECT 1", {}) == [(1,)]

    lane(work)


def test_a_process_that_stood_still_takes_no_server_for_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watch, "PATIENCE", 6)

    async def late() -> None:
        time.sleep(watch.BEAT * 8)  # noqa: ASYNC251 - the whole process stands still
        await asyncio.sleep(watch.BEAT * 3)
        asked.set()

    async def run() -> None:
        kept = asyncio.create_task(looks.keep(late))
        await asked.wait()
        await asyncio.sleep(0)
        kept.cancel()

    asked, looks, cut = asyncio.Event(), watch.Watch(), Mock()
    looks.on_loss(cut)
    asyncio.run(run())
    cut.assert_not_called()
