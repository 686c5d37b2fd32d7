"""The database: its engine, the transaction, and the writer's turn on SQLite."""

import gc
import math
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.problems import Busy
from app.settings import TIME_ZONE
from app.store import journal, outages, settling, speech, trail
from app.store.anchor import Anchor
from app.store.behind import begun
from app.store.caller import SERVICE, Caller
from app.store.dialects import POSTGRESQL, SQLITE, Dialect
from app.store.engines import postgresql_engine, sqlite_engine
from app.store.ledger import Ledger, Record
from app.store.room import Room
from app.store.spool import Spool
from app.store.turn import Turn

T = TypeVar("T")

ATTEMPTS = 4
"""How often a transaction is tried when another one got in its way."""

COLLECTED = (100_000, 20, 20)
"""Objects between looks for cycles: a batch holds many objects and none, and a look at each time
that Python's own 700 are made takes a quarter of an upload."""

_ZONE = ZoneInfo(TIME_ZONE)

TOLD = 10.0
"""Seconds for which a write that found the disk full is taken to speak for the next ones."""


@dataclass
class Transaction:
    """One unit of work: everything in it is committed together, its journal and trail last."""

    lent: sa.Connection
    """The connection, which may be at work; whoever uses it takes it as `connection`."""
    dialect: Dialect
    now: datetime
    secret: bytes
    caller: Caller
    entries: Spool[journal.Entry] = field(default_factory=lambda: Spool(journal.Entry._make))
    acts: list[trail.Act] = field(default_factory=list)
    """What the caller does beside changing records; each change has its own."""
    rows: list[trail.Row] = field(default_factory=list)
    """Acts of other callers, done before."""
    destroyed: list[Record] = field(default_factory=list)
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

    def behind(self, work: Callable[[sa.Connection], None]) -> None:
        """Give the connection something to do while its owner goes on; its fault is told later."""
        self._is_long = True
        self.demand_room()
        self._work = begun(work, self.connection)

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

    def seen(
        self, collection: str, table: sa.FromClause, *, with_gone: bool = False
    ) -> sa.ColumnElement[bool]:
        """The rows of a collection's table that the caller sees."""
        view = self.caller.view(collection)
        return speech.rows_in_view(table, view, self.caller.bindings, with_gone=with_gone)

    def texts(self, sql: str, parameters: dict[str, Any]) -> list[str]:
        """The first column of what a text of the reading lane yields, inside this transaction."""
        return [row[0] for row in self.connection.exec_driver_sql(sql, parameters)]


class Database:
    """A SQLite file or a PostgreSQL database, by URL."""

    def __init__(
        self,
        url: str,
        secret: bytes = b"",
        heads: Path | None = None,
        destroyed: Path | None = None,
        zone: tzinfo = _ZONE,
    ) -> None:
        """Name a database, the folder of its trail's heads and the ledger of what it destroyed.

        `zone` decides which day it is.
        """
        gc.set_threshold(*COLLECTED)
        self.url = sa.make_url(url)
        self.secret = secret
        self.zone = zone
        self.anchor = Anchor(heads) if heads else None
        self.ledger = Ledger(destroyed) if destroyed else None
        self.room: Room | None = None
        self._turn = Turn()
        self._full_at = -math.inf
        if self.url.get_backend_name() == "sqlite":
            self.dialect = SQLITE
            self.engine = sqlite_engine(self.url)
            self.room = Room(Path(self.url.database or ""))
        else:
            self.dialect = POSTGRESQL
            self.engine = postgresql_engine(self.url)
        self._writing = self.engine.execution_options(writes=True)
        self._reading = self.engine.execution_options(**self.dialect.reading)

    def write(self, work: Callable[[Transaction], T], caller: Caller = SERVICE) -> T:
        """Run `work` in one transaction and commit it; its result is safe to send afterwards.

        A transaction that lost a race is run again: `work` must have no effect but the database's.

        Raises:
            Busy: the database has no turn or connection for us in time, or races do not end.
            DiskFull: what is to be written has no room.
            Unavailable: it does not answer.

        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                result = self._write_once(work, caller, has_lost=attempt > 1)
            except DBAPIError as error:
                if outages.is_disk_full(error):
                    self._full_at = time.monotonic()
                if not outages.is_lost_race(error) or attempt == ATTEMPTS:
                    outages.refuse(error)
                time.sleep(0.005 * attempt)
            except PoolTimeout as error:
                raise Busy from error
            else:
                self._full_at = -math.inf
                return result
        raise AssertionError  # pragma: no cover - the loop returns or raises

    def append(self, rows: Sequence[trail.Row]) -> None:
        """Add to the audit trail what was done before; it fails as `write` does."""
        self.write(lambda tx: tx.rows.extend(rows))

    def _write_once(self, work: Callable[[Transaction], T], caller: Caller, *, has_lost: bool) -> T:
        if self.room:
            with self._turn.take(), self.room.given_back(self.engine):
                return self._transact(work, caller, has_lost=has_lost)
        return self._transact(work, caller, has_lost=has_lost)

    def _transact(self, work: Callable[[Transaction], T], caller: Caller, *, has_lost: bool) -> T:
        with self._writing.begin() as connection:
            transaction = self._transaction(connection, caller)
            transaction.has_lost = has_lost
            try:
                result = work(transaction)
                head = self.settle(transaction)
                transaction.demand_room()
            finally:
                transaction.end()
        if head and self.anchor:
            self.anchor.move(head)
        return result

    def settle(self, tx: Transaction) -> trail.Head | None:
        """Put down what was done, the last thing before a commit; the trail's head comes back.

        A change and its entry are kept together.
        """
        head = settling.settle(tx, self.anchor)
        if self.ledger:
            self.ledger.add(tx.destroyed)
        return head

    def _transaction(self, connection: sa.Connection, caller: Caller) -> Transaction:
        now = datetime.now(UTC)
        return Transaction(
            connection, self.dialect, now, self.secret, caller, zone=self.zone, room=self.room
        )

    def read(self, work: Callable[[Transaction], T], caller: Caller = SERVICE) -> T:
        """Run `work` on one consistent state; nothing it does is kept."""
        with self.reading(caller) as tx:
            return work(tx)

    @contextmanager
    def reading(self, caller: Caller = SERVICE) -> Iterator[Transaction]:
        """Lend one consistent state; nothing that is done with it is kept.

        Raises:
            Busy, Unavailable: as `write`.

        """
        try:
            with self._reading.connect() as connection:
                yield self._transaction(connection, caller)
        except PoolTimeout as error:
            raise Busy from error
        except DBAPIError as error:
            outages.refuse(error)

    @property
    def is_full(self) -> bool:
        """Whether the disk had no room for the last write, or has none for the next ones."""
        if self.room:
            return self.room.is_short
        return time.monotonic() - self._full_at < TOLD

    def forget(self) -> None:
        """Let no copy of overwritten values stay in SQLite's log; `secure_delete` sees to the rest.

        PostgreSQL's dead rows are out of every statement's reach and go with its own vacuum.
        """
        if self.dialect is SQLITE:
            with self._turn.take(), self.engine.connect() as connection:
                connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
