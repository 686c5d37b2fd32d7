"""Outages: translates database errors into problems."""

import errno
from typing import NoReturn

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError

from app.database.room import Room
from app.problems import Busy, DiskFull, Unavailable

_RETRY = {"40001", "40P01", "55P03"}
_NO_ROOM = {"53100", "SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"}
"""PostgreSQL's disk_full; SQLite's, and that of its shared-memory file."""
_VAGUE = ("SQLITE_IOERR", "SQLITE_CANTOPEN")
"""How SQLite's errors of input or output begin, whatever is behind them."""
_FOLLOWS = "25006"
"""PostgreSQL's read_only_sql_transaction: the server takes no writes, as it follows another one."""


def is_lost_race(error: DBAPIError) -> bool:
    """Whether another transaction came first; a retry then sees its changes."""
    return isinstance(error, IntegrityError) or _is_busy(error)


def is_disk_full(error: BaseException | None, room: Room | None = None) -> bool:
    """Whether the error means that a disk is full; `room` is that of SQLite's file.

    Where SQLite has no room for the file -shm, it tells an error of input or output and no more.
    """
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    cause = getattr(error, "orig", error)
    codes = (getattr(cause, name, None) for name in ("sqlstate", "sqlite_errorname"))
    if isinstance(error, DiskFull) or not _NO_ROOM.isdisjoint(codes):
        return True
    is_vague = str(getattr(cause, "sqlite_errorname", "")).startswith(_VAGUE)
    return is_vague and room is not None and room.is_short


def is_no_database(error: DBAPIError) -> bool:
    """Whether SQLite's file is damaged, or is something else."""
    return getattr(error.orig, "sqlite_errorname", None) in {"SQLITE_NOTADB", "SQLITE_CORRUPT"}


def is_of_a_file(error: DBAPIError) -> bool:
    """Whether it is SQLite that complains."""
    return hasattr(error.orig, "sqlite_errorname")


def follows(error: BaseException | None) -> bool:
    """Whether a write came to a server that only follows another one."""
    return getattr(error, "sqlstate", None) == _FOLLOWS


def told(error: DBAPIError) -> str:
    """What the database, or the library that reaches it, says of an error; without a full stop."""
    return " ".join(str(error.orig).split()).rstrip(".?")


def refuse(error: DBAPIError, room: Room | None = None) -> NoReturn:
    """Raise the problem that the error means, or else the error itself; `room` as above."""
    if _is_busy(error):
        raise Busy from error
    if is_disk_full(error, room):
        raise DiskFull from error
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
        raise Unavailable from error
    raise error


def _is_busy(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in _RETRY or "database is locked" in str(error.orig)
