"""Timing: reads times of day, weekdays and school years as timetables write them.

Nothing is guessed: «9» is no time, and 14.10 that a spreadsheet program took for the 14th of
October is refused.
"""

import re
from datetime import date, datetime, time
from typing import NamedTuple

from app.findings import fault
from app.model.faults import refuse
from app.model.text import fold

NOT_A_WEEKDAY = fault(
    "not_a_weekday",
    "Нужен день недели. Напишите его словом, сокращением или номером: вторник, Вт или 2.",
    "A day of the week is expected. Write its name in Russian, or its number from 1 to 7.",
)
SEVERAL_WEEKDAYS = fault(
    "several_weekdays",
    "В ячейке несколько дней недели. Сделайте для каждого дня отдельную строку.",
    "The cell names several days of the week. Make a row for each of them.",
)
NOT_TIMES = fault(
    "not_times",
    "Нужны начало и конец занятия. Напишите их так: 14.00–15.30.",
    "The start and the end of the lesson are expected. Write them as 14.00–15.30.",
)
TIME_LOST = fault(
    "time_lost",
    "Программа превратила время в дату или число. Задайте ячейкам текстовый формат и впишите время "
    "снова, например 14:10.",
    "The program turned the time into a date or a number. Format the cells as text and enter the "
    "time again, such as 14:10.",
)

_MINUTES = 24 * 60
_CLOCK = r"(\d{1,2})(?:[.:]| ?ч\.? ?)(\d{2})(?::00)?(?: ?мин\.?)?(?: ?ч\.?)?"
_TIME = re.compile(_CLOCK)
_TIMES = re.compile(rf"(?:с )?{_CLOCK} ?(?:-|до|по) ?{_CLOCK}")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]{2}")
_YEARS = re.compile(
    r"(\d{4}) ?[/\\-] ?(\d{4}|\d{2})(?: ?(?:уч\.? ?г(?:од)?\.?|учебный год|гг?\.?|годы?))?"
)

_WEEKDAYS = (
    ("понедельник", "пон", "пн"),
    ("вторник", "втор", "вт"),
    ("среда", "сред", "ср"),
    ("четверг", "четв", "чт"),
    ("пятница", "пятн", "пт"),
    ("суббота", "субб", "суб", "сб"),
    ("воскресенье", "воскр", "вск", "вс"),
)
_NUMBER_OF = {
    name: number for number, names in enumerate(_WEEKDAYS, 1) for name in (str(number), *names)
}


class Times(NamedTuple):
    """The first and the last minute of a lesson, `HH:MM`."""

    starts: str
    ends: str


def clock(cell: object) -> str:
    """The time of day in a cell, `HH:MM`; what is no time stays as it is, for the field to refuse.

    A spreadsheet program keeps a time as a fraction of a day.

    Raises:
        PydanticCustomError: the program has taken the time for a day, or a number is no time.

    """
    if isinstance(cell, datetime) and (cell.time() != time() or cell.date() <= _FIRST_DAY):
        return f"{cell:%H:%M}"
    if isinstance(cell, date) or (isinstance(cell, float) and not 0 <= cell < 1):
        refuse(TIME_LOST)
    if isinstance(cell, float):
        minutes = round(cell * _MINUTES)
        return _spoken(str(minutes // 60), f"{minutes % 60:02}")
    line = _plain(str(cell))
    match = _TIME.fullmatch(line)
    return _spoken(*match.groups()) if match else line


_FIRST_DAY = date(1900, 1, 1)
"""A time without a day is of this day, or of one just before it."""


def times(cell: object) -> Times:
    """Both times in a cell: «14.00–15.30», «с 14.00 до 15.30».

    Raises:
        PydanticCustomError: there are not two times.

    """
    match = _TIMES.fullmatch(_plain(str(cell)))
    if not match:
        refuse(NOT_TIMES)
    first_hour, first_minute, hour, minute = match.groups()
    return Times(_spoken(first_hour, first_minute), _spoken(hour, minute))


def _spoken(hour: str, minute: str) -> str:
    return f"{int(hour):02}:{minute}"


def _plain(text: str) -> str:
    """A text folded; raised minutes, as in 14⁰⁰, stand behind a colon."""
    return fold(_RAISED.sub(lambda raised: f":{raised[0]}", text)).strip(" .")


def weekday(cell: object) -> int:
    """The weekday in a cell, from 1 for Monday to 7.

    Raises:
        PydanticCustomError: there is none, or several.

    """
    line = fold(str(cell)).strip(" .")
    if number := _NUMBER_OF.get(line):
        return number
    words = [word for word in re.findall(r"\w+", line) if word not in {"и", "по", "с"}]
    if len(words) > 1 and all(word in _NUMBER_OF for word in words):
        refuse(SEVERAL_WEEKDAYS)
    return refuse(NOT_A_WEEKDAY)


def school_year(text: str) -> str | None:
    """A school year in the form of the API: «2020-2021», «2020/21 уч. год»; else None."""
    if not (match := _YEARS.fullmatch(fold(text).strip(" ."))):
        return None
    first, last = match.groups()
    return f"{first}/{last if len(last) == len(first) else first[:2] + last}"
