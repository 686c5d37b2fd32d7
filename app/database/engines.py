"""Engines: connections to SQLite and PostgreSQL, and their settings."""

import math
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from app.database import patience
from app.database.outages import follows
from app.database.room import LOG, SMALL, WIDE
from app.database.turn import WAIT

try:  # The system's SQLite may carry the WAL-reset bug (before 3.51.3); the wheel does not.
    from pysqlite3 import dbapi2 as _sqlite
except ImportError:
    _sqlite = sqlite3

sqlite: ModuleType = _sqlite

WRITERS = 8
"""Writing threads and their connections: more would only queue inside the database."""

EXPORTS = 2
"""Whole lists exported at once, each on a connection that waits for its client."""

LOCKED_SECONDS = 8
LOCKED = f"{LOCKED_SECONDS}s"
"""How long a statement on PostgreSQL waits for a lock."""

SWIFT = {"jit": "off", "max_parallel_workers_per_gather": "0", "random_page_cost": "1.1"}
"""Settings of PostgreSQL for statements that take milliseconds, as it shows them.

To compile such a statement takes longer, and so do processes that share it: the planner compares
plans by cost alone, and in a country it lets three of them scan all events where one finds ninety
by their ids. By default it takes a page at a random place for four times as dear as the next one,
as on a disk that turns, and reads and sorts whole tables where an index has the order.
"""


def as_options(settings: Mapping[str, str]) -> str:
    """Settings as options of a new connection."""
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


SPOKEN = {"timezone": "UTC", "datestyle": "ISO", "standard_conforming_strings": "on"}
"""Settings by which PostgreSQL writes days and times as the API does, and reads a backslash as
itself (`app.database.members`)."""

OPTIONS = (
    f"{as_options(SPOKEN)} -c lock_timeout={LOCKED} -c statement_timeout=60s {as_options(SWIFT)}"
)

PLAIN = "plain"
"""A pooler that carries no prepared statements."""

FRESH = 1.0
"""Seconds for which a used connection is assumed to be alive."""


def started(pooler: str, options: str) -> str | None:
    """What a connection is told at its start; nothing through a pooler, which would refuse it.

    There the role has these settings (`app.commands.opening`).
    """
    return None if pooler else options


def sqlite_engine(url: sa.URL) -> sa.Engine:
    """The engine of a SQLite file."""
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        module=sqlite,
        pool_size=WRITERS + EXPORTS + 1,  # one for the recorder of reads
        max_overflow=0,
        pool_timeout=WAIT,
        hide_parameters=True,
    )

    @sa.event.listens_for(engine, "connect")
    def _settle(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own mode starts no transaction for a SELECT, so BEGIN is sent explicitly.
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(pragma)

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        seconds = patience.for_a_lock()
        if not writes or seconds > LONG_ENOUGH:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
            return
        # It has waited in this process, and waits so much less for another one.
        connection.exec_driver_sql(_patient(seconds))
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        finally:
            connection.exec_driver_sql(_patient(WAIT))

    @sa.event.listens_for(engine, "checkin")
    def _narrow(connection: sqlite3.Connection | None, record: ConnectionPoolEntry) -> None:
        if connection and record.info.pop(WIDE, False):
            connection.execute(NARROW)

    return engine


LONG_ENOUGH = WAIT - 1
"""Seconds for another process's lock that are not worth two statements to shorten them."""


def _patient(seconds: float) -> str:
    return f"PRAGMA busy_timeout = {int(seconds * 1000)}"


NARROW = f"PRAGMA cache_size = -{SMALL // 1024}"

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # Erased values are overwritten: a name must not stay readable in a free page of the file.
    "PRAGMA secure_delete = ON",
    # Without it INSERT OR REPLACE does not fire a BEFORE DELETE trigger.
    "PRAGMA recursive_triggers = ON",
    _patient(WAIT),
    NARROW,
    # Shrinks the log after a long list has been checkpointed.
    f"PRAGMA journal_size_limit = {LOG}",
)


LIVELY: Mapping[str, int] = {
    "connect_timeout": 2,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""Options of libpq for every connection, in seconds, the last in milliseconds: by them a connection
over which nothing comes any more is given up within 11 s, even where nobody watches."""


def postgresql_engine(url: sa.URL, pooler: str = "") -> sa.Engine:
    """The engine of a PostgreSQL database, with the setting `SN_POOLER`."""
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=WRITERS + EXPORTS + 1,  # one for the recorder of reads
        max_overflow=0,
        pool_timeout=2,
        hide_parameters=True,
        connect_args={
            **LIVELY,
            "options": started(pooler, OPTIONS),
            **({"prepare_threshold": None} if pooler == PLAIN else {}),
        },
    )

    @sa.event.listens_for(engine, "checkin")
    def _note(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["used_at"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def _ask(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        # A ping costs a message, so a connection that was just used is not pinged.
        if time.monotonic() - record.info.get("used_at", math.inf) < FRESH:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error

    @sa.event.listens_for(engine, "handle_error")
    def _leave(context: sa.engine.ExceptionContext) -> None:
        # The next connection may come to the server that takes writes now.
        if follows(context.original_exception):
            context.is_disconnect = True

    return engine
