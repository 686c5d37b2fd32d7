"""Child: the process in which a workbook is read, as a hostile workbook can crash it.

It reads commands from standard input, one JSON object a line, and answers each with a line:
`{"sheets": …}` at first, `{"head": …}` for the first rows of a sheet, `{"count": …}` when the rows
of that sheet are in the spool, or `{"refused": …}`.
"""

import json
import math
import os
import resource
import sys
from collections.abc import Container, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from app.intake.sheets import percents
from app.intake.sheets.archive import Archive, checked
from app.intake.sheets.look import Refused
from app.intake.sheets.shapes import LAST_COLUMN, LAST_ROW, MOST_ROWS, Plain

if TYPE_CHECKING:  # It is imported when the archive was looked through.
    from python_calamine import CalamineSheet, CalamineWorkbook

MEMORY = 1 << 30
"""Bytes of address space: 200,000 rows of 16 columns take a third of it."""
SPOOL = 512 << 20
"""Bytes of rows at most."""
SECONDS = 30
_NAMED = 20
"""Rows with lost values that are listed at most."""
# Larger floats stay floats: they are measurements, not counts.
_WHOLE = 10**15

_Numbered = tuple[int, list[Plain]]


def main() -> None:
    """Read the workbook in the first argument; the second is the file descriptor of the spool."""
    limit()
    path, spool = Path(sys.argv[1]), int(sys.argv[2])
    try:
        _serve(path, spool)
    except Refused as refusal:
        _say({"refused": refusal.code, "values": refusal.values})
    except (MemoryError, OSError):
        _say({"refused": "inflates", "values": {}})


def limit() -> None:
    """Limit the memory, the time and the files of this process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (SPOOL, SPOOL))
    # A core dump would contain names of people.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _serve(path: Path, spool: int) -> None:
    archive = checked(path)
    # Imported only after the archive was inspected.
    from python_calamine import (  # noqa: PLC0415
        CalamineError,
        CalamineWorkbook,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    try:
        with (
            TemporaryFile() as copy,
            CalamineWorkbook.from_object(_plain(archive, copy)) as workbook,
        ):
            sheets = [
                (sheet.name, sheet.visible == SheetVisibleEnum.Visible)
                for sheet in workbook.sheets_metadata
                if sheet.typ == SheetTypeEnum.WorkSheet
            ]
            _say({"sheets": sheets})
            _answer(workbook, archive, spool)
    except CalamineError as error:
        raise Refused("unreadable_sheet") from error


def _plain(archive: Archive, copy: IO[bytes]) -> Path | IO[bytes]:
    """The workbook in a form that calamine can read: itself, or a copy."""
    if archive.is_plain:
        return archive.path
    archive.rewrite(copy)
    copy.seek(0)
    return copy


def _answer(workbook: "CalamineWorkbook", archive: Archive, spool: int) -> None:
    sheet: CalamineSheet | None = None
    name = ""
    for line in sys.stdin:
        command = json.loads(line)
        if "head" in command:
            name = command["head"]
            # Release the previous sheet before the next one is loaded.
            sheet = None
            sheet = workbook.get_sheet_by_name(name)
            _say(_head(sheet, command["first"], command["last"]))
        elif sheet:
            lost, hidden = archive.lost_of(name), archive.hidden_of(name)
            with os.fdopen(spool, "w", encoding="utf-8") as file:
                rows = _shown(sheet, archive.percents_of(name))
                spooled = _spool(rows, command["after"], hidden, file)
            reported = {row: cells for row, cells in sorted(lost.items()) if row > command["after"]}
            rows_named = list(reported)[:_NAMED]
            _say(spooled | {"lost": sum(reported.values()), "lost_rows": rows_named})
            return


def _head(sheet: "CalamineSheet", first: int, last: int) -> dict[str, object]:
    row, column = sheet.end or (0, 0)
    if row >= LAST_ROW or column >= LAST_COLUMN:
        raise Refused("unreadable_sheet")
    merges = [
        (top + 1, left, bottom + 1, right)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        if top < last and bottom + 1 >= first
    ]
    rows = [
        (number, cells) for number, cells in islice(_rows(sheet), last) if number >= first and cells
    ]
    return {"head": rows, "merges": merges[:LAST_COLUMN]}


def _shown(sheet: "CalamineSheet", shares: percents.Shown) -> Iterator[_Numbered]:
    """Every row; a percentage is the text that its cell shows."""
    for number, cells in _rows(sheet):
        for at, cell in enumerate(cells if shares else ()):
            places = shares.get((number, at))
            if places is not None and isinstance(cell, int | float) and not isinstance(cell, bool):
                cells[at] = percents.displayed(cell, places)
        yield number, cells


def _spool(
    rows: Iterator[_Numbered], after: int, hidden: Container[int], file: IO[str]
) -> dict[str, int]:
    """Write the filled rows to the spool; returns how many, the last one, how many are hidden."""
    count = last = unseen = 0
    for number, cells in rows:
        if cells and number > after:
            count, last = count + 1, number
            unseen += number in hidden
            if count > MOST_ROWS:
                raise Refused("too_many_rows", most=MOST_ROWS)
            file.write(json.dumps([number, cells], ensure_ascii=False) + "\n")
    return {"count": count, "last": last, "hidden": unseen}


def _rows(sheet: "CalamineSheet") -> Iterator[_Numbered]:
    """Every row with its number, without empty cells at its end."""
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = list(map(_cell, row))
        while cells and cells[-1] is None:
            cells.pop()
        yield number, cells


def _cell(value: str | float | bool | date | time | timedelta) -> Plain:  # noqa: FBT001 - a cell
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime | date):
        return {"t" if isinstance(value, datetime) else "d": value.isoformat()}
    if isinstance(value, timedelta):
        return _clock(round(value.total_seconds()))
    if isinstance(value, time):
        return _clock(value.hour * 3600 + value.minute * 60 + value.second)
    return value  # an int or a bool


def _number(value: float) -> float | int | str:
    if not math.isfinite(value):
        return str(value)
    return int(value) if value.is_integer() and abs(value) < _WHOLE else value


def _clock(seconds: int) -> str:
    sign, seconds = "-" if seconds < 0 else "", abs(seconds)
    rest = f":{seconds % 60:02}" if seconds % 60 else ""
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}{rest}"


def _say(answer: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
