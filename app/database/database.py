"""The database: its engine, its transactions, and the writer's turn on SQLite."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.acts import Head
from app.database import outages
from app.database.dialects import POSTGRESQL, SQLITE
from app.database.engines import postgresql_engine, sqlite_engine
from app.database.room import Room
from app.database.transaction import Transaction
from app.database.turn import Turn
from app.model.caller import SERVICE, Caller
from app.problems import Busy

T = TypeVar("T")

ATTEMPTS = 4
"""How often a transaction is tried when another one got in its way."""

TOLD = 10.0
"""Seconds for which a write that found the disk full is taken to speak for the next ones."""


class Keeper(Protocol):
    """Keeps what the transactions of a database did."""

    def settle(self, tx: Transaction) -> Head | None:
        """Write down what was done, the last thing before a commit; the trail's head comes back.

        A change and its entry are kept together.
        """

    def follow(self, head: Head) -> None:
        """Note that a head was committed."""


class Database:
    """A SQLite file or a PostgreSQL database, by URL."""

    def __init__(self, url: str, keeper: Keeper, secret: bytes, zone: tzinfo) -> None:
        self.url = sa.make_url(url)
        self.secret = secret
        self.zone = zone
        self.keeper = keeper
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
                head = self.keeper.settle(transaction)
                transaction.demand_room()
            finally:
                transaction.end()
        if head:
            self.keeper.follow(head)
        return result

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
