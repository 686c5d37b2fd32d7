"""Premises: the folders and files without which the service could start, but not work."""

import errno
import os
import resource
import sys
from pathlib import Path

from app.commands.privacy import database_files
from app.settings import Settings
from app.words import Words

FILES = 200
"""Files that a process has open at once beside its connections."""

FEW_FILES = Words(
    "Процессу разрешено открыть {limit} файлов, а для SN_CONNECTIONS={connections} нужно {needed}: "
    "лишним соединениям он ответить не сможет. Поднимите предел (LimitNOFILE)",
    "The process may open {limit} files, but SN_CONNECTIONS={connections} needs {needed}: it can "
    "answer no connections beyond that. Raise the limit (LimitNOFILE)",
)


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


def open_more(settings: Settings) -> None:
    """Raise the limit of open files, which most shells set to 1,024, as far as connections need it.

    A connection that finds no file is reset, whereas one too many is answered.
    """
    # A connection too many is open until it has been told so.
    needed = 2 * settings.connections + FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if most < needed:
        values = {"limit": most, "connections": settings.connections, "needed": needed}
        print(FEW_FILES.said(**values), file=sys.stderr)


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
