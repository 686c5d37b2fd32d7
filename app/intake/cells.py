"""Cells: what a cell of a list says of a field, in the form in which the API would say it."""

import json
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from functools import cache, lru_cache, partial
from typing import Any, NamedTuple

from app.findings import Fault
from app.intake import days, numbers
from app.intake.faults import (
    EXPONENT,
    FIRST_DAY_TAKEN,
    NOT_A_FLAG,
    NOT_A_NUMBER_CELL,
    NOT_AMONG,
    NOT_JSON_CELL,
    PERCENT_CELL,
)
from app.model.faults import refuse
from app.model.headings import Heading, Kind
from app.model.text import fold, readable

Cell = str | int | float | bool | date | datetime | None
"""What stands in a cell; a CSV has texts only."""

_EXPONENT = re.compile(r"\d+([.,]\d+)?[eе][+-]?\d+", re.IGNORECASE)

_ERROR = re.compile(
    r"#(?:[a-zа-я_]+[!?]|n/a|н/д|div/0!|дел/0!|getting_data|ожидание_данных|#+)"
    r"|(?:err|ош|ошибка):\s?\d{3}",
    re.IGNORECASE,
)

ID = 36
"""Characters of an id."""

_YES = {"да", "+", "1", "true", "истина", "yes", "присутствовал", "присутствовала", "был", "была"}
_NO = {"нет", "-", "0", "false", "ложь", "no", "н", "отсутствовал", "отсутствовала"}
_FLAGS = dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False)


class Noted(NamedTuple):
    """What a cell says, beside what its uploader should know of how it was read."""

    value: Any
    about: Fault


def said(heading: Heading, zone: tzinfo, cell: Cell) -> Any:
    """What a cell says of a field, perhaps as `Noted`; None where it says nothing.

    Raises:
        PydanticCustomError: it cannot be read.
        Unreadable: it has what no text has.

    """
    if isinstance(cell, str):
        cell = readable(cell)
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if length := numbers.LENGTHS.get(heading.name):
        return numbers.plain(f"{cell:0{length}}" if type(cell) is int else text(cell), length)
    match heading.kind:
        case Kind.CHOICE:
            return choice(heading.choices, text(cell))
        case Kind.CHOICES:
            return [choice(heading.choices, each) for each in re.split(r"[;\n]", text(cell))]
        case Kind.DAY:
            return _day(zone, cell)
        case kind:
            return _READERS[kind](cell)


def reader(heading: Heading, zone: tzinfo) -> Callable[[Cell], object]:
    """What `said` does for one column; what its cells say over and over is read once.

    Raises:
        PydanticCustomError, Unreadable: as `said`.

    """
    anew = partial(said, heading, zone)
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


def is_error(cell: Cell) -> bool:
    """Whether a cell shows an error of its formula, as Excel and LibreOffice spell it."""
    may_be = isinstance(cell, str) and ("#" in cell or ":" in cell)
    return may_be and _ERROR.fullmatch(str(cell).strip()) is not None


def as_id(text: object) -> uuid.UUID | None:
    """The id that a cell holds, if it holds one."""
    try:
        return uuid.UUID(text) if isinstance(text, str) and len(text) == ID else None
    except ValueError:
        return None


class Percent(str):
    """A number that its cell shows as a percent, without the sign."""

    __slots__ = ()


def decimal(cell: Cell) -> str:
    """A number with a point, whatever stood in its place."""
    found = re.sub(r"\s", "", text(cell)).replace(",", ".")
    return Percent(found[:-1]) if found.endswith("%") else found


def flag(cell: Cell) -> bool:
    """Yes or no, as lists mark it."""
    if isinstance(cell, bool):
        return cell
    found = _FLAGS.get(fold(text(cell)).rstrip("."))
    return refuse(NOT_A_FLAG) if found is None else found


def _day(zone: tzinfo, cell: Cell) -> str | Noted:
    day, is_first = days.read(cell if isinstance(cell, date) else text(cell), zone)
    return Noted(day.isoformat(), FIRST_DAY_TAKEN) if is_first else day.isoformat()


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
    if line.endswith("%"):
        refuse(PERCENT_CELL)
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
    Kind.JSON: _json,
}
