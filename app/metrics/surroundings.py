"""The surroundings of the service: its disks, the last backup, and the trail's head outside."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from app.backup import mark
from app.backup.mark import Mark
from app.rest.deps import Service


class Disk(NamedTuple):
    """The file system of a folder."""

    free: int
    """Bytes that the service's account may still write."""
    size: int


class Outside(NamedTuple):
    """The trail's head outside the database."""

    seq: int
    written_at: float


class Surroundings(NamedTuple):
    """What lies beside the database."""

    disks: Mapping[str, Disk]
    backup: Mark | None
    outside: Outside | None


def surroundings(service: Service, database_id: str | None) -> Surroundings:
    """What lies beside the database; the head outside is known by the id of the database."""
    settings, database = service.settings, service.database
    folders = {"data": settings.data}
    if database.room:
        folders["database"] = Path(database.url.database or "").parent
    disks = {name: _disk(folder) for name, folder in folders.items() if folder.exists()}
    outside = _outside(settings.heads / database_id) if database_id else None
    return Surroundings(disks, mark.last(settings.data), outside)


def _disk(folder: Path) -> Disk:
    found = os.statvfs(folder)
    return Disk(found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize)


def _outside(file: Path) -> Outside | None:
    try:
        return Outside(int(file.read_bytes()[:20]), file.stat().st_mtime)
    except (OSError, ValueError):
        return None
