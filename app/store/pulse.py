"""Pulse: the sign that an accepted upload is still being carried out, and how far it is.

The transaction of an upload shows nothing until it is committed, so its progress is told outside
of it. The sign is a lock that the system drops with its process, however that ends. PostgreSQL
serves several machines: there a transaction that stays open holds an advisory lock, and a second
connection writes the progress. A session's lock would be lost behind a pooler.
SQLite has one writer, which is the upload itself: there a locked file beside the database holds it.
"""

import fcntl
import os
import uuid
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.database import outages
from app.database.database import Database
from app.database.dialects import SQLITE
from app.problems import DiskFull, NoConnection
from app.store.uploads import UPLOADS


class Pulse(Protocol):
    """The sign of one upload, from its acceptance to its end."""

    def tell(self, progress: str) -> None:
        """Show how far the upload is, as JSON; what cannot be shown is left out."""

    def end(self) -> None:
        """Withdraw the sign."""


def begun(database: Database, upload_id: uuid.UUID) -> Pulse:
    """The sign of an upload, before anybody can ask about it.

    Raises:
        NoConnection: none is free.
        DiskFull, Unavailable.

    """
    if database.dialect is not SQLITE:
        return _Session(database, upload_id)
    try:
        return _File(_place(database, upload_id))
    except OSError as error:
        if outages.is_disk_full(error):
            raise DiskFull from error
        raise


def is_felt(database: Database, upload_id: uuid.UUID) -> bool:
    """Whether a process is still carrying out an upload."""
    if database.dialect is SQLITE:
        return _is_locked(_place(database, upload_id))
    is_free = sa.select(sa.func.pg_try_advisory_xact_lock_shared(_number(upload_id)))
    return not database.read(lambda tx: tx.execute(is_free).scalar_one())


def told(database: Database, upload_id: uuid.UUID) -> str | None:
    """The progress of an upload beside a SQLite file; on PostgreSQL its row has it."""
    if database.dialect is SQLITE:
        with suppress(OSError):
            return _told_in(_place(database, upload_id)).read_text(encoding="utf-8")
    return None


class _File:
    """A locked file; the progress is in a second one, which is replaced as a whole."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        self._path = path
        self._file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def tell(self, progress: str) -> None:
        fresh = self._path.with_suffix(".next")
        # A full disk must not end an upload of which only the progress does not fit.
        with suppress(OSError):
            fresh.write_text(progress, encoding="utf-8")
            fresh.replace(_told_in(self._path))

    def end(self) -> None:
        for path in (self._path, self._path.with_suffix(".next"), _told_in(self._path)):
            path.unlink(missing_ok=True)
        os.close(self._file)


class _Session:
    """Two connections of its own: one holds an advisory lock, one writes into the upload's row."""

    def __init__(self, database: Database, upload_id: uuid.UUID) -> None:
        self._id = upload_id
        lock = sa.select(sa.func.pg_advisory_xact_lock(_number(upload_id)))
        with ExitStack() as opened:
            try:
                self._holding = _detached(database, opened)
                # An administrator may let no transaction be idle for long.
                self._holding.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
                self._holding.execute(lock)
                self._telling = _detached(database, opened, isolation_level="AUTOCOMMIT")
            except PoolTimeout as error:
                raise NoConnection from error
            except DBAPIError as error:
                outages.refuse(error)
            self._opened = opened.pop_all()

    def tell(self, progress: str) -> None:
        here = sa.update(UPLOADS).where(UPLOADS.c.id == self._id)
        # Without this session the upload still ends by its own transaction.
        with suppress(SQLAlchemyError):
            self._telling.execute(here.values(progress=progress))

    def end(self) -> None:
        with suppress(SQLAlchemyError):
            self._opened.close()


def _detached(database: Database, opened: ExitStack, **options: Any) -> sa.Connection:
    """A connection that takes no place of the pool for as long as the upload runs."""
    connection = opened.enter_context(database.engine.connect())
    connection.execution_options(**options)
    connection.detach()
    return connection


def _place(database: Database, upload_id: uuid.UUID) -> Path:
    file = Path(database.url.database or "")
    return file.with_name(f"{file.name}-uploads") / str(upload_id)


def _told_in(path: Path) -> Path:
    return path.with_suffix(".json")


def _is_locked(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    # Its process was killed: nobody else removes what it left.
    for left in (path, path.with_suffix(".next"), _told_in(path)):
        left.unlink(missing_ok=True)
    return False


def _number(upload_id: uuid.UUID) -> int:
    """The number of its lock: the random half of the id."""
    return int.from_bytes(upload_id.bytes[8:], signed=True)
