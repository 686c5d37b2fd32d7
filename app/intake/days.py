"""Days: reads the calendar day in a cell, in every spelling that lists use.

Of several days («13-14 октября 2020») the first one counts. Nothing is guessed: years of two digits
and dates with the month before the day are refused.
"""

import re
from datetime import date, datetime, timedelta, tzinfo

from app.intake.faults import NOT_A_DATE_CELL, TWO_DIGIT_YEAR
from app.model.faults import refuse
from app.model.text import fold

EPOCH = date(1899, 12, 30)
"""Day 0 of a spreadsheet program; Excel counts a 29 February 1900, so day 60 does not exist."""

_MONTHS = (
    ("января", "январь", "янв"),
    ("февраля", "февраль", "февр", "фев"),
    ("марта", "март", "мар"),
    ("апреля", "апрель", "апр"),
    ("мая", "май"),
    ("июня", "июнь", "июн"),
    ("июля", "июль", "июл"),
    ("августа", "август", "авг"),
    ("сентября", "сентябрь", "сент", "сен"),
    ("октября", "октябрь", "окт"),
    ("ноября", "ноябрь", "нояб", "ноя"),
    ("декабря", "декабрь", "дек"),
)
_NUMBERS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_NAME = "|".join(sorted(_NUMBERS, key=len, reverse=True))

_HOUR = r"\d{1,2}:\d{2}"
_TIME = re.compile(rf"(?:,? |t)(?:в )?{_HOUR}(?::\d{{2}}(?:[.,]\d+)?)?(?: ?- ?{_HOUR})?")
_INSTANT = re.compile(r"[\d-]{10}[t ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:?\d{2})")
_YEAR = re.compile(r"(?<=\d)\s*(?:года?|г)\.?(?=[ -]|$)|\.$")
_AND = re.compile(r" (?:по|до|и) |,")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_ISO = r"\d{4}-\d{2}-\d{2}"
_ISO_DAYS = re.compile(rf"({_ISO})(?:-({_ISO}))?")
_DAY = rf"(\d{{1,2}})(?:\.(\d{{1,2}})|[ .-]?({_NAME})\.?)"
_DAYS = re.compile(rf"(?:(\d{{1,2}})-|{_DAY}(?:[ .-](\d+))?-)?{_DAY}[ .-](\d+)")


def read(cell: object, zone: tzinfo) -> tuple[date, bool]:
    """The day, and whether it is the first of several.

    `zone` decides the day of an instant with an offset.

    Raises:
        PydanticCustomError: it is not a day, or its year has two digits.

    """
    if isinstance(cell, date):
        return cell.date() if isinstance(cell, datetime) else cell, False
    first, last = _days(fold(str(cell)), zone)
    if first > last:
        refuse(NOT_A_DATE_CELL)
    return first, first < last


def _days(line: str, zone: tzinfo) -> tuple[date, date]:
    """The first and last day in a folded text."""
    if _SERIAL.fullmatch(line):
        day = EPOCH + timedelta(days=int(float(line)))
        return day, day
    if _INSTANT.fullmatch(line):
        day = _instant(line).astimezone(zone).date()
        return day, day
    line = _plain(line)
    if match := _ISO_DAYS.fullmatch(line):
        return _iso(match[1]), _iso(match[2] or match[1])
    if not (match := _DAYS.fullmatch(line)):
        refuse(NOT_A_DATE_CELL)
    alone, first_number, number, name, its_year, other, last_number, last_name, year = (
        match.groups()
    )
    month = _month(last_number, last_name)
    last = _day(year, month, other)
    if first_number:
        return _day(its_year or year, _month(number, name), first_number), last
    return _day(year, month, alone or other), last


def _plain(line: str) -> str:
    """A text without quotes, time, «г.» and blanks around signs."""
    line = line.replace('"', "").strip().removeprefix("с ")
    line = _AND.sub("-", _YEAR.sub("", _TIME.sub("", line)))
    return re.sub(r"\s*([.-])\s*", r"\1", line).strip()


def _instant(line: str) -> datetime:
    try:
        return datetime.fromisoformat(line.upper())
    except ValueError:
        refuse(NOT_A_DATE_CELL)


def _iso(line: str) -> date:
    year, month, day = line.split("-")
    return _day(year, int(month), day)


def _month(number: str | None, name: str | None) -> int:
    return int(number) if number else _NUMBERS[str(name)]


def _day(year: str, month: int, day: str) -> date:
    if len(year) == len("20"):
        refuse(TWO_DIGIT_YEAR)
    try:
        return date(int(year), month, int(day))
    except (ValueError, OverflowError):
        refuse(NOT_A_DATE_CELL)
