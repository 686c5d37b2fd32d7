"""Premises: the folders and files without which the service could start, but not work."""

import errno
import os
from pathlib import Path

from app.commands.privacy import database_files
from app.settings import Settings


def demand(settings: Settings) -> None:
    """Refuse a place in which the service could not keep what it has to keep.

    SQLite opens a file that may only be read, and fails at the first change.

    Raises:
        OSError: something is of the wrong kind, or may not be written.

    """
    for folder in (settings.data, settings.heads):
        demand_folder(folder)
        _demand_rights(folder)
    for file in (*settings.ledgers, *database_files(settings)):
        _demand_file(file)


def demand_folder(path: Path) -> None:
    """Refuse what is there and is no folder.

    Raises:
        OSError.

    """
    if path.exists() and not path.is_dir():
        raise _trouble(errno.ENOTDIR, path)


def _demand_file(path: Path) -> None:
    if path.is_dir():
        raise _trouble(errno.EISDIR, path)
    _demand_rights(path)


def _demand_rights(path: Path) -> None:
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        is_fixed = os.statvfs(path).f_flag & os.ST_RDONLY
        raise _trouble(errno.EROFS if is_fixed else errno.EACCES, path)


def _trouble(code: int, path: Path) -> OSError:
    return OSError(code, os.strerror(code), str(path))
