"""Timetables: on which dates a slot takes place, and where two slots meet.

A slot has one weekday, so its dates in a span are a set of weeks: an integer with a bit for each
week of the span. Dates that two slots share are the bits that both have.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from app.model.columns import Choice


class WeekParity(Choice):
    """Which weeks of the school year a slot takes place in."""

    EVERY = "every", "каждую неделю"
    ODD = "odd", "по нечётным неделям"
    EVEN = "even", "по чётным неделям"


class Span(NamedTuple):
    """Days from the first to the last, both inside."""

    first: date
    last: date

    def meets(self, other: "Span") -> bool:
        """Whether the two share a day."""
        return self.first <= other.last and other.first <= self.last

    def common(self, other: "Span") -> "Span":
        """The days that both have; where there are none, the last day is before the first."""
        return Span(max(self.first, other.first), min(self.last, other.last))


class Slot(NamedTuple):
    """One weekday of a timetable, with what takes no place of it."""

    id: uuid.UUID
    holder_id: uuid.UUID
    """The group or the use that it belongs to."""
    organization_id: uuid.UUID
    """The legal person that is there: the host of a group, the user of a use."""
    is_of_group: bool
    weekday: int
    """From 1, Monday, to 7."""
    starts: int
    """Minutes since midnight."""
    ends: int
    """Minutes since midnight, exclusive."""
    parity: WeekParity
    span: Span
    breaks: tuple[Span, ...] = ()
    resource_id: uuid.UUID | None = None
    component_no: int | None = None
    """The component of the curriculum that is taught; None: the hours are the host's."""

    @property
    def length(self) -> int:
        """Minutes of one date."""
        return self.ends - self.starts

    def overlaps(self, other: "Slot") -> bool:
        """Whether two slots of one date share some minutes; touching is no meeting."""
        return self.starts < other.ends and other.starts < self.ends


class Meeting(NamedTuple):
    """Two holders whose slots meet in one resource."""

    resource_id: uuid.UUID
    holders: tuple[uuid.UUID, uuid.UUID]
    """In the order of their ids."""
    first: date
    """The first date on which they meet."""
    dates: int
    """Distinct dates."""
    minutes: int
    """Of all meetings together."""


def minutes_of(text: str) -> int:
    """Minutes since midnight of a time `HH:MM`."""
    hours, minutes = text.split(":")
    return 60 * int(hours) + int(minutes)


def clock(minutes: int) -> str:
    """Minutes since midnight as a time `HH:MM`."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def monday_of(day: date) -> date:
    """The first day of the week that holds a day."""
    return day - timedelta(day.weekday())


def week_of(day: date) -> Span:
    """The week that holds a day."""
    monday = monday_of(day)
    return Span(monday, monday + timedelta(6))


def week_number(day: date) -> int:
    """The number of a day's week in its school year: week 1 holds 1 September."""
    monday = monday_of(day)
    first = _first_monday(day.year)
    if monday < first:
        first = _first_monday(day.year - 1)
    return (monday - first).days // 7 + 1


def weeks_of(slot: Slot, span: Span) -> int:
    """The weeks of a span in which a slot takes place; bit 0 is the week of its first day."""
    base = monday_of(span.first)
    first, last = max(slot.span.first, span.first), min(slot.span.last, span.last)
    weeks = _within(base, slot.weekday, first, last)
    for pause in slot.breaks:
        weeks &= ~_within(base, slot.weekday, *pause)
    if slot.parity is WeekParity.EVERY or not weeks:
        return weeks
    return weeks & _of_parity(base, slot.parity, weeks.bit_length())


def dates_of(slot: Slot, span: Span) -> Iterator[date]:
    """The dates of a slot inside a span, in order."""
    weeks = weeks_of(slot, span)
    while weeks:
        lowest = weeks & -weeks
        yield _date_of(lowest, slot.weekday, span)
        weeks ^= lowest


def minutes_in(slot: Slot, span: Span) -> int:
    """Minutes that a slot takes inside a span."""
    return weeks_of(slot, span).bit_count() * slot.length


def meet(one: Slot, other: Slot, span: Span) -> int:
    """The weeks of a span in which two slots share minutes of a date; touching is no meeting."""
    if one.weekday != other.weekday or not one.overlaps(other):
        return 0
    return weeks_of(one, span) & weeks_of(other, span)


