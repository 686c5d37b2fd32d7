"""Separated values: reads a text file record by record, of any length."""

import csv
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import TextIO

from app.findings import Finding
from app.intake.sheets.encodings import Text, is_tatar, letters, words_of
from app.intake.sheets.header import (
    SEARCHED,
    Header,
    header_of,
    no_header,
    refuse_bad_headings,
    rows_above,
)
from app.intake.sheets.refusals import (
    AS_WINDOWS_1251,
    BAD_DELIMITER,
    EMPTY_FILE,
    LINES_IN_A_CELL,
    LONG_RECORD,
    NO_HEADER,
    NO_HEADER_ROW,
    QUOTE_NOT_CLOSED,
    TATAR_1251,
    TOO_MANY_COLUMNS,
    TOO_MANY_ROWS,
    garbled,
    refused,
)
from app.intake.sheets.shapes import (
    LAST_COLUMN,
    LAST_ROW,
    MOST_ROWS,
    Asked,
    Cell,
    Facts,
    Known,
    Row,
    Rows,
    Sheet,
)
from app.problems import Invalid, Problem
from app.store.escape import unescaped

DELIMITERS = (";", "\t", ",")
LONGEST = 1 << 21
"""Characters of one record at most."""
_SEP = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
# The character that ends a text under DOS, and a misplaced byte order mark.
_NOTHING = "\x1a\ufeff"


def read(text: Text, asked: Asked, is_known: Known) -> Sheet:
    """A text file as a sheet; the file is read completely once before the first row is returned.

    Raises:
        Invalid, TooMuch.

    """
    declared = _declared_delimiter(text)
    header, delimiter, above = _header(text, asked, declared, is_known)
    refuse_bad_headings(header.headings)
    if is_tatar(text):
        raise refused(TATAR_1251)
    source = _Records(text, delimiter, skips=declared is not None)
    last = source.last_filled(header.row)
    return Sheet(
        Facts("csv", text.size, text.sha256, header.row, text.encoding, delimiter),
        header.headings,
        Rows(lambda: source.rows(header, last)),
        [Finding(AS_WINDOWS_1251)] if text.is_guessed else [],
        max(0, last - header.row),
        above,
    )


def _declared_delimiter(text: Text) -> str | None:
    """The delimiter in a first line `sep=;`, which Excel writes and which is not a row."""
    with letters(text.path, text.codec) as file:
        line = _SEP.fullmatch(file.readline(20))
    return line[1] if line else None


def _header(
    text: Text, asked: Asked, declared: str | None, is_known: Known
) -> tuple[Header, str, list[Row]]:
    """The header, the delimiter under which it has the most known headings, the rows above it."""
    certain = asked.delimiter or declared
    if certain and (len(certain) != 1 or certain.isalnum() or certain in '"\r\n '):
        raise refused(BAD_DELIMITER, parameter="delimiter")
    first = asked.header_row or 1
    headers: dict[str, Header] = {}
    above: dict[str, list[Row]] = {}
    failures: list[Problem] = []
    widest: list[Row] = []
    for delimiter in (certain,) if certain else DELIMITERS:
        source = _Records(text, delimiter, skips=declared is not None)
        try:
            rows = source.between(max(1, first - SEARCHED), first + SEARCHED)
            widest = max(widest, rows, key=_breadth)
            header = header_of(rows, is_known, asked=asked.header_row)
        except Invalid as failure:
            # Under a wrong delimiter quotation marks may be misplaced.
            failures.append(failure)
            continue
        if header and (certain or not _is_uncut(header, rows)):
            headers[delimiter] = header
            above[delimiter] = rows_above(header, rows)
    if not headers:
        raise failures[0] if failures else _no_header(text, asked, is_known, widest)
    best = max(headers, key=lambda delimiter: _weight(headers[delimiter], is_known))
    return headers[best], best, above[best]


def _is_uncut(header: Header, rows: list[Row]) -> bool:
    """Whether a header is one cell that holds delimiters: «ФИО;Школа» is no heading of persons."""
    cells = next((row.cells for row in rows if row.number == header.row), ())
    return len(cells) == 1 and not {";", "\t"}.isdisjoint(str(cells[0]))


def _weight(header: Header, is_known: Known) -> tuple[int, int]:
    return sum(map(is_known, filter(None, header.headings))), len(header.headings)


