"""Writing: writes refused rows in the format of their list, safe to open in Excel."""

import codecs
import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import BinaryIO, Literal, TypedDict
from unicodedata import combining, normalize

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.intake.sheets.encodings import CODECS
from app.intake.sheets.shapes import Cell
from app.rest.media import CSV, XLSX
from app.rest.workbooks import unmarked
from app.store.escape import escaped

_ADDED = 2
_TITLE = "Непринятые строки"
_PER_CHUNK = 500
"""Rows encoded at a time."""
_LONGEST = 32_767
"""Characters of an Excel cell at most."""
_WHOLE = 10**15
"""From here on Excel, which uses floats, loses digits."""
_FIRST_DAY = date(1900, 3, 1)
"""Before this day Excel counts a 29 February 1900, which did not exist."""
_MARKS = {"+", "-"}
_HALF = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""Characters that neither UTF-8 nor XML has; written escaped, as they came."""
_SIMILAR = {
    **dict(zip("ӘәӨөҮүҖҗҢңҺһ", "ЭэОоУуЖжНнХх", strict=True)),
    **dict.fromkeys("−‐‑‒–—―", "-"),
    **dict.fromkeys("«»“”„", '"'),
    **dict.fromkeys("‘’‚ʼ", "'"),
    "→": "->",
    "…": "...",
    "≤": "<=",
    "≥": ">=",
}


class RefusedRows(TypedDict):
    """The refused rows of a list, and the form in which it came."""

    format: Literal["csv", "xlsx"]
    encoding: str | None
    """None for XLSX, as is the delimiter."""
    delimiter: str | None
    headings: list[str]
    rows: list[list[str | int | float | bool | None]]
    """The last two columns say what is the matter and what to do."""


def written(refused: RefusedRows) -> tuple[bytes, str]:
    """Refused rows as a file of the kind that came, and its media type.

    The last two columns take the place of those that an earlier answer had added.
    """
    rows = _aligned(refused["headings"], refused["rows"])
    encoding, delimiter = refused["encoding"], refused["delimiter"]
    if refused["format"] == "csv" and encoding and delimiter:
        return b"".join(write_csv(rows, encoding, delimiter)), CSV
    target = io.BytesIO()
    write_xlsx(rows, target, _TITLE)
    return target.getvalue(), XLSX


def _aligned(headings: list[str], rows: Iterable[Sequence[Cell]]) -> Iterator[list[Cell]]:
    """The rows below their headings, whatever stood to the right of the last one put last."""
    width = len(headings) - _ADDED
    added = headings[width:]
    kept = [column for column in range(width) if headings[column] not in added]
    yield [*(headings[column] for column in kept), *added]
    for row in rows:
        yield [*(row[column] for column in kept), *row[-_ADDED:], *row[width:-_ADDED]]


def write_csv(rows: Iterable[Sequence[Cell]], encoding: str, delimiter: str) -> Iterator[bytes]:
    """Rows, headings first, as CSV in pieces of some hundred rows.

    UTF-8 and UTF-16 get a byte order mark, without which Excel assumes a legacy code page. A
    character that the encoding lacks is replaced by a similar one (ә э, é e, — -), else by `_`.
    """
    encoder = codecs.getincrementalencoder(CODECS[encoding])()
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter)
    for number, row in enumerate(rows, 1):
        # Encode before escaping: a replacement character may be a quotation mark or a minus.
        writer.writerow(_safe(_within(_text(cell), CODECS[encoding])) for cell in row)
        if number % _PER_CHUNK == 0:
            yield encoder.encode(_taken(buffer))
    yield encoder.encode(_taken(buffer), final=True)


def write_xlsx(rows: Iterable[Sequence[Cell]], target: Path | BinaryIO, sheet: str) -> None:
    """Rows, headings first, as the only sheet of a workbook; memory does not grow."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options) as book:
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm:ss"})
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                _put(page, number, column, cell, moment if isinstance(cell, datetime) else day)


def _safe(text: str) -> str:
    """The text, escaped so that no program runs it; a single mark of attendance is harmless."""
    return text if text.strip() in _MARKS else escaped(text)


def _put(page: Worksheet, row: int, column: int, cell: Cell, of_days: Format) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        page.write_boolean(row, column, cell)
    elif isinstance(cell, int | float) and math.isfinite(cell) and abs(cell) < _WHOLE:
        page.write_number(row, column, cell)
    elif isinstance(cell, datetime | date) and f"{cell:%Y-%m-%d}" >= _FIRST_DAY.isoformat():
        moment = cell if isinstance(cell, datetime) else datetime.combine(cell, time())
        page.write_datetime(row, column, moment, of_days)
    else:
        text = _HALF.sub(lambda half: f"_x{ord(half[0]):04X}_", _text(cell))
        page.write_string(row, column, unmarked(_safe(text)[:_LONGEST]))


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "да" if cell else "нет"
    if isinstance(cell, datetime):
        return f"{cell:%d.%m.%Y %H:%M:%S}"
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    return str(cell)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _within(text: str, codec: str) -> str:
    """The text, with characters that the encoding lacks replaced."""
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return "".join(_resembling(character, codec) for character in text)
    return text


def _resembling(character: str, codec: str) -> str:
    bare = "".join(part for part in normalize("NFKD", character) if not combining(part))
    for candidate in (character, _SIMILAR.get(character, ""), bare):
        if candidate and candidate.encode(codec, "ignore").decode(codec) == candidate:
            return candidate
    return "_"
