"""The anchor: the head of the audit trail, kept in a file outside the database.

Whoever holds only the database can cut the trail's end off and set its head back; the file then
still tells how far the trail had come. It is named by the database's own id, moves forward only,
and only after a commit: a crash in between leaves it behind, never ahead.
"""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from app.acts import Head

LENGTH = 20 + 1 + 64 + 1
"""Bytes of the file: a number, a space, a hash in hexadecimal and a line feed."""

log = logging.getLogger(__name__)


class Anchor:
    """The files of heads in one folder; several processes may share it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._fails = False

    def read(self, database_id: str) -> Head | None:
        """The head outside, if there is one."""
        try:
            file = os.open(self.folder / database_id, os.O_RDONLY)
        except FileNotFoundError:
            return None
        with _locked(file, fcntl.LOCK_SH):
            return _parsed(database_id, os.pread(file, LENGTH, 0))

    def move(self, head: Head) -> None:
        """Follow a commit; what another process has moved further stays."""
        with self._quietly():
            file = self._open(head.database_id)
            with _locked(file, fcntl.LOCK_EX):
                outside = _parsed(head.database_id, os.pread(file, LENGTH, 0))
                if outside is None or outside.seq < head.seq:
                    # In place: a file this small is written in one piece, and it is a commit in
                    # the database, not this file, that must survive a loss of power.
                    os.pwrite(file, f"{head.seq:020d} {head.mac}\n".encode(), 0)

    def hold(self, head: Head) -> None:
        """Note for good that the database's head is not the one outside, if that is so.

        The trail would otherwise grow past the place where it was cut, and the file with it.
        """
        with self._quietly():
            outside = self.read(head.database_id)
            if outside is None or outside.seq < head.seq or outside == head:
                return
            first = min(head.seq + 1, outside.seq)
            try:
                with self._note(head.database_id).open("x") as note:
                    note.write(f"{first}\n")
            except FileExistsError:
                return
            log.error("The audit trail ends before entry %d, %d were kept", first, outside.seq)

    def lost(self, database_id: str) -> int | None:
        """The first entry that was found missing when the trail went on, if that ever was."""
        try:
            return int(self._note(database_id).read_text())
        except FileNotFoundError:
            return None

    def put_aside(self, database_id: str, last: int, at: datetime) -> Path | None:
        """Rename the head of a database in whose place a copy with `last` entries is restored.

        A note of lost entries stays: only what was lost behind the copy's end does not concern it.
        """
        files = [self.folder / database_id]
        if (self.lost(database_id) or 0) > last:
            files.append(self._note(database_id))
        for file in filter(Path.exists, files):
            file.rename(file.with_name(f"{file.name}.{at:%Y%m%dT%H%M%SZ}"))
        aside = files[0].with_name(f"{database_id}.{at:%Y%m%dT%H%M%SZ}")
        return aside if aside.exists() else None

    def others(self, database_id: str) -> list[Head]:
        """The heads of other databases in the folder."""
        names = [path.name for path in self.folder.glob("*") if not path.suffix]
        found = [self.read(name) for name in sorted(names) if name != database_id]
        return [head for head in found if head]

    def _note(self, database_id: str) -> Path:
        return self.folder / f"{database_id}.lost"

    def _open(self, database_id: str) -> int:
        path, how = self.folder / database_id, os.O_RDWR | os.O_CREAT
        try:
            return os.open(path, how, 0o600)
        except FileNotFoundError:
            self.folder.mkdir(parents=True, exist_ok=True)
            return os.open(path, how, 0o600)

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """Go on where the folder cannot be used: the commit stands, and verifying tells."""
        try:
            yield
        except OSError:
            if not self._fails:
                log.exception("The head of the audit trail cannot be kept in %s", self.folder)
            self._fails = True
        else:
            self._fails = False


@contextmanager
def _locked(file: int, how: int) -> Iterator[None]:
    try:
        fcntl.flock(file, how)
        yield
    finally:
        os.close(file)


def _parsed(database_id: str, content: bytes) -> Head | None:
    """The head in a file; what is not whole (a disk lost power) counts as none."""
    if len(content) != LENGTH or not content[:20].isdigit():
        return None
    return Head(database_id, int(content[:20]), content[21:85].decode("ascii", "replace"))
