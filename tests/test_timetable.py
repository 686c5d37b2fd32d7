"""Slots of timetables: their dates, and where they meet, beside counting day by day."""

import random
import uuid
from collections import defaultdict
from datetime import date, timedelta

import pytest

from app.registry.timetable import (
    Meeting,
    Slot,
    Span,
    WeekParity,
    dates_of,
    meetings,
    minutes_in,
    minutes_of,
    week_number,
)

SPRING = Span(date(2021, 2, 1), date(2021, 5, 31))
HALL, A, B, GROUP = (uuid.UUID(int=number) for number in range(1, 5))


def slot(holder: uuid.UUID, starts: str, ends: str, **changes: object) -> Slot:
    """A slot on Tuesdays in the hall."""
    times = minutes_of(starts), minutes_of(ends)
    made = Slot(
        uuid.uuid4(), holder, holder, holder == GROUP, 2, *times, WeekParity.EVERY, SPRING, (), HALL
    )
    return made._replace(**changes)  # type: ignore[arg-type]


TUESDAYS_OF_A = slot(A, "14:00", "15:30", breaks=(Span(date(2021, 3, 22), date(2021, 3, 28)),))
TUESDAYS_OF_B = slot(B, "15:30", "17:00")
ODD_TUESDAYS = slot(GROUP, "15:00", "15:45", parity=WeekParity.ODD)


@pytest.mark.parametrize(
    ("taken", "dates", "minutes"),
    [(TUESDAYS_OF_A, 16, 1440), (TUESDAYS_OF_B, 17, 1530), (ODD_TUESDAYS, 9, 405)],
)
def test_the_order_of_a_hall(taken: Slot, dates: int, minutes: int) -> None:
    assert len(list(dates_of(taken, SPRING))) == dates
    assert minutes_in(taken, SPRING) == minutes


def test_meetings_are_told_by_pair() -> None:
    assert meetings([TUESDAYS_OF_A, TUESDAYS_OF_B, ODD_TUESDAYS], SPRING) == [
        Meeting(HALL, (A, GROUP), date(2021, 2, 2), 9, 270),
        Meeting(HALL, (B, GROUP), date(2021, 2, 2), 9, 135),
    ]


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(2020, 8, 31), 1),  # the Monday before Tuesday, 1 September
        (date(2020, 8, 30), 53),
        (date(2021, 2, 2), 23),
        (date(2020, 8, 23), 52),
        (date(2019, 9, 1), 1),  # a Sunday
        (date(2019, 9, 2), 2),
    ],
)
def test_week_one_holds_the_first_of_september(day: date, number: int) -> None:
    assert week_number(day) == number


@pytest.mark.parametrize("seed", range(40))
def test_random_timetables_meet_as_a_calendar_tells(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's own dice
    first = date(2020, 1, 1) + timedelta(chance.randrange(900))
    span = Span(first, first + timedelta(chance.randrange(500)))
    slots = [_random_slot(chance, span) for _ in range(12)]
    for taken in slots:
        assert list(dates_of(taken, span)) == _dates(taken, span)
    assert meetings(slots, span) == _meetings(slots, span)


def _random_slot(chance: random.Random, span: Span) -> Slot:
    starts = chance.randrange(0, 1300)
    holder = chance.choice((A, B, GROUP))
    return Slot(
        uuid.UUID(int=chance.getrandbits(128)),
        holder,
        chance.choice((A, B)),
        holder == GROUP,
        chance.randint(1, 7),
        starts,
        starts + chance.randint(1, 139),
        chance.choice(list(WeekParity)),
        _random_span(chance, span),
        tuple(_random_span(chance, span) for _ in range(chance.randrange(3))),
        chance.choice((HALL, HALL, None)),
    )


def _random_span(chance: random.Random, around: Span) -> Span:
    first = around.first + timedelta(chance.randint(-60, 400))
    return Span(first, first + timedelta(chance.randrange(120)))


def _dates(taken: Slot, span: Span) -> list[date]:
    days = (span.first + timedelta(n) for n in range((span.last - span.first).days + 1))
    return [day for day in days if _takes_place(taken, day)]


def _takes_place(taken: Slot, day: date) -> bool:
    september = date(day.year if day >= _monday(date(day.year, 9, 1)) else day.year - 1, 9, 1)
    number = (_monday(day) - _monday(september)).days // 7 + 1
    wanted = {"every": {0, 1}, "odd": {1}, "even": {0}}[taken.parity]
    is_off = any(pause.first <= day <= pause.last for pause in taken.breaks)
    is_in = taken.span.first <= day <= taken.span.last
    return is_in and not is_off and day.isoweekday() == taken.weekday and number % 2 in wanted


def _monday(day: date) -> date:
    while day.isoweekday() != 1:
        day -= timedelta(1)
    return day


def _meetings(slots: list[Slot], span: Span) -> list[Meeting]:
    common: dict[tuple[uuid.UUID, uuid.UUID], dict[date, int]] = defaultdict(dict)
    for at, one in enumerate(slots):
        for other in slots[at + 1 :]:
            if not one.resource_id or one.resource_id != other.resource_id:
                continue
            minutes = len({*range(one.starts, one.ends)} & {*range(other.starts, other.ends)})
            is_one = one.holder_id == other.holder_id
            if one.is_of_group != other.is_of_group:
                is_one = one.organization_id == other.organization_id
            if is_one or not minutes:
                continue
            pair = min(one.holder_id, other.holder_id), max(one.holder_id, other.holder_id)
            for day in {*_dates(one, span)} & {*_dates(other, span)}:
                common[pair][day] = common[pair].get(day, 0) + minutes
    return [
        Meeting(HALL, pair, min(days), len(days), sum(days.values()))
        for pair, days in sorted(common.items())
        if days
    ]
