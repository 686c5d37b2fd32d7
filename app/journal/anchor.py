"""The anchor: a copy of the audit trail's head in a file outside the database.

Somebody who holds only the database can truncate the trail and set its head back; the file still
says how long the trail was. It is named after the database's id, moves forward only, and only after
a commit: a crash in between leaves it behind the database, never ahead.
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
        """The head in the file; None if there is no file."""
        try:
            file = os.open(self.folder / database_id, os.O_RDONLY)
        except FileNotFoundError:
            return None
        with _locked(file, fcntl.LOCK_SH):
            return _parsed(database_id, os.pread(file, LENGTH, 0))

    def move(self, head: Head) -> None:
        """Move the head forward after a commit; a later head of another process stays."""
        with self._quietly():
            file = self._open(head.database_id)
            with _locked(file, fcntl.LOCK_EX):
                outside = _parsed(head.database_id, os.pread(file, LENGTH, 0))
                if outside is None or outside.seq < head.seq:
                    # In place: so small a write is not split. After a power loss the database
                    # counts, not this file, so it needs no fsync.
                    os.pwrite(file, f"{head.seq:020d} {head.mac}\n".encode(), 0)

    def hold(self, head: Head) -> None:
        """Record permanently that the database's head is behind the one outside, if so.

        Otherwise the trail, and then the file, would grow past the truncation and hide it.
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
        """The first entry found missing when the trail continued after a truncation; else None."""
        try:
            return int(self._note(database_id).read_text())
        except FileNotFoundError:
            return None

    def put_aside(self, database_id: str, last: int, at: datetime) -> Path | None:
        """Rename the head of a database that is replaced by a copy with `last` entries.

        A note of lost entries stays, unless they lie beyond the end of the copy.
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
        heads = [self.read(name) for name in sorted(names) if name != database_id]
        return [head for head in heads if head]

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
        """Log an unusable folder once: the commit stands, and a verification reports the gap."""
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
    """The head in a file; an incomplete content (after a power loss) counts as none."""
    if len(content) != LENGTH or not content[:20].isdigit():
        return None
    return Head(database_id, int(content[:20]), content[21:85].decode("ascii", "replace"))
