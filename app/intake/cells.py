"""Cells: what a cell of a list says of a field, in the form in which the API would say it."""

import json
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache, lru_cache, partial
from typing import Any

from app.intake.faults import (
    EXPONENT,
    NOT_A_DATE_CELL,
    NOT_A_FLAG,
    NOT_A_NUMBER_CELL,
    NOT_AMONG,
    NOT_JSON_CELL,
    TWO_DIGIT_YEAR,
)
from app.store.faults import refuse
from app.store.headings import Heading, Kind
from app.store.text import fold, readable

Cell = str | int | float | bool | date | datetime | None
"""What stands in a cell; a CSV has texts only."""

_MONTHS = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)
_POINTS = re.compile(r"(?:(\d{1,2})\s*-\s*)?(\d{1,2})\.(\d{1,2})\.(\d+)(?:\s*г\.?)?")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[t ].*)?")
_WORDS = re.compile(rf"(\d{{1,2}})\s+({'|'.join(_MONTHS)})\s+(\d+)(?:\s*(?:г\.?|года))?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EXPONENT = re.compile(r"\d+([.,]\d+)?[eе][+-]?\d+", re.IGNORECASE)

ID = 36
"""Characters of an id."""

EPOCH = date(1899, 12, 30)
"""Day 0 of a spreadsheet program (its 1900 is a leap year by mistake, so 60 is no day)."""

_YES = {"да", "+", "1", "true", "истина", "yes", "присутствовал", "присутствовала", "был", "была"}
_NO = {"нет", "-", "0", "false", "ложь", "no", "н", "отсутствовал", "отсутствовала"}
_FLAGS = dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False)


def said(heading: Heading, cell: Cell) -> Any:
    """What a cell says of a field; None where it says nothing.

    Raises:
        PydanticCustomError: it cannot be read.
        Unreadable: it has what no text has.

    """
    if isinstance(cell, str):
        cell = readable(cell)
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    match heading.kind:
        case Kind.CHOICE:
            return choice(heading.choices, text(cell))
        case Kind.CHOICES:
            return [choice(heading.choices, each) for each in re.split(r"[;\n]", text(cell))]
        case kind:
            return _READERS[kind](cell)


def reader(heading: Heading) -> Callable[[Cell], Any]:
    """What `said` does for one column; what its cells say over and over is read once.

    Raises:
        PydanticCustomError, Unreadable: as `said`.

    """
    anew = partial(said, heading)
    if heading.kind in {Kind.CHOICES, Kind.JSON}:
        return anew  # each row has a list of its own
    # 1, 1.0 and True are one key unless types are compared too.
    once = lru_cache(1_000, typed=True)(anew)
    return lambda cell: anew(cell) if isinstance(cell, str) and len(cell) > _SHORT else once(cell)


_SHORT = 100
"""Characters of a cell that is remembered."""


def text(cell: Cell) -> str:
    """A cell as text: a number without what its format added."""
    if isinstance(cell, bool):
        return "да" if cell else "нет"
    if isinstance(cell, datetime):
        return (
            f"{cell:%d.%m.%Y}" if cell.time() == datetime.min.time() else f"{cell:%d.%m.%Y %H:%M}"
        )
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.10f}".rstrip("0")
    found = "" if cell is None else str(cell).strip()
    if found[:1].isdigit() and _EXPONENT.fullmatch(found):
        refuse(EXPONENT)
    return found


def as_id(text: object) -> uuid.UUID | None:
    """The id that a cell holds, if it holds one."""
    try:
        return uuid.UUID(text) if isinstance(text, str) and len(text) == ID else None
    except ValueError:
        return None


def decimal(cell: Cell) -> str:
    """A number with a point, whatever stood in its place."""
    return re.sub(r"\s", "", text(cell)).replace(",", ".")


def flag(cell: Cell) -> bool:
    """Yes or no, as lists mark it."""
    if isinstance(cell, bool):
        return cell
    found = _FLAGS.get(fold(text(cell)).rstrip("."))
    return refuse(NOT_A_FLAG) if found is None else found


def day(cell: Cell) -> tuple[date, bool]:
    """A day, and whether it is the first of several.

    Raises:
        PydanticCustomError: it is no day, or its year has two digits.

    """
    if isinstance(cell, datetime):
        return cell.date(), False
    if isinstance(cell, date):
        return cell, False
    line = fold(text(cell))
    if _SERIAL.fullmatch(line):
        return EPOCH + timedelta(days=int(float(line))), False
    if found := _POINTS.fullmatch(line):
        first, last, month, year = found.groups()
        return _day(year, int(month), int(first or last)), first is not None
    if found := _ISO.fullmatch(line):
        return _day(found[1], int(found[2]), int(found[3])), False
    if found := _WORDS.fullmatch(line):
        return _day(found[3], _MONTHS.index(found[2]) + 1, int(found[1])), False
    return refuse(NOT_A_DATE_CELL)


def _day(year: str, month: int, number: int) -> date:
    if len(year) == len("20"):
        refuse(TWO_DIGIT_YEAR)
    try:
        return date(int(year), month, number)
    except (ValueError, OverflowError):
        refuse(NOT_A_DATE_CELL)


def choice(choices: Mapping[str, str], said: str) -> str:
    """The value of a closed list that a text names by itself or by its label."""
    found = _named(tuple(choices.items())).get(fold(said))
    if found is None:
        refuse(NOT_AMONG, allowed=", ".join(choices.values()))
    return found


@cache
def _named(choices: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The values by everything that names them: «школа с низкими результатами (ШНОР)», «ШНОР»."""
    found: dict[str, str] = {}
    for value, label in choices:
        short = re.findall(r"\(([^)]+)\)", label)
        names = (value, label, re.sub(r"\s*\([^)]*\)", "", label), *short)
        found |= {fold(name): value for name in names}
    return found


def _number(cell: Cell) -> int:
    line = re.sub(r"\s", "", text(cell))
    if not re.fullmatch(r"-?[0-9]{1,18}", line):
        refuse(NOT_A_NUMBER_CELL)
    return int(line)


def _json(cell: Cell) -> Any:
    try:
        return json.loads(str(cell))
    except (ValueError, RecursionError):
        refuse(NOT_JSON_CELL)


_READERS: Mapping[Kind, Callable[[Cell], Any]] = {
    Kind.TEXT: text,
    Kind.REFERENCE: text,
    Kind.NUMBER: _number,
    Kind.DECIMAL: decimal,
    Kind.FLAG: flag,
    Kind.DAY: lambda cell: day(cell)[0].isoformat(),
    Kind.JSON: _json,
}
