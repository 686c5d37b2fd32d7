"""Room: the free disk space under a SQLite file, and the space that a long list needs.

SQLite cannot free space on a full disk: the checkpoint that would empty its log needs pages itself.
So long transactions are refused while small changes still fit.
"""

import logging
import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from app.database.turn import WAIT
from app.problems import DiskFull

RESERVE = 4 * 1024 * 1024
"""Bytes that long lists leave free for everything else."""

CACHE = 64 * 1024 * 1024
"""Bytes of changed pages that a long transaction buffers at most until it commits."""

SMALL = 4 * 1024 * 1024
"""Bytes of pages that any other connection keeps: the system keeps them for all, and a large cache
saves nothing that can be measured, for as much memory as the file has in each connection."""

WIDE = "is_wide"
"""The mark of a connection whose cache was widened."""

LOG = 8 * 1024 * 1024
"""Bytes to which SQLite's log is truncated after a complete checkpoint."""

LONG = 4 * LOG
"""Bytes of a log that SQLite has not emptied by itself, as some reader always needed it."""

PATIENCE, PAUSE = 2.0, 5.0
"""Seconds that writers wait for the readers of a long log, and between two such waits."""

log = logging.getLogger(__name__)


class Room:
    """The disk of one SQLite file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._log = path.with_name(f"{path.name}-wal")
        self._rests_until = -math.inf

    @property
    def free(self) -> int:
        """Bytes that the service's account may still write."""
        disk = os.statvfs(self._path.parent)
        return disk.f_bavail * disk.f_frsize

    @property
    def is_short(self) -> bool:
        """Whether even small changes may not fit."""
        return self.free < RESERVE // 4

    def demand(self, connection: PoolProxiedConnection) -> None:
        """Refuse to continue a transaction whose commit or checkpoint could fill the disk.

        Its pages are written to the log first and then to the file, which has to grow for them.

        Raises:
            DiskFull.

        """
        size = _number(connection, "page_count") * _number(connection, "page_size")
        growth = max(0, size - self._path.stat().st_size)
        if self.free < RESERVE + growth + min(size, CACHE):
            raise DiskFull

    def widen(self, connection: PoolProxiedConnection) -> None:
        """Let a connection buffer what a long transaction changes, until it is given back."""
        if not connection.info.get(WIDE):
            connection.info[WIDE] = True
            connection.cursor().execute(f"PRAGMA cache_size = -{CACHE // 1024}")

    @contextmanager
    def given_back(self, engine: sa.Engine) -> Iterator[None]:
        """Truncate the log after a failed transaction that enlarged it."""
        try:
            yield
        except Exception:
            if self._log.exists() and self._log.stat().st_size > LOG:
                with suppress(DBAPIError), engine.connect() as connection:
                    _cut(connection.connection, 0.1)
            raise

    @property
    def is_log_long(self) -> bool:
        """Whether writers should wait for the readers of the log, so that it can be emptied."""
        is_rested = time.monotonic() >= self._rests_until
        return is_rested and self._log.exists() and self._log.stat().st_size > LONG

    def empty_log(self, engine: sa.Engine) -> None:
        """Empty a long log; nobody writes meanwhile.

        Readers that begin now read the file alone, so those who still read the log get fewer.
        """
        self._rests_until = time.monotonic() + PAUSE
        with suppress(DBAPIError), engine.connect() as connection:
            _cut(connection.connection, PATIENCE)


def _cut(connection: PoolProxiedConnection, patience: float) -> None:
    """Truncate the log; waits so many seconds for its readers, as others wait meanwhile."""
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
    try:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except Exception:  # noqa: BLE001 - the first error is the one to report
        log.warning("The log of the database could not be emptied")
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {int(WAIT * 1000)}")


def _number(connection: PoolProxiedConnection, pragma: str) -> int:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA {pragma}")
    ((number,),) = cursor.fetchall()
    return int(number)
