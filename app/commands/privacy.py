"""Privacy: what the service keeps is open to the account that runs it, and to nobody else."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from app.settings import Settings

OTHERS = 0o007
"""What everybody on the machine may do; who opened a file to a group only has meant it."""

log = logging.getLogger(__name__)


def close(settings: Settings) -> None:
    """Take from others what an earlier version, or a copy by hand, has left open to them.

    A folder that holds other things too stays as it is: it is not for us to close.
    """
    database = _database_files(settings)
    files = [*database, settings.data / "secret", settings.destroyed, *_within(settings.heads)]
    for file in filter(Path.is_file, files):
        _close(file, 0o600)
    known = {*files, settings.heads}
    for folder in (settings.heads, settings.data):
        if folder.is_dir() and known.issuperset(_within(folder)):
            _close(folder, 0o700)


def _database_files(settings: Settings) -> list[Path]:
    url = sa.make_url(settings.url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return []
    return [Path(url.database + suffix) for suffix in ("", "-wal", "-shm", "-journal")]


def _within(folder: Path) -> Iterator[Path]:
    return folder.iterdir() if folder.is_dir() else iter(())


def _close(path: Path, mode: int) -> None:
    found = path.stat()
    was = found.st_mode & 0o7777
    if not was & OTHERS:
        return
    if found.st_uid == os.geteuid():
        path.chmod(mode)
        log.warning("%s was open to every user of the machine (%o), now %o", path, was, mode)
    elif path.is_file():
        log.warning("%s is open to every user of the machine (%o) and not ours", path, was)
