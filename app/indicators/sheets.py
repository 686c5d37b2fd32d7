"""Sheets: a document of the indicators as a table in CSV or XLSX."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from starlette.requests import Request
from starlette.responses import Response

from app.acts import Act
from app.rest import media
from app.rest.deps import service_of
from app.rest.gate import caller_of
from app.rest.workbooks import Book
from app.store.escape import escaped

Cell = str | int | Decimal | date | None
Line = list[Cell]


@dataclass(frozen=True)
class Sheet:
    """A table with its headings, its title and its file name."""

    title: str
    file: str
    """The name of its file in ASCII, without an ending."""
    tells_of: str
    """The collection named in the audit entry of the export."""
    headings: Sequence[str]
    lines: Sequence[Line]


def as_file(request: Request, kind: str, sheet: Sheet) -> Response:
    """A table as a file; the export is recorded in the audit trail."""
    act = Act("export", sheet.tells_of, (), (), f"{len(sheet.lines)} rows")
    service_of(request).recorder.record(caller_of(request).actor, act)
    end = media.FILES[kind]
    headers = media.attachment(f"{sheet.title}.{end}", f"{sheet.file}.{end}")
    body = _csv(sheet) if kind == media.CSV else _xlsx(sheet)
    return Response(body, 200, headers, kind)


def _csv(sheet: Sheet) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow(sheet.headings)
    writer.writerows([_cell(entry) for entry in line] for line in sheet.lines)
    # Without the byte order mark, Excel reads the file in the system's code page.
    return f"\ufeff{buffer.getvalue()}".encode()


def amount(text: str | None) -> Decimal | None:
    """A number of an answer as a cell; a text is not added up by a spreadsheet program."""
    return None if text is None else Decimal(text)


def _cell(value: Cell) -> str:
    match value:
        case None:
            return ""
        case date():
            return f"{value:%d.%m.%Y}"
        case str():
            return escaped(value)
    # With a point, Excel in Russian reads 12.75 as December 1975. A sign makes no formula here.
    return str(value).replace(".", ",")


def _xlsx(sheet: Sheet) -> bytes:
    buffer = io.BytesIO()
    with Book(buffer) as book:
        page = book.sheet(sheet.title.partition(" ")[0], sheet.headings)
        count = book.fill(page, sheet.lines)
        page.autofilter(0, 0, count, len(sheet.headings) - 1)
    return buffer.getvalue()