def _breadth(rows: list[Row]) -> int:
    return max((len(row.cells) for row in rows), default=0)


def _no_header(text: Text, asked: Asked, is_known: Known, rows: list[Row]) -> Problem:
    if asked.header_row is not None:
        return refused(NO_HEADER_ROW, parameter="header_row", row=asked.header_row)
    words = words_of(text.path, text.codec)
    if not any(map(str.strip, words)):
        return refused(EMPTY_FILE)
    if fault := garbled(words, text.encoding, is_known):
        return refused(fault)
    return refused(NO_HEADER, **no_header(rows, is_known))


class _Records:
    """The records of a file, each with its number."""

    def __init__(self, text: Text, delimiter: str, *, skips: bool) -> None:
        self.text = text
        self.delimiter = delimiter
        self.skips = skips

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        with letters(self.text.path, self.text.codec) as file:
            if self.skips:
                file.readline()
            lines = _Lines(file)
            try:
                for record in csv.reader(lines, delimiter=self.delimiter, skipinitialspace=True):
                    lines.begin()
                    yield lines.record - 1, record
            except csv.Error as error:
                raise refused(LONG_RECORD, row=lines.record) from error

    def between(self, first: int, last: int) -> list[Row]:
        """The rows from one number up to another."""
        records = islice(self, first - 1, last)
        return [Row(number, _cells(record[:LAST_COLUMN])) for number, record in records]

    def last_filled(self, header_row: int) -> int:
        """The number of the last filled record; reads and counts all of them.

        Raises:
            TooMuch, Invalid.

        """
        last = filled = width = 0
        for number, record in self:
            if number == header_row:
                width = len(record)
            elif width and any("\n" in cell for cell in record) and self._has_lines(record, width):
                raise refused(LINES_IN_A_CELL, row=number)
            if len(record) > LAST_COLUMN:
                raise refused(TOO_MANY_COLUMNS, row=number, most=LAST_COLUMN)
            if number > LAST_ROW:
                raise refused(TOO_MANY_ROWS, most=MOST_ROWS)
            if any(map(_cell, record)):
                last = number
                filled += number > header_row
        if filled > MOST_ROWS:
            raise refused(TOO_MANY_ROWS, most=MOST_ROWS)
        return last

    def _has_lines(self, record: list[str], width: int) -> bool:
        """Whether two lines of a record's text or more have the delimiters of half a row.

        A quotation mark that is not closed takes the rows up to the next one into its cell; rows
        may be short. A delimiter before a blank or between digits is no evidence: prose has them.
        """
        sign = re.escape(self.delimiter)
        pattern = re.compile(rf"{sign}(?! )(?!(?<=\d{sign})\d)")
        lines = self.delimiter.join(record).splitlines()
        least = min(width - 1, max(2, width // 2))
        return width > 1 and sum(len(pattern.findall(line)) >= least for line in lines) > 1

    def rows(self, header: Header, last: int) -> Iterator[Row]:
        """The rows after the header up to the last filled one."""
        width = len(header.headings)
        for number, record in islice(self, header.row, last):
            yield Row(number, padded(_cells(record), width))


class _Lines:
    """The lines of a file, limited: an unclosed quotation mark would swallow the rest."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.record = 1
        self.pending = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.file.readline(LONGEST)
        # At the end of the file a record is pending only inside an unclosed quotation mark.
        if not line and self.pending:
            raise refused(QUOTE_NOT_CLOSED, row=self.record)
        if not line:
            raise StopIteration
        self.pending += len(line)
        if self.pending >= LONGEST:
            raise refused(LONG_RECORD, row=self.record)
        return line

    def begin(self) -> None:
        """Begin the next record."""
        self.record += 1
        self.pending = 0


def padded(cells: list[Cell], width: int) -> list[Cell]:
    """Cells for every heading; empty ones to the right are dropped."""
    while len(cells) > width and cells[-1] is None:
        cells.pop()
    return cells + [None] * (width - len(cells))


def _cells(record: list[str]) -> list[Cell]:
    return [_short_cell(text) if len(text) <= _SHORT else _cell(text) for text in record]


def _cell(value: str) -> Cell:
    return unescaped(value) if value.strip() and value.strip(_NOTHING) else None


_SHORT = 100
"""Characters of a cell that is cached, at most: lists repeat their cells."""

_short_cell = lru_cache(10_000)(_cell)
