"""Shelf: a folder of dated copies, of which the newest are kept."""

import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta, tzinfo
from pathlib import Path

from app.findings import Finding, fault
from app.problems import Invalid

LOCKED = fault(
    "shelf_in_use",
    "В папку {folder} сейчас пишет копию другая команда. Эта ничего не сделала.",
    "Another command is writing a copy into {folder}. This one did nothing.",
)
EMPTY = fault(
    "no_copy_here",
    "В папке {folder} нет копий (school-….zip).",
    "There are no copies (school-….zip) in {folder}.",
)

AHEAD = timedelta(days=1)
"""A copy that is named after a moment still further away was made while the clock was wrong."""

_FORM = "school-%Y-%m-%dT%H-%M-%SZ.zip"
_NAME = re.compile(r"school-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.zip")


class Shelf:
    """A folder of copies; other files in it are left alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other commands from writing here; first remove what a killed one left unfinished.

        Raises:
            Invalid: another command is writing here.
            OSError: there is no such folder.

        """
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for part in self.folder.glob("school-*.zip.part"):
                part.unlink()
            yield
        except BlockingIOError as error:
            raise Invalid(Finding(LOCKED, values={"folder": self.folder})) from error
        finally:
            os.close(descriptor)

    def place(self, now: datetime) -> Path:
        """The path of a copy made now; a second that has a copy already gives the next one."""
        while (path := self.folder / now.astimezone(UTC).strftime(_FORM)).exists():
            now += timedelta(seconds=1)
        return path

    def copies(self) -> list[Path]:
        """The copies here, oldest first; those of a clock that was ahead count as oldest."""
        limit = datetime.now(UTC) + AHEAD
        found = (path for path in self.folder.iterdir() if _NAME.fullmatch(path.name))
        return sorted(found, key=lambda path: (made_at(path) <= limit, path.name))

    def newest(self) -> Path:
        """The newest copy.

        Raises:
            Invalid: there is none.
            OSError.

        """
        if not (found := self.copies()):
            raise Invalid(Finding(EMPTY, values={"folder": self.folder}))
        return found[-1]

    def thin(self, keep: int) -> list[Path]:
        """Remove all but the newest copies; returns those that were removed."""
        removed = self.copies()[:-keep]
        for path in removed:
            path.unlink()
        return removed

    def put(self, name: str, content: bytes) -> None:
        """Keep a file beside the copies; it takes the place of the former one."""
        part = self.folder / f"{name}.part"
        with part.open("wb") as written:
            written.write(content)
            written.flush()
            os.fsync(written.fileno())
        part.replace(self.folder / name)

    def is_due(self, now: datetime, times: Iterable[time], zone: tzinfo) -> bool:
        """Whether no copy was made since the last of the daily times."""
        local = now.astimezone(zone)
        days = (local.date(), local.date() - timedelta(days=1))
        moments = [datetime.combine(day, at, zone) for day in days for at in times]
        last = max(moment for moment in moments if moment <= now)
        made = [made_at(copy) for copy in self.copies()]
        return not any(last <= moment <= now + AHEAD for moment in made)


def made_at(copy: Path) -> datetime:
    """The moment in the name of a copy."""
    return datetime.strptime(copy.name, _FORM).replace(tzinfo=UTC)
