"""Cells: the value of a field that a cell holds, in the form that the API would receive."""

import re
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from functools import lru_cache, partial
from typing import Any, NamedTuple

from app.findings import Fault
from app.intake import amounts, days, numbers, timing
from app.intake.choices import choice
from app.intake.faults import (
    DAY_IN_CODE,
    DAY_IN_NUMBER,
    DAY_IN_TEXT,
    EXPONENT,
    FIRST_DAY_TAKEN,
    NOT_A_FLAG,
    PARTS_HAVE_COLUMNS,
)
from app.model.faults import refuse
from app.model.headings import Heading, Kind
from app.model.text import fold, readable

Cell = str | int | float | bool | date | datetime | None
"""The content of a cell; CSV has texts only."""

_EXPONENT = re.compile(r"\d+([.,]\d+)?[eе][+-]?\d+", re.IGNORECASE)

_ERROR = re.compile(
    r"#(?:[a-zа-я_]+[!?]|n/a|н/д|div/0!|дел/0!|getting_data|ожидание_данных|#+)"
    r"|(?:err|ош|ошибка):\s?\d{3}",
    re.IGNORECASE,
)

_TERM = "term_text"
"""Ends the names of the fields that tell when something happens: a day is what they are for."""

ID = 36
"""Characters of a UUID."""

_YES = {"да", "+", "1", "true", "истина", "yes", "присутствовал", "присутствовала", "был", "была"}
_NO = {"нет", "-", "0", "false", "ложь", "no", "н", "отсутствовал", "отсутствовала"}
_FLAGS = dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False)


class Noted(NamedTuple):
    """A value, and a remark about how it was read."""

    value: Any
    about: Fault


def value_of(heading: Heading, zone: tzinfo, cell: Cell) -> Any:
    """The value of a field in a cell, perhaps as `Noted`; None if the cell is empty.

    Raises:
        PydanticCustomError: it cannot be read.
        Unreadable: it has characters that no text has.

    """
    if isinstance(cell, str):
        cell = readable(cell)
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if length := numbers.LENGTHS.get(heading.name):
        return numbers.plain(f"{cell:0{length}}" if type(cell) is int else text(cell), length)
    if heading.kind == Kind.DAY:
        return _day(zone, cell)
    return _READERS[heading.kind](heading, cell)


def reader(heading: Heading, zone: tzinfo) -> Callable[[Cell], object]:
    """`value_of` for one column; repeated cells are cached.

    Raises:
        PydanticCustomError, Unreadable: as `value_of`.

    """
    uncached = partial(value_of, heading, zone)
    if heading.kind == Kind.CHOICES:
        return uncached  # a cached list would be shared by rows
    # Without `typed` the cache would take 1, 1.0 and True for one key.
    cached = lru_cache(1_000, typed=True)(uncached)
    return lambda cell: (
        uncached(cell) if isinstance(cell, str) and len(cell) > _SHORT else cached(cell)
    )


_SHORT = 100
"""Characters of a cell that is cached, at most."""


def text(cell: Cell) -> str:
    """A cell as text; a whole number has no decimal part."""
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
    line = "" if cell is None else str(cell).strip()
    if line[:1].isdigit() and _EXPONENT.fullmatch(line):
        refuse(EXPONENT)
    return line


def is_error(cell: Cell) -> bool:
    """Whether a cell holds a formula's error, as Excel or LibreOffice spells it."""
    may_be = isinstance(cell, str) and ("#" in cell or ":" in cell)
    return may_be and _ERROR.fullmatch(str(cell).strip()) is not None


def as_id(text: object) -> uuid.UUID | None:
    """The UUID in a cell, if it holds one."""
    try:
        return uuid.UUID(text) if isinstance(text, str) and len(text) == ID else None
    except ValueError:
        return None


def flag(cell: Cell) -> bool:
    """True or false, from the words and signs that lists use."""
    if isinstance(cell, bool):
        return cell
    value = _FLAGS.get(fold(text(cell)).rstrip("."))
    return refuse(NOT_A_FLAG) if value is None else value


def _line(heading: Heading, cell: Cell) -> str | Noted:
    """A text; where a program took what was typed for a day, its characters are lost."""
    told = text(cell)
    if not isinstance(cell, date):
        return told
    if heading.is_code:
        refuse(DAY_IN_CODE, shown=told)
    return told if heading.name.endswith(_TERM) else Noted(told, DAY_IN_TEXT)


def _number(heading: Heading, cell: Cell) -> object:
    if isinstance(cell, date):
        refuse(DAY_IN_NUMBER, shown=text(cell))
    return amounts.read(heading, text(cell))


def _day(zone: tzinfo, cell: Cell) -> str | Noted:
    day, is_first = days.read(cell if isinstance(cell, date) else text(cell), zone)
    return Noted(day.isoformat(), FIRST_DAY_TAKEN) if is_first else day.isoformat()


def _choices(heading: Heading, cell: Cell) -> list[str]:
    return [choice(heading.choices, part) for part in re.split(r"[;\n]", text(cell))]


_READERS: Mapping[Kind, Callable[[Heading, Cell], Any]] = {
    Kind.TEXT: _line,
    Kind.REFERENCE: lambda _, cell: text(cell),
    Kind.ID: lambda _, cell: text(cell),
    Kind.CHOICE: lambda heading, cell: choice(heading.choices, text(cell)),
    Kind.CHOICES: _choices,
    Kind.NUMBER: _number,
    Kind.DECIMAL: _number,
    Kind.TIME: lambda _, cell: timing.clock(cell),
    Kind.WEEKDAY: lambda _, cell: timing.weekday(text(cell)),
    Kind.YEARS: lambda _, cell: timing.school_year(text(cell)) or text(cell),
    Kind.FLAG: lambda _, cell: flag(cell),
    Kind.PARTS: lambda heading, _: refuse(PARTS_HAVE_COLUMNS, columns=heading.about),
}
