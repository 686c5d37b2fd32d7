"""The reserve: room on PostgreSQL's disk that is given up when the disk is full.

The rows of a refused list hold their room until VACUUM, which needs pages of its own: on a full
disk it frees nothing. So a table holds two megabytes that can be given back without a new page, by
DELETE and VACUUM: TRUNCATE would need some. They are taken again when writing has gone well.
"""

import logging
import math
import time
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Field, SQLModel

from app.database.cables import UNLIMITED
from app.model.rights import REPLACED, Rights

ROWS, FILLER = 1_100, " " * 1_900
"""Two megabytes: each row fills a quarter of a page and is too short to be compressed."""

PAUSE = 30.0
"""Seconds between two VACUUMs of a disk that stays full, and before the reserve is taken again."""

log = logging.getLogger(__name__)


class DiskReserve(SQLModel, table=True):
    """A row that is there for its size."""

    __tablename__ = "disk_reserve"
    rights: ClassVar[Rights] = REPLACED
    is_copied: ClassVar[bool] = False
    place: int = Field(primary_key=True, sa_type=sa.Integer)
    filler: str = Field(sa_type=sa.Text)


RESERVE = SQLModel.metadata.tables["disk_reserve"]


class Reserve:
    """The reserve of one database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._is_whole = False
        self._rests_until = -math.inf

    def tend(self, *, is_full: bool) -> None:
        """Give the reserve up if the disk is full, else take it again."""
        if time.monotonic() < self._rests_until and not (is_full and self._is_whole):
            return
        if not is_full and self._is_whole:
            return
        self._rests_until = time.monotonic() + PAUSE
        try:
            with self._engine.connect() as connection:
                (_relieve if is_full else _take)(connection)
        except (DBAPIError, PoolTimeout) as error:
            log.warning("The reserve of the disk could not be tended", exc_info=error)
            return
        self._is_whole = not is_full


def _relieve(connection: sa.Connection) -> None:
    """Give the reserve up, then free what dead rows hold."""
    _give_up(connection)
    log.warning("The disk of the database is full: the reserve was given up")
    info = connection.info
    info[UNLIMITED] = True
    try:
        connection.exec_driver_sql("SET statement_timeout = 0")
        for table in connection.execute(_WITH_DEAD_ROWS).scalars().all():
            connection.exec_driver_sql(f"VACUUM (SKIP_LOCKED) {table}")
    finally:
        info.pop(UNLIMITED, None)
        connection.exec_driver_sql("RESET statement_timeout")


_WITH_DEAD_ROWS = sa.text(
    "SELECT relid::regclass::text FROM pg_stat_user_tables"
    " WHERE schemaname = 'public' AND n_dead_tup > 0 ORDER BY n_dead_tup DESC"
)


def _take(connection: sa.Connection) -> None:
    """Fill the reserve, unless it is full or the disk is."""
    if connection.execute(sa.select(RESERVE.c.place).limit(1)).first():
        return
    try:
        connection.execute(_FILL, {"rows": ROWS, "filler": FILLER})
        # It makes the files that the next one will need.
        connection.exec_driver_sql("VACUUM disk_reserve")
    except DBAPIError:
        # What was written so far would hold the last room.
        _give_up(connection)
        raise


def _give_up(connection: sa.Connection) -> None:
    connection.exec_driver_sql("DELETE FROM disk_reserve")
    connection.exec_driver_sql("VACUUM disk_reserve")


_FILL = sa.text("INSERT INTO disk_reserve SELECT n, :filler FROM generate_series(1, :rows) n")
