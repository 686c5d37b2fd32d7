"""Lanes: the reading lane of each database, on its raw driver."""

import queue
from collections.abc import Mapping
from sqlite3 import Connection

import psycopg
import sqlalchemy as sa
from anyio import to_thread
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from app.database.database import Database
from app.database.dialects import SQLITE
from app.database.engines import WRITERS, sqlite
from app.database.outages import is_disk_full
from app.database.reading import Reader, Rows
from app.problems import Busy, DiskFull, Unavailable

PATIENCE = 2.0
"""Seconds that a read waits for a connection."""


def reader(database: Database) -> Reader:
    """The reading lane of a database."""
    if database.dialect is SQLITE:
        return _SqliteReader(database.url)
    return _PostgresqlReader(database.engine)


class _SqliteReader:
    """Runs bounded reads in the event loop: a thread switch costs more than such a read."""

    def __init__(self, url: sa.URL) -> None:
        self._path = url.database or ""
        self._inline: Connection
        self._spare: queue.SimpleQueue[Connection] = queue.SimpleQueue()

    async def open(self) -> None:
        self._inline = self._connect()
        for _ in range(WRITERS):
            self._spare.put(self._connect())

    async def close(self) -> None:
        self._inline.close()
        while not self._spare.empty():
            self._spare.get().close()

    async def rows(
        self, sql: str, parameters: Mapping[str, object], *, heavy: bool = False
    ) -> Rows:
        if heavy:
            return await to_thread.run_sync(self._in_thread, sql, parameters)
        return _fetch(self._inline, sql, parameters)

    def _in_thread(self, sql: str, parameters: Mapping[str, object]) -> Rows:
        try:
            connection = self._spare.get(timeout=PATIENCE)
        except queue.Empty as error:
            raise Busy from error
        try:
            return _fetch(connection, sql, parameters)
        finally:
            self._spare.put(connection)

    def _connect(self) -> Connection:
        connection: Connection = sqlite.connect(
            self._path, check_same_thread=False, isolation_level=None
        )
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA busy_timeout = 2000")
        return connection


def _fetch(connection: Connection, sql: str, parameters: Mapping[str, object]) -> Rows:
    try:
        rows: Rows = connection.execute(sql, parameters).fetchall()
    except sqlite.OperationalError as error:
        raise (DiskFull if is_disk_full(error) else Unavailable) from error
    return rows


class _PostgresqlReader:
    def __init__(self, engine: sa.Engine) -> None:
        # Not from the URL's text: libpq refuses a text in which SQLAlchemy leaves a space.
        _, options = engine.dialect.create_connect_args(engine.url)
        del options["context"]  # SQLAlchemy's own conversions of values
        self._pool = AsyncConnectionPool(
            make_conninfo("", **options),
            open=False,
            min_size=1,
            max_size=WRITERS,
            timeout=PATIENCE,
            # Retries at doubling intervals up to this time, then again with the next reader;
            # otherwise readers would wait half a minute for a database that is back.
            reconnect_timeout=PATIENCE,
            kwargs={
                "autocommit": True,
                "connect_timeout": 3,
                "options": "-c timezone=UTC -c statement_timeout=60s"
                " -c default_transaction_read_only=on"
                # JIT compilation of the JSON expressions takes longer than any page of records.
                " -c jit=off",
            },
        )

    async def open(self) -> None:
        await self._pool.open()

    async def close(self) -> None:
        await self._pool.close()

    async def rows(
        self,
        sql: str,
        parameters: Mapping[str, object],
        *,
        heavy: bool = False,  # noqa: ARG002 - its driver waits without a thread
    ) -> Rows:
        try:
            async with self._pool.connection() as connection:
                return await (await connection.execute(sql, parameters)).fetchall()
        except PoolTimeout as error:
            raise Busy from error
        except (TimeoutError, psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise Unavailable from error
