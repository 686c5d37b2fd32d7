"""Long workbooks: one sheet of any length, whose rows are XML already.

XlsxWriter makes the workbook around them, with the headings and one sample row. Rows that it
writes cell by cell take several times as long (`app.store.sheet_rows`).
"""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import IO, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

from xlsxwriter.utility import xl_rowcol_to_cell

from app.rest.workbooks import Book

_SHEET = "xl/worksheets/sheet1.xml"
FIRST = 2
"""The number of the first row below the headings."""

_LEVEL = 1
"""Of compression: level 6 saves a quarter of the bytes and takes a third more time for the file."""


class Headed(NamedTuple):
    """A workbook with the headings of one sheet."""

    archive: bytes
    before: str
    """The XML of the sheet before its rows."""
    after: str
    day: int
    """The number of the style for days."""


def headed(name: str, headings: Sequence[tuple[str, int]], height: int) -> Headed:
    """A workbook for a sheet of `height` rows; its headings are titles and widths in characters."""
    titles, widths = zip(*headings, strict=True)
    file = io.BytesIO()
    with Book(file, flat=True) as book:
        page = book.sheet(name, titles, widths=widths)
        page.autofilter(0, 0, height, len(titles) - 1)
        book.fill(page, [[date(2020, 1, 1)]])
    with ZipFile(file) as archive:
        sheet = archive.read(_SHEET).decode()
    before, sample, rest = sheet.partition('<row r="2"')
    style = re.search(r' s="(\d+)"', rest)
    assert style, sample  # noqa: S101 - XlsxWriter writes a day with its style
    corner = xl_rowcol_to_cell(height, len(titles) - 1)
    before = re.sub(r'(?<=<dimension ref=")[^"]*', f"A1:{corner}", before)
    return Headed(file.getvalue(), before, rest[rest.index("</sheetData>") :], int(style[1]))


@contextmanager
def rows_into(file: IO[bytes], frame: Headed) -> Iterator[Callable[[bytes], object]]:
    """Write a workbook to a file; yields what takes the XML of the next rows."""
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as book:
        with ZipFile(io.BytesIO(frame.archive)) as made:
            for part in made.infolist():
                if part.filename != _SHEET:
                    book.writestr(part, made.read(part))
        with book.open(_SHEET, "w", force_zip64=True) as sheet:
            sheet.write(frame.before.encode())
            with _behind(sheet.write) as write:
                yield write
            sheet.write(frame.after.encode())


@contextmanager
def _behind(write: Callable[[bytes], object]) -> Iterator[Callable[[bytes], object]]:
    """Write each piece in a thread while the next one is made; its error is raised with that."""
    pending: list[Future[object]] = []

    def begin(piece: bytes) -> None:
        while pending:
            pending.pop().result()
        pending.append(thread.submit(write, piece))

    with ThreadPoolExecutor(1, "deflate") as thread:
        yield begin
    while pending:
        pending.pop().result()
