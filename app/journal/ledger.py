"""The ledger of what was destroyed, outside the database: a restored copy forgets its newest rows.

A line is written, and confirmed by the disk, as the very last thing before the commit, so no
destruction is committed without one. The other way round it can happen: a crash or a lost
connection in that instant leaves a line whose destruction was rolled back. It does no harm: in the
register nothing reads it, and in a restored copy it carries out what somebody with the right to it
had ordered, for the reason that it tells, and what lacked nothing but the commit. A transaction
that was tried again leaves several lines; the last one for a person is the one that holds.
"""

import json
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.acts import Destroyed
from app.findings import Finding, fault
from app.problems import Invalid, Unavailable

UNREADABLE = fault(
    "no_destruction_record",
    "{path}, строка {line}: это не запись об уничтожении. Ничего не восстановлено.",
    "{path}, line {line} is no record of destruction. Nothing was restored.",
)

log = logging.getLogger(__name__)


class Ledger:
    """One file of records, to which is only added; several processes may share it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, records: Sequence[Destroyed]) -> None:
        """Write records, and return when the disk has them.

        Raises:
            Unavailable: it has not; who destroys must not commit then.

        """
        if not records:
            return
        lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(file, (_line_feed(file) + lines).encode())
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as error:
            log.exception("What is to be destroyed cannot be told in %s", self.path)
            raise Unavailable from error

    def records(self) -> Iterator[Destroyed]:
        """Every record in it, or none where there is no file.

        Raises:
            Invalid: a line is no JSON object.

        """
        if self.path.exists():
            yield from read(self.path)

    def ids(self) -> set[str]:
        """The ids of the records in it."""
        return {str(each.get("id")) for each in self.records()}


def read(path: Path) -> Iterator[Destroyed]:
    """The records of a file, one a line.

    Raises:
        Invalid: a line is no JSON object.
        OSError.

    """
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if line.strip():
            yield _record(line, path, number)


def _record(line: bytes, path: Path, number: int) -> Destroyed:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Invalid(Finding(UNREADABLE, values={"path": path, "line": number}))
    return found


def _line_feed(file: int) -> str:
    """What ends a line that a loss of power has cut short, lest the next one be lost with it."""
    size = os.fstat(file).st_size
    return "\n" if size and os.pread(file, 1, size - 1) != b"\n" else ""
