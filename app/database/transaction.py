"""The transaction: one unit of work, with what is written of it and what it is bound by."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from typing import Any

import sqlalchemy as sa

from app.acts import Act, Destroyed, Entry, Row
from app.database import volume
from app.database.dialects import Dialect
from app.database.room import Room
from app.database.volume import Spool, Work
from app.model.caller import Caller
from app.model.view import rows_in_view


@dataclass
class Transaction:
    """One unit of work: everything in it is committed together, its journal and trail last."""

    lent: sa.Connection
    """The connection, which may be at work; whoever uses it takes it as `connection`."""
    dialect: Dialect
    now: datetime
    secret: bytes
    caller: Caller
    entries: Spool[Entry] = field(default_factory=lambda: Spool(Entry._make))
    acts: list[Act] = field(default_factory=list)
    """What the caller does beside changing records; each change has its own."""
    rows: list[Row] = field(default_factory=list)
    """Acts of other callers, done before."""
    destroyed: list[Destroyed] = field(default_factory=list)
    """What is told outside the database, so that no copy brings it back."""
    shares: dict[str, dict[uuid.UUID, uuid.UUID | None]] = field(default_factory=dict)
    """By table: municipalities of records that nobody else can delete before the end."""
    zone: tzinfo = UTC
    """Whose calendar days count."""
    awaited: dict[str, dict[uuid.UUID, uuid.UUID | None]] = field(default_factory=dict)
    """By table: municipalities of records that will be made if what refers to them is right."""
    has_lost: bool = False
    """Whether it was tried before, and something was in its way."""
    room: Room | None = None
    """The disk, where it is known; whoever writes much looks at it."""
    _work: Future[None] | None = None
    _is_long: bool = False

    @property
    def today(self) -> date:
        """The day of the transaction in its zone."""
        return self.now.astimezone(self.zone).date()

    @property
    def connection(self) -> sa.Connection:
        """The connection, when what was given to it before is done.

        Raises:
            DBAPIError: the database refused that.

        """
        self.catch_up()
        return self.lent

    def behind(self, work: Work) -> None:
        """Give the connection something to do while its owner goes on; its fault is told later."""
        self._is_long = True
        self.demand_room()
        self._work = volume.begun(work, self.connection)

    def demand_room(self) -> None:
        """Refuse to go on with a long transaction that might not fit the disk.

        Raises:
            DiskFull, DBAPIError.

        """
        if self._is_long and self.room:
            self.room.demand(self.connection.connection)

    def catch_up(self) -> None:
        """Wait until the connection has done what was given to it.

        Raises:
            DBAPIError: the database refused it.

        """
        work, self._work = self._work, None
        if work:
            work.result()

    def end(self) -> None:
        """Leave nothing under way and nothing put aside.

        Raises:
            DBAPIError: as `catch_up`.

        """
        self.entries.close()
        self.catch_up()

    @contextmanager
    def trial(self) -> Iterator[Callable[[], None]]:
        """A part of the work that can be taken back, by the call that is lent."""
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

    def execute(self, statement: sa.Executable, rows: Any = None) -> sa.CursorResult[Any]:
        """Run a statement once, or once for each of `rows`."""
        return self.connection.execute(statement, rows)

    def insert(self, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Put rows into a table; all have the same columns."""
        if len(rows) < volume.MANY:
            self.execute(_inserting(table), rows)
        else:
            self.behind(volume.inserting(self.dialect.compiler, table, rows))

    def send(self, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Put many rows into a table, each as texts and numbers that the driver knows."""
        self.behind(volume.sending(self.dialect.compiler, table, names, rows))

    def seen(
        self, collection: str, table: sa.FromClause, *, with_gone: bool = False
    ) -> sa.ColumnElement[bool]:
        """The rows of a collection's table that the caller sees."""
        view = self.caller.view(collection)
        return rows_in_view(table, view, self.caller.bindings, with_gone=with_gone)

    def texts(self, sql: str, parameters: dict[str, Any]) -> list[str]:
        """The first column of what a text of the reading lane yields, inside this transaction."""
        return [row[0] for row in self.connection.exec_driver_sql(sql, parameters)]


@cache
def _inserting(table: sa.Table) -> sa.Insert:
    return sa.insert(table)
