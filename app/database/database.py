"""The database: its engine, its transactions, and the order of writers on SQLite."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.acts import Head
from app.database import outages, patience
from app.database.cables import Cables
from app.database.dialects import POSTGRESQL, SQLITE
from app.database.durations import Durations
from app.database.engines import LOCKED_SECONDS, postgresql_engine, sqlite_engine
from app.database.reserve import Reserve
from app.database.room import Room
from app.database.transaction import Transaction
from app.database.turn import Turn
from app.database.watch import Watch
from app.model.caller import SERVICE, Caller
from app.problems import Busy, NoConnection

T = TypeVar("T")

ATTEMPTS = 4
"""How often a transaction is attempted when others conflict with it."""

TOLD = 10.0
"""Seconds for which a full disk is assumed to stay full."""


class Keeper(Protocol):
    """Records what the transactions of a database did."""

    def settle(self, tx: Transaction) -> Head | None:
        """Write the journal as the last step before the commit; returns the trail's head.

        A change and its entry are committed together.
        """

    def follow(self, head: Head) -> None:
        """Note a committed head."""


class Database:
    """A SQLite file or a PostgreSQL database, by URL."""

    def __init__(
        self, url: str, keeper: Keeper, secret: bytes, zone: tzinfo, pooler: str = ""
    ) -> None:
        self.url = sa.make_url(url)
        self.pooler = pooler
        self.secret = secret
        self.zone = zone
        self.keeper = keeper
        self.room: Room | None = None
        self._reserve: Reserve | None = None
        self._turn = Turn()
        self.waits = Durations()
        """How long writers waited until their transaction could begin."""
        self.writes = Durations()
        """How long committed transactions took, with the waiting."""
        self._full_at = -math.inf
        self._was_full = False
        """Whether a write has found the disk full since it was tended."""
        self.watch = Watch()
        if self.url.get_backend_name() == "sqlite":
            self.dialect = SQLITE
            self.engine = sqlite_engine(self.url)
            self.room = Room(Path(self.url.database or ""))
        else:
            self.dialect = POSTGRESQL
            self.engine = postgresql_engine(self.url, pooler)
            cables = Cables(self.engine)
            self.watch.on_loss(cables.cut)
            self.watch.on_beat(cables.give_up)
            self._reserve = Reserve(self.engine)
        self._writing = self.engine.execution_options(writes=True)
        self._reading = self.engine.execution_options(**self.dialect.reading)

    def write(self, work: Callable[[Transaction], T], caller: Caller = SERVICE) -> T:
        """Run `work` in one transaction and commit it; only then its result may be sent.

        After a lost race it runs again: `work` must have no effects outside the database.

        Raises:
            Busy: no turn or connection in time, or all attempts lost their race.
            DiskFull: the disk has no room for it.
            Unavailable: the database does not answer.

        """
        for attempt in range(1, ATTEMPTS + 1):
            self.watch.demand()
            start = time.monotonic()
            try:
                result = self._write_once(work, caller, has_lost=attempt > 1)
            except DBAPIError as error:
                if outages.is_disk_full(error, self.room):
                    self._full_at = time.monotonic()
                    self._was_full = True
                patience.spend(time.monotonic() - start)
                if not outages.is_lost_race(error) or attempt == ATTEMPTS or not patience.left():
                    outages.refuse(error, self.room)
                time.sleep(0.005 * attempt)
            except PoolTimeout as error:
                raise NoConnection from error
            else:
                self._full_at = -math.inf
                return result
        raise AssertionError  # pragma: no cover - the loop returns or raises

    def _write_once(self, work: Callable[[Transaction], T], caller: Caller, *, has_lost: bool) -> T:
        come_at = time.perf_counter()
        if self.room:
            with self._turn.take(), self.room.given_back(self.engine):
                return self._transact(work, caller, come_at, has_lost=has_lost)
        return self._transact(work, caller, come_at, has_lost=has_lost)

    def _transact(
        self, work: Callable[[Transaction], T], caller: Caller, come_at: float, *, has_lost: bool
    ) -> T:
        with self._writing.begin() as connection:
            self.waits.note(time.perf_counter() - come_at)
            self._hurry(connection)
            transaction = self._transaction(connection, caller)
            transaction.has_lost = has_lost
            try:
                result = work(transaction)
                head = self.keeper.settle(transaction)
                transaction.demand_room()
            finally:
                transaction.end()
        if head:
            self.keeper.follow(head)
        for tell in transaction.then:
            tell()
        self.writes.note(time.perf_counter() - come_at)
        return result

    def _hurry(self, connection: sa.Connection) -> None:
        """Let a request that has waited for its turn wait for a lock so much less."""
        seconds = patience.for_a_lock()
        if self.dialect is POSTGRESQL and seconds < LOCKED_SECONDS:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(seconds * 1000)}")

    def _transaction(self, connection: sa.Connection, caller: Caller) -> Transaction:
        now = datetime.now(UTC)
        return Transaction(
            connection, self.dialect, now, self.secret, caller, zone=self.zone, room=self.room
        )

    def read(self, work: Callable[[Transaction], T], caller: Caller = SERVICE) -> T:
        """Run `work` on one snapshot; nothing it does is committed."""
        with self.reading(caller) as tx:
            return work(tx)

    @contextmanager
    def reading(self, caller: Caller = SERVICE) -> Iterator[Transaction]:
        """Open a transaction on one snapshot; nothing done in it is committed.

        Raises:
            Busy, Unavailable: as `write`.

        """
        self.watch.demand()
        try:
            with self._reading.connect() as connection:
                transaction = self._transaction(connection, caller)
                transaction.known = {}
                yield transaction
        except PoolTimeout as error:
            raise NoConnection from error
        except DBAPIError as error:
            outages.refuse(error, self.room)

    @property
    def waiting(self) -> int:
        """How many writers wait for their turn."""
        return self._turn.waiting

    @property
    def is_full(self) -> bool:
        """Whether the last write found the disk full, or the next one would."""
        if self.room:
            return self.room.is_short
        return time.monotonic() - self._full_at < TOLD

    def tend_disk(self) -> None:
        """Tend PostgreSQL's reserve on a full disk, or empty SQLite's log that grew long."""
        if self._reserve:
            # A small change that still fits comes between: the refused list holds its room.
            was_full, self._was_full = self._was_full, False
            self._reserve.tend(is_full=was_full or self.is_full)
        elif self.room and self.room.is_log_long:
            with suppress(Busy), self._turn.take():
                self.room.empty_log(self.engine)

    def forget(self) -> None:
        """Remove overwritten values from SQLite's log; `secure_delete` covers the file.

        PostgreSQL's dead rows are invisible to every statement until vacuum removes them.
        """
        if self.dialect is SQLITE:
            with self._turn.take(), self.engine.connect() as connection:
                connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
