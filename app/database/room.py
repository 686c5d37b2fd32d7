"""Room: what is left on the disk of a SQLite file, and what a long list would take of it.

SQLite gives no room back once the disk is full: the checkpoint that would empty its log needs
pages itself. So whoever writes much is refused while small changes still fit.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.database.turn import WAIT
from app.problems import DiskFull

RESERVE = 4 * 1024 * 1024
"""Bytes that long lists leave free for everything else."""

CACHE = 64 * 1024 * 1024
"""Bytes of changed pages that a connection holds back, at most, until it commits."""

LOG = 8 * 1024 * 1024
"""Bytes to which SQLite's log is cut when all of it is in the file."""

log = logging.getLogger(__name__)


class Room:
    """The disk under one SQLite file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._log = path.with_name(f"{path.name}-wal")

    @property
    def free(self) -> int:
        """Bytes that the account of the service may still write."""
        found = os.statvfs(self._path.parent)
        return found.f_bavail * found.f_frsize

    @property
    def is_short(self) -> bool:
        """Whether small changes may not fit either."""
        return self.free < RESERVE // 4

    def demand(self, connection: Any) -> None:
        """Refuse to go on with a transaction that could fill the disk at its commit or after it.

        Its pages go into the log first and from there into the file, which has to grow for them.

        Raises:
            DiskFull.

        """
        size = _number(connection, "page_count") * _number(connection, "page_size")
        growth = max(0, size - self._path.stat().st_size)
        if self.free < RESERVE + growth + min(size, CACHE):
            raise DiskFull

    @contextmanager
    def given_back(self, engine: sa.Engine) -> Iterator[None]:
        """What a transaction took of the disk and did not commit is free again."""
        try:
            yield
        except Exception:
            if self._log.exists() and self._log.stat().st_size > LOG:
                with suppress(DBAPIError), engine.connect() as connection:
                    _cut(connection.connection)
            raise


def _cut(connection: Any) -> None:
    """Empty the log; a reader who is still inside is not waited for long: others wait meanwhile."""
    connection.execute("PRAGMA busy_timeout = 100")
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except Exception:  # noqa: BLE001 - the caller is told of the first fault, not of this one
        log.warning("The log of the database keeps room that a refused list took")
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(WAIT * 1000)}")


def _number(connection: Any, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])
