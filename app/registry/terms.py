"""Terms: reads the «Сроки» of a plan, and computes the windows in which a row is due."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import MAXYEAR, MINYEAR, date
from typing import NamedTuple

from app.model.columns import Choice
from app.model.text import fold


class TermKind(Choice):
    """How a term repeats."""

    FIXED_WINDOW = "fixed_window", "один раз, в указанные дни"
    ANNUAL_WINDOW = "annual_window", "ежегодно, в указанные месяцы"
    WHOLE_PERIOD = "whole_period", "в течение всего периода"
    PERMANENT = "permanent", "постоянно"
    ACADEMIC_YEAR = "academic_year", "в течение учебного года"
    UNPARSED = "unparsed", "не распознан"


@dataclass(frozen=True, slots=True)
class Term:
    """A printed term, parsed.

    The dates bound a fixed window or a named academic year; the months bound an annual window.
    """

    kind: TermKind
    start_date: date | None = None
    end_date: date | None = None
    month_from: int | None = None
    month_to: int | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The first and last day of one occurrence of a plan row."""

    occurrence: str
    start: date
    end: date


class _Point(NamedTuple):
    """A day, month, quarter or year; the year may stand elsewhere in the text."""

    year: int | None
    month: int
    last_month: int
    day: int | None = None


_MONTHS = "январ феврал март апрел ма июн июл август сентябр октябр ноябр декабр".split()  # noqa: SIM905 - a year on a line
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}

_DAY = r"(?P<day>0?[1-9]|[12][0-9]|3[01])"
_MONTH = rf"(?P<name>{'|'.join(_MONTHS)})(?:(?<!ма)[ьяеа]?|(?<=ма)[йяе])"
_QUARTER = r"(?P<quarter>[1-4]|i{1,3}|iv)(?:-?(?:й|м|ый|ом))? (?:кв|квартал[а-я]*)\.?"
_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_OF_YEAR = rf"{_YEAR}(?: ?г| год[ау]?)?"
_POINTS = [
    re.compile(pattern)
    for pattern in (
        rf"(?:{_DAY}\.)?(?P<month>[0-9]{{1,2}})\.{_OF_YEAR}",
        rf"{_DAY}\.(?P<month>[0-9]{{1,2}})",
        rf"(?:{_DAY} )?{_MONTH}(?: {_OF_YEAR})?",
        rf"{_QUARTER}(?: {_OF_YEAR})?",
        rf"{_YEAR} ?(?:гг?|год[ауы]?|годов)",
    )
]
_NUMBER = "[0-9]+|[iv]+"
_LEAD = re.compile(r"(?:сроки? )?(?:в течени[еи] |на протяжении |во? |на |за )?")
_WHOLE = re.compile(r"(?:всего|весь) (?:период|срок)а?(?: реализации)?(?: [а-я ]*программы)?")
_ACADEMIC = re.compile(
    rf"(?:{_YEAR} ?[-/] ?(?P<next>(?:20)?[0-9]{{2}}) )?"
    r"(?:всего )?уч(?:ебн[а-я]+|\.) ?г(?:од[а-я]*)?"
)


def parse_term(text: str) -> Term:
    """The parsed term; `unparsed` if it is not understood.

    A mere deadline («до 01.06.2021») stays unparsed: it does not say when the work begins, nor
    whether the day itself still counts.
    """
    words = re.sub(r"[(),;:\"]", " ", fold(text)).split()
    rest = _LEAD.sub("", " ".join(word for word in words if word != "ежегодно"), count=1)
    rest = rest.strip(" .")
    if academic := _ACADEMIC.fullmatch(rest):
        return _academic(academic)
    if "ежегодно" in words:
        return _annual(rest)
    if rest in {"постоянно", "постоянной основе"}:
        return Term(TermKind.PERMANENT)
    if _WHOLE.fullmatch(rest):
        return Term(TermKind.WHOLE_PERIOD)
    return _fixed(rest)


def term_columns(text: str | None) -> tuple[object, ...]:
    """The parsed term, value by value: kind, first and last day, first and last month."""
    return astuple(parse_term(text)) if text else (None,) * 5


def term_kind(text: str | None) -> tuple[object]:
    """The kind of the parsed term alone."""
    return (parse_term(text).kind if text else None,)


