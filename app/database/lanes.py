"""Lanes: the reading lane of each database, on its raw driver."""

import queue
from collections.abc import Mapping
from pathlib import Path
from sqlite3 import Connection

import sqlalchemy as sa
from anyio import to_thread

from app.database.database import Database
from app.database.dialects import SQLITE
from app.database.engines import WRITERS, sqlite
from app.database.outages import is_disk_full
from app.database.postgresql_lane import PostgresqlReader
from app.database.reading import Places, Reader, Rows
from app.database.room import Room
from app.database.seats import Seats
from app.problems import DiskFull, Unavailable


def reader(database: Database) -> Reader:
    """The reading lane of a database."""
    if database.dialect is SQLITE:
        return _SqliteReader(database.url)
    return PostgresqlReader(database.url, database.watch, database.pooler)


class _SqliteReader:
    """Runs bounded reads in the event loop: a thread switch costs more than such a read."""

    def __init__(self, url: sa.URL) -> None:
        self._path = url.database or ""
        self._room = Room(Path(self._path))
        self._inline: Connection
        self._spare: queue.SimpleQueue[Connection] = queue.SimpleQueue()
        self._seats = Seats()

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
            async with self._seats:
                return await to_thread.run_sync(self._in_thread, sql, parameters)
        return self._fetch(self._inline, sql, parameters)

    @property
    def places(self) -> Places:
        return self._seats.places

    def _in_thread(self, sql: str, parameters: Mapping[str, object]) -> Rows:
        # One is free, but the thread of a reader who was cancelled may be about to give it back.
        connection = self._spare.get()
        try:
            return self._fetch(connection, sql, parameters)
        finally:
            self._spare.put(connection)

    def _fetch(self, connection: Connection, sql: str, parameters: Mapping[str, object]) -> Rows:
        try:
            rows: Rows = connection.execute(sql, parameters).fetchall()
        except sqlite.OperationalError as error:
            is_full = is_disk_full(error, self._room)
            raise (DiskFull if is_full else Unavailable) from error
        return rows

    def _connect(self) -> Connection:
        connection: Connection = sqlite.connect(
            self._path, check_same_thread=False, isolation_level=None
        )
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA busy_timeout = 2000")
        return connection
