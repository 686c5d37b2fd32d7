"""The transaction: one unit of work, with its journal and its context."""

import uuid
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa

from app.acts import Act, Destroyed, Ended, Entry, Row
from app.database import volume
from app.database.dialects import Dialect
from app.database.room import Room
from app.database.volume import Spool, Work
from app.model.caller import Caller
from app.model.view import rows_in_view

T = TypeVar("T")

Rows = Mapping[str, object] | Sequence[Mapping[str, object]]
"""The parameters of a statement, or those of each time that it runs."""


@dataclass
class Transaction:
    """One unit of work: all of it is committed together, the journal and the trail last."""

    lent: sa.Connection
    """The connection, which may be busy in a thread; use `connection`."""
    dialect: Dialect
    now: datetime
    secret: bytes
    caller: Caller
    entries: Spool[Entry] = field(default_factory=lambda: Spool(Entry._make))
    acts: list[Act] = field(default_factory=list)
    """Acts of the caller besides changes of records, which have entries of their own."""
    rows: list[Row] = field(default_factory=list)
    """Earlier acts of other callers."""
    destroyed: list[Destroyed] = field(default_factory=list)
    """Destructions to record outside the database, so that a restored copy repeats them."""
    ended: list[Ended] = field(default_factory=list)
    """Ends of keys, to record there for the same reason."""
    shares: dict[str, dict[uuid.UUID, uuid.UUID | None]] = field(default_factory=dict)
    """By table: municipalities of records locked against deletion until the end."""
    zone: tzinfo = UTC
    """The time zone in which days are counted."""
    awaited: dict[str, dict[uuid.UUID, uuid.UUID | None]] = field(default_factory=dict)
    """By table: municipalities of records that are created later if their referrers are valid."""
    has_lost: bool = False
    """Whether this is a retry after a lost race."""
    room: Room | None = None
    """The disk, on SQLite; long transactions check its free space."""
    then: list[Callable[[], None]] = field(default_factory=list)
    """Is called once the transaction is committed."""
    known: dict[Hashable, Any] | None = None
    """What was read of the snapshot already, by question; None in a transaction that may write."""
    _work: Future[None] | None = None
    _is_long: bool = False

    @property
    def today(self) -> date:
        """The day of the transaction in its zone."""
        return self.now.astimezone(self.zone).date()

    @property
    def connection(self) -> sa.Connection:
        """The connection, once its pending work is done.

        Raises:
            DBAPIError: the database refused that work.

        """
        self.catch_up()
        return self.lent

    def behind(self, work: Work) -> None:
        """Start work on the connection in a thread; its error is raised on the next use."""
        self._is_long = True
        self.demand_room()
        self._work = volume.begun(work, self.connection)

    def grow(self) -> None:
        """Say that the transaction has written much, and will not end as a small one.

        Raises:
            DiskFull, DBAPIError: what small changes need would not be left.

        """
        self._is_long = True
        self.demand_room()

    def demand_room(self) -> None:
        """Refuse to continue a long transaction that might not fit on the disk.

        Raises:
            DiskFull, DBAPIError.

        """
        if self._is_long and self.room:
            self.room.widen(self.connection.connection)
            self.room.demand(self.connection.connection)

    def catch_up(self) -> None:
        """Wait for the connection's pending work.

        Raises:
            DBAPIError: the database refused it.

        """
        work, self._work = self._work, None
        if work:
            work.result()

    def end(self) -> None:
        """Finish pending work and close the spool.

        Raises:
            DBAPIError: as `catch_up`.

        """
        self.entries.close()
        self.catch_up()

    @contextmanager
    def trial(self) -> Iterator[Callable[[], None]]:
        """A savepoint; yields a function that rolls back to it."""
        before = len(self.entries)
        with self.connection.begin_nested() as point:

            def undo() -> None:
                self.catch_up()
                point.rollback()
                self.entries.cut(before)
                self.shares.clear()

            try:
                yield undo
            finally:
                self.catch_up()

    def execute(self, statement: sa.Executable, rows: Rows | None = None) -> sa.CursorResult[Any]:
        """Run a statement once, or once for each of `rows`."""
        return self.connection.execute(statement, rows)

    def insert(self, table: sa.Table, rows: Sequence[Mapping[str, object]]) -> None:
        """Insert rows, which must all have the same columns."""
        if len(rows) < volume.MANY:
            self.execute(_inserting(table), rows)
        else:
            self.behind(volume.inserting(self.dialect.compiler, table, rows))

    def send(self, table: str, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Insert rows of texts and numbers; many of them in a thread."""
        listed = list(rows)
        work = volume.sending(self.dialect.compiler, table, names, listed)
        if len(listed) < volume.MANY:
            work(self.connection)
        else:
            self.behind(work)

    def seen(
        self, collection: str, table: sa.FromClause, *, with_gone: bool = False
    ) -> sa.ColumnElement[bool]:
        """The rows of a collection's table that the caller sees."""
        view = self.caller.view(collection)
        return rows_in_view(table, view, self.caller.bindings, with_gone=with_gone)

    def once(self, question: Hashable, read: Callable[[], T]) -> T:
        """What `read` returns; on a snapshot it is called once for each question.

        Whoever gets the result must not change it.
        """
        if self.known is None:
            return read()
        if question not in self.known:
            self.known[question] = read()
        result: T = self.known[question]
        return result

    def texts(self, sql: str, parameters: Mapping[str, object]) -> list[str]:
        """The first column of a reading lane's text, run inside this transaction."""
        return [row[0] for row in self.connection.exec_driver_sql(sql, parameters)]


@cache
def _inserting(table: sa.Table) -> sa.Insert:
    return sa.insert(table)
