"""Sheets: a computed answer as a table in CSV, or in XLSX laid out for printing."""

import csv
import io
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response

from app.acts import Act
from app.database.transaction import Transaction
from app.registry.programs import programs
from app.rest import media
from app.rest.crud import compute
from app.rest.deps import service_of
from app.rest.gate import caller_of
from app.rest.paper import Cell, print_out
from app.store.escape import escaped

Line = list[Cell]


@dataclass(frozen=True)
class Sheet:
    """A table with its headings, its title and its file name."""

    title: str
    file: str
    """The name of its file in ASCII, without the day and an ending."""
    tells_of: str
    """The collection named in the audit entry of the export."""
    as_of: str
    """The day, as in JSON."""
    headings: Sequence[str]
    lines: Sequence[Line]
    about: str = ""
    """Of what it tells, such as the program; the printed page says it under the title."""
    groups: Mapping[int, str] = field(default_factory=dict)
    """Headings on the printed page, by the number of the line below."""
    span: str = ""
    """Which days the printed page says, if not `as_of`."""


async def filed(
    request: Request, kind: str, program_id: uuid.UUID, work: Callable[[Transaction], Sheet]
) -> Response:
    """A table of a program as a file, with the program's title."""

    def titled(tx: Transaction) -> Sheet:
        sheet = work(tx)
        about = " · ".join(filter(None, (_title(tx, program_id), sheet.about)))
        return replace(sheet, about=about)

    return as_file(request, kind, await compute(request, titled))


def _title(tx: Transaction, program_id: uuid.UUID) -> str:
    table = programs.table
    title: str = tx.execute(sa.select(table.c.title).where(table.c.id == program_id)).scalar_one()
    return title


def as_file(request: Request, kind: str, sheet: Sheet) -> Response:
    """A table as a file; the export is recorded in the audit trail."""
    act = Act("export", sheet.tells_of, (), (), f"{len(sheet.lines)} rows")
    service_of(request).recorder.record(caller_of(request).actor, act)
    end = f"{sheet.as_of}.{media.FILES[kind]}"
    headers = media.attachment(f"{sheet.title} {end}", f"{sheet.file}-{end}")
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
    span = sheet.span or f"на {date.fromisoformat(sheet.as_of):%d.%m.%Y}"
    about = f"{sheet.about} · {span}".removeprefix(" · ")
    print_out(buffer, (sheet.title, about), sheet.headings, sheet.lines, sheet.groups)
    return buffer.getvalue()
