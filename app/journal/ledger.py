"""Ledgers: files of what may not be undone, outside the database, as a restored copy lacks it.

One tells of destructions, one of keys that were revoked or replaced. A line is written and flushed
to disk just before the commit. A crash between the two leaves a line whose transaction was rolled
back. That is harmless: the register does not read the line, and in a restored copy it carries out
what was ordered and lacked only its commit. A retried transaction leaves several lines; the last
line of a person counts. A line that a power loss or a full disk cut short belongs to no commit.
"""

import json
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
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
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                rest = b"".join([_line_feed(file), *map(_line, records)])
                # A disk that is almost full takes a part, and tells so only of the next one.
                while rest:
                    rest = rest[os.write(file, rest) :]
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as error:
            log.exception("A line cannot be added to %s", self.path)
            raise (DiskFull if is_disk_full(error) else Unavailable) from error

    def records(self) -> Iterator[Destroyed]:
        """Every record in the file, without lines that were cut short; none if there is no file.

        Raises:
            Invalid: a whole line is not a JSON object.

        """
        for number, line in _lines(self.path):
            if not _is_cut_short(line):
                yield _demanded(line, self.path, number)

    def readable(self) -> Iterator[Destroyed]:
        """The records that can be read; a copy is made although a line is damaged."""
        for number, line in _lines(self.path):
            if (record := _parsed(line)) is not None:
                yield record
            elif not _is_cut_short(line):
                log.warning(
                    "%s, line %s cannot be read: a restore would refuse it", self.path, number
                )

    def lacking(self, records: Iterable[Destroyed]) -> list[Destroyed]:
        """Those of the records that are not in the file, each once."""
        known = {*map(_line, self.records())}
        named = {_line(record): record for record in records}
        return [record for line, record in named.items() if line not in known]

    def united(self, other: "Ledger") -> bytes:
        """The readable lines of both, each once; the other's come first."""
        found = (_parsed(line) for _, line in chain(_lines(other.path), _lines(self.path)))
        return b"".join(dict.fromkeys(_line(record) for record in found if record is not None))


def read(path: Path) -> Iterator[Destroyed]:
    """The records of a file that somebody names, one a line.

    Raises:
        Invalid: a line is not a JSON object.
        OSError.

    """
    for number, line in _numbered(path.read_bytes()):
        yield _demanded(line, path, number)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    return _numbered(path.read_bytes() if path.exists() else b"")


def _numbered(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The number and the bytes of each line that is not empty."""
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip():
            yield number, line


def _demanded(line: bytes, path: Path, number: int) -> Destroyed:
    if (record := _parsed(line)) is None:
        raise Invalid(Finding(UNREADABLE, values={"path": path, "line": number}))
    return record


def _parsed(line: bytes) -> Destroyed | None:
    with suppress(ValueError):
        record = json.loads(line)
        if isinstance(record, dict):
            return record
    return None


def _is_cut_short(line: bytes) -> bool:
    """Whether its end was never written; a power loss may leave zeros in its place."""
    return not line.rstrip(b"\0 \t").endswith(b"}")


def _line(record: Destroyed) -> bytes:
    return (json.dumps(record, ensure_ascii=False) + "\n").encode()


def _line_feed(file: int) -> bytes:
    """A line feed, if the last line was cut short by a power loss and would swallow the next."""
    size = os.fstat(file).st_size
    return b"\n" if size and os.pread(file, 1, size - 1) != b"\n" else b""
