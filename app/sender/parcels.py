"""Parcels: a long list in pieces that the service accepts, each with the list's header."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.remote import Refused
from app.words import Words

MOST_BYTES, MOST_ROWS = 50 * 1024 * 1024, 200_000
"""The service's limits for one upload."""
LONGEST = 500
"""Rows that one record may take: a list of its parts has no more."""

_ZIPPED = b"PK\x03\x04"
_ENCODINGS = ("utf-8-sig", "windows-1251")
"""In the order in which the service tries them."""

TOO_LONG = Words(
    "{path} больше 50 МиБ: сохраните его как CSV, он отправляется по частям.",
    "{path} is over 50 MiB: save it as CSV, which is sent in pieces.",
)
NO_ENCODING = Words(
    "Список не в UTF-8 и не в windows-1251: сохраните его в одной из этих кодировок.",
    "The list is neither UTF-8 nor windows-1251: save it as one of them.",
)


@dataclass(frozen=True)
class Parcel:
    """A piece of a list."""

    content: bytes
    before: int = 0
    """Rows of the whole list between its header and this piece's first row."""

    def row(self, number: int) -> int:
        """The number in the whole list of a row of this piece."""
        return number + self.before


def packed(path: Path, header_row: int = 1) -> Iterator[Parcel]:
    """The whole list, or pieces of it if it is too long.

    Raises:
        Refused: it is a workbook that is too long; only CSV can be cut into pieces.
        OSError.

    """
    content = path.read_bytes()
    if content.startswith(_ZIPPED):
        if len(content) > MOST_BYTES:
            raise Refused(TOO_LONG.said(path=path))
        yield Parcel(content)
        return
    encoding = _encoding(content)
    records = list(_records(content.decode(encoding)))
    if len(content) <= MOST_BYTES and len(records) - header_row <= MOST_ROWS:
        yield Parcel(content)
        return
    head, rows = records[:header_row], records[header_row:]
    before = 0
    while before < len(rows):
        end = _end(rows, before)
        yield Parcel("".join([*head, *rows[before:end]]).encode(encoding), before)
        before = end


def _end(rows: Sequence[str], start: int) -> int:
    """Where the piece that begins at `start` ends: rows that go on with those above stay there.

    A row with an empty first cell, or with that of the row above, may be about the same record.
    """
    last = start + MOST_ROWS
    if last >= len(rows):
        return len(rows)
    for end in range(last, max(start, last - LONGEST), -1):
        first = _first_cell(rows[end])
        if first and first != _first_cell(rows[end - 1]):
            return end
    return last


def _first_cell(record: str) -> str:
    return re.split("[;,\t]", record, maxsplit=1)[0].strip('" \r\n')


def _encoding(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Refused(NO_ENCODING.said())


def _records(text: str) -> Iterator[str]:
    """The records as written; a quoted record may span several lines."""
    record = ""
    for line in text.splitlines(keepends=True):
        record += line
        if record.count('"') % 2 == 0:
            yield record
            record = ""
    if record:
        yield record