def covered(span: Span, by: Iterable[Span]) -> bool:
    """Whether every day of a span lies in one of some others."""
    missing = span.first
    for other in sorted(by):
        if other.first > missing:
            break
        if other.last >= span.last:
            return True
        missing = max(missing, other.last + timedelta(1))
    return False


def crossing(slot: Slot, others: Iterable[Slot]) -> tuple[date, int] | None:
    """The first date and the number of dates on which a slot meets slots of others, if any."""
    weeks = 0
    for other in others:
        if not are_one(slot, other):
            weeks |= meet(slot, other, slot.span)
    return (first_date(weeks, slot.weekday, slot.span), weeks.bit_count()) if weeks else None


def first_date(weeks: int, weekday: int, span: Span) -> date:
    """The date of a weekday in the first of some weeks of a span."""
    return _date_of(weeks & -weeks, weekday, span)


def meetings(slots: Iterable[Slot], span: Span) -> list[Meeting]:
    """Pairs of holders whose slots meet in a resource inside a span.

    Slots without a resource meet nobody. A holder does not meet itself, nor does a group meet the
    use by which its own host has the place.
    """
    found: dict[tuple[uuid.UUID, uuid.UUID, uuid.UUID], _Count] = defaultdict(lambda: _Count(span))
    for resource_id, one, other, weeks in _pairs(slots, span):
        first, last = sorted((one.holder_id, other.holder_id))
        overlap = min(one.ends, other.ends) - max(one.starts, other.starts)
        found[resource_id, first, last].add(one.weekday, weeks, overlap)
    return [
        Meeting(resource_id, (first, last), count.first, count.dates, count.minutes)
        for (resource_id, first, last), count in sorted(found.items())
    ]


class _Count:
    """Dates on which two holders meet, by weekday, and the minutes that they share."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self._weeks: dict[int, int] = {}
        self.minutes = 0

    def add(self, weekday: int, weeks: int, overlap: int) -> None:
        self._weeks[weekday] = self._weeks.get(weekday, 0) | weeks
        self.minutes += weeks.bit_count() * overlap

    @property
    def dates(self) -> int:
        return sum(weeks.bit_count() for weeks in self._weeks.values())

    @property
    def first(self) -> date:
        return min(_date_of(weeks & -weeks, day, self._span) for day, weeks in self._weeks.items())


def _pairs(slots: Iterable[Slot], span: Span) -> Iterator[tuple[uuid.UUID, Slot, Slot, int]]:
    """Slots that meet, with their resource and their common weeks."""
    places: dict[tuple[uuid.UUID, int], list[tuple[Slot, int]]] = defaultdict(list)
    for slot in slots:
        if slot.resource_id and (weeks := weeks_of(slot, span)):
            places[slot.resource_id, slot.weekday].append((slot, weeks))
    for (resource_id, _), taken in places.items():
        open_slots: list[tuple[Slot, int]] = []
        for slot, weeks in sorted(taken, key=lambda entry: entry[0].starts):
            open_slots = [entry for entry in open_slots if entry[0].ends > slot.starts]
            for other, theirs in open_slots:
                if not are_one(slot, other) and (common := weeks & theirs):
                    yield resource_id, other, slot, common
            open_slots.append((slot, weeks))


def are_one(slot: Slot, other: Slot) -> bool:
    """Whether two slots are of one holder, or of a group and the use of its own host."""
    if slot.is_of_group != other.is_of_group:
        return slot.organization_id == other.organization_id
    return slot.holder_id == other.holder_id


@lru_cache(10_000)
def _within(base: date, weekday: int, first: date, last: date) -> int:
    """The weeks from a Monday on whose weekday lies between two days, both inside."""
    shift = base.toordinal() + weekday - 1
    lowest = max(0, -((shift - first.toordinal()) // 7))
    highest = (last.toordinal() - shift) // 7
    return 0 if highest < lowest else (1 << highest + 1) - (1 << lowest)


@lru_cache(100)
def _of_parity(base: date, parity: WeekParity, length: int) -> int:
    """The odd or the even ones among the weeks from a Monday on."""
    wanted = 1 if parity is WeekParity.ODD else 0
    numbers = (week_number(base + timedelta(weeks=week)) for week in range(length))
    return sum(1 << week for week, number in enumerate(numbers) if number % 2 == wanted)


def _date_of(week: int, weekday: int, span: Span) -> date:
    return monday_of(span.first) + timedelta(weeks=week.bit_length() - 1, days=weekday - 1)


@lru_cache(1_000)
def _first_monday(year: int) -> date:
    return monday_of(date(year, 9, 1))
