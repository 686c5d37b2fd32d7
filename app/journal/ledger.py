"""Ledgers: files of what may not be undone, outside the database, as a restored copy lacks it.

One tells of destructions, one of keys that were revoked or replaced. A line is written and flushed
to disk just before the commit. A crash between the two leaves a line whose transaction was rolled
back. That is harmless: the register does not read the line, and in a restored copy it carries out
what was ordered and lacked only its commit. A retried transaction leaves several lines; the last
line of a person counts.
"""

import json
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.acts import Destroyed
from app.database.outages import is_disk_full
from app.findings import Finding, fault
from app.problems import DiskFull, Invalid, Unavailable

UNREADABLE = fault(
    "ledger_unreadable",
    "{path}, строка {line}: не об уничтожении и не о конце ключа. Ничего не восстановлено.",
    "{path}, line {line} tells of no destruction and no end of a key. Nothing was restored.",
)

log = logging.getLogger(__name__)


class Ledger:
    """An append-only file of records; several processes may share it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, records: Sequence[Destroyed]) -> None:
        """Append records; returns when they are on disk.

        Raises:
            DiskFull, Unavailable: they are not; the caller must not commit then.

        """
        if not records:
            return
        lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(file, (_line_feed(file) + lines).encode())
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as error:
            log.exception("A line cannot be added to %s", self.path)
            raise (DiskFull if is_disk_full(error) else Unavailable) from error

    def records(self) -> Iterator[Destroyed]:
        """Every record in the file; none if there is no file.

        Raises:
            Invalid: a line is not a JSON object.

        """
        if self.path.exists():
            yield from read(self.path)

    def ids(self) -> set[str]:
        """The ids of the records in the file."""
        return {str(record.get("id")) for record in self.records()}


def read(path: Path) -> Iterator[Destroyed]:
    """The records of a file, one a line.

    Raises:
        Invalid: a line is not a JSON object.
        OSError.

    """
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if line.strip():
            yield _record(line, path, number)


def _record(line: bytes, path: Path, number: int) -> Destroyed:
    try:
        record = json.loads(line)
    except ValueError:
        record = None
    if not isinstance(record, dict):
        raise Invalid(Finding(UNREADABLE, values={"path": path, "line": number}))
    return record


def _line_feed(file: int) -> str:
    """A line feed, if the last line was cut short by a power loss and would swallow the next."""
    size = os.fstat(file).st_size
    return "\n" if size and os.pread(file, 1, size - 1) != b"\n" else ""