SILENT = (None, TermKind.UNPARSED)
"""The kinds of a term that is not said."""


def windows(term: Term, start: date, end: date) -> list[Window]:
    """The windows of a term in a program, clipped to it; those outside it are left out."""
    clipped = (
        Window(window.occurrence, max(window.start, start), min(window.end, end))
        for window in _unclipped(term, start, end)
    )
    return [window for window in clipped if window.start <= window.end]


def _unclipped(term: Term, start: date, end: date) -> Iterator[Window]:
    first, last = term.start_date or start, term.end_date or end
    years = range(max(start.year - 1, MINYEAR), end.year + 1)
    match term.kind:
        case TermKind.FIXED_WINDOW | TermKind.WHOLE_PERIOD:
            yield Window("once", first, last)
        case TermKind.ANNUAL_WINDOW:
            month, until = term.month_from or 1, term.month_to or 12
            for year in years:
                closes = _month_end(year + (until < month), until)
                yield Window(str(year), date(year, month, 1), closes)
        case TermKind.ACADEMIC_YEAR:
            for year in years:
                opens, closes = date(year, 9, 1), _month_end(year + 1, 8)
                yield Window(f"{year}/{year + 1}", max(opens, first), min(closes, last))


def _annual(rest: str) -> Term:
    if not rest:
        return Term(TermKind.ANNUAL_WINDOW, month_from=1, month_to=12)
    period = _period(rest)
    # A year contradicts «ежегодно», and a window of months cannot hold a day.
    if period is None or any(point.year or point.day for point in period):
        return Term(TermKind.UNPARSED)
    first, last = period
    return Term(TermKind.ANNUAL_WINDOW, month_from=first.month, month_to=last.last_month)


def _academic(named: re.Match[str]) -> Term:
    if named["year"] is None:
        return Term(TermKind.ACADEMIC_YEAR)
    year = int(named["year"])
    if int(named["next"]) not in {year + 1, (year + 1) % 100}:
        return Term(TermKind.UNPARSED)
    return Term(TermKind.ACADEMIC_YEAR, date(year, 9, 1), date(year + 1, 8, 31))


def _fixed(rest: str) -> Term:
    unparsed = Term(TermKind.UNPARSED)
    period = _period(rest)
    if period is None or period[1].year is None:
        return unparsed
    first, last = period
    try:
        start = date(first.year or period[1].year, first.month, first.day or 1)
        end = _month_end(period[1].year, last.last_month)
        end = end if last.day is None else end.replace(day=last.day)
    except ValueError:  # 31.02.2021
        return unparsed
    return Term(TermKind.FIXED_WINDOW, start, end) if start <= end else unparsed


def _period(text: str) -> tuple[_Point, _Point] | None:
    """The first and the last point of «октябрь - ноябрь 2020», or one point twice."""
    if point := _point(text):
        return point, point
    sides = re.split(r" ?- ?| по ", re.sub(r"^со? ", "", text))
    if len(sides) != 2:  # noqa: PLR2004 - a period has two sides
        return None
    left, right = sides
    # «15-20 октября», «III-IV квартал», «2020-2021 годы»: the left side lacks words of the right.
    if re.fullmatch(_NUMBER, left):
        left += re.sub(rf"^(?:{_NUMBER})\b", "", right)
    first, last = _point(left), _point(right)
    return (first, last) if first and last else None


def _point(text: str) -> _Point | None:
    for pattern in _POINTS:
        if match := pattern.fullmatch(text.strip(" .")):
            groups = match.groupdict()
            year, day = (
                int(groups[name]) if groups.get(name) else None for name in ("year", "day")
            )
            first, last = _months(groups)
            return _Point(year, first, last, day)
    return None


def _months(groups: dict[str, str | None]) -> tuple[int, int]:
    if quarter := groups.get("quarter"):
        last = 3 * (_QUARTERS.get(quarter) or int(quarter))
        return last - 2, last
    if name := groups.get("name"):
        return (month := _MONTHS.index(name) + 1), month
    if number := groups.get("month"):
        return int(number), int(number)
    return 1, 12


def _month_end(year: int, month: int) -> date:
    return date.max if year > MAXYEAR else date(year, month, monthrange(year, month)[1])
