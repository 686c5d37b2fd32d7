"""The database: its engine, the transaction, and the writer's turn on SQLite."""

import gc
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from threading import Thread
from typing import Any, NoReturn, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.problems import Busy, Unavailable
from app.settings import TIME_ZONE
from app.store import journal, settling, speech, trail
from app.store.anchor import Anchor
from app.store.caller import SERVICE, Caller
from app.store.dialects import POSTGRESQL, SQLITE, Dialect
from app.store.engines import postgresql_engine, sqlite_engine
from app.store.ledger import Ledger, Record
from app.store.spool import Spool
from app.store.turn import Turn

T = TypeVar("T")

ATTEMPTS = 4
"""How often a transaction is tried when another one got in its way."""

COLLECTED = (100_000, 20, 20)
"""Objects between looks for cycles: a batch holds many objects and none, and a look at each time
that Python's own 700 are made takes a quarter of an upload."""

_ZONE = ZoneInfo(TIME_ZONE)

_RETRY = {"40001", "40P01", "55P03"}


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
    _work: Future[None] | None = None

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
        self._work = _begun(work, self.connection)

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
        self._turn = Turn()
        if self.url.get_backend_name() == "sqlite":
            self.dialect = SQLITE
            self.engine = sqlite_engine(self.url)
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
            Unavailable: it does not answer.

        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._write_once(work, caller, has_lost=attempt > 1)
            except DBAPIError as error:
                if not _lost_a_race(error) or attempt == ATTEMPTS:
                    _raise(error)
                time.sleep(0.005 * attempt)
            except PoolTimeout as error:
                raise Busy from error
        raise AssertionError  # pragma: no cover - the loop returns or raises

    def append(self, rows: Sequence[trail.Row]) -> None:
        """Add to the audit trail what was done before; it fails as `write` does."""
        self.write(lambda tx: tx.rows.extend(rows))

    def _write_once(self, work: Callable[[Transaction], T], caller: Caller, *, has_lost: bool) -> T:
        if self.dialect is SQLITE:
            with self._turn.take():
                return self._transact(work, caller, has_lost=has_lost)
        return self._transact(work, caller, has_lost=has_lost)

    def _transact(self, work: Callable[[Transaction], T], caller: Caller, *, has_lost: bool) -> T:
        with self._writing.begin() as connection:
            transaction = self._transaction(connection, caller)
            transaction.has_lost = has_lost
            try:
                result = work(transaction)
                head = self.settle(transaction)
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
        return Transaction(connection, self.dialect, now, self.secret, caller, zone=self.zone)

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
            _raise(error)

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


def _begun(work: Callable[[sa.Connection], None], connection: sa.Connection) -> Future[None]:
    """Work in a thread of its own: one of a pool would be missing in a process that is forked."""
    done: Future[None] = Future()

    def run() -> None:
        try:
            work(connection)
        except BaseException as error:  # noqa: BLE001 - told to whoever waits
            done.set_exception(error)
        else:
            done.set_result(None)

    Thread(target=run, name="behind", daemon=True).start()
    return done


def _lost_a_race(error: DBAPIError) -> bool:
    """Whether another transaction was first; trying again then sees what it did."""
    if isinstance(error, IntegrityError):
        return True
    return getattr(error.orig, "sqlstate", None) in _RETRY or "database is locked" in str(
        error.orig
    )


def _raise(error: DBAPIError) -> NoReturn:
    """Raise what a database's error means to the caller, or the error itself."""
    if getattr(error.orig, "sqlstate", None) in _RETRY or "database is locked" in str(error.orig):
        raise Busy from error
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
        raise Unavailable from error
    raise error
