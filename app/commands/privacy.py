"""Privacy: closes the service's files to every other account of the machine."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from app.settings import Settings

OTHERS = 0o007
"""Permissions of all other users; those of a group stay: an administrator grants them."""

HEADER = b"SQLite format 3\0"
"""What a database of SQLite begins with, once something is written."""

BESIDE = ("-wal", "-shm", "-journal")
"""Endings of the files that SQLite makes beside the database."""

log = logging.getLogger(__name__)


def close(settings: Settings) -> None:
    """Remove permissions that an earlier version, or a manual copy, left to other users.

    A folder that also holds foreign files keeps its permissions, and so does a file that a wrong
    address of the database names.
    """
    files = [
        *filter(_is_of_sqlite, database_files(settings)),
        settings.data / "secret",
        *settings.ledgers,
        *_within(settings.heads),
    ]
    for file in filter(Path.is_file, files):
        _close(file, 0o600)
    ours = {*files, settings.heads}
    for folder in (settings.heads, settings.data):
        if folder.is_dir() and ours.issuperset(_within(folder)):
            _close(folder, 0o700)


def database_files(settings: Settings) -> list[Path]:
    """The files of SQLite, which makes all but the first in the same folder; else none."""
    url = sa.make_url(settings.url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return []
    return [Path(url.database + suffix) for suffix in ("", *BESIDE)]


def _is_of_sqlite(path: Path) -> bool:
    """Whether a file is a database of SQLite, or one that it makes beside it."""
    if not path.is_file() or path.name.endswith(BESIDE):
        return True
    with path.open("rb") as file:
        return file.read(len(HEADER)) in {HEADER, b""}


def _within(folder: Path) -> Iterator[Path]:
    return folder.iterdir() if folder.is_dir() else iter(())


def _close(path: Path, mode: int) -> None:
    status = path.stat()
    mode_before = status.st_mode & 0o7777
    if not mode_before & OTHERS:
        return
    if status.st_uid == os.geteuid():
        path.chmod(mode)
        log.warning(
            "%s was open to every user of the machine (%o), now %o", path, mode_before, mode
        )
    elif path.is_file():
        log.warning("%s is open to every user of the machine (%o) and not ours", path, mode_before)
