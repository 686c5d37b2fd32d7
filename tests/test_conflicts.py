"""Double bookings: what the doors tell of made-up timetables is what a slow count finds."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.indicators.asking import Asked
from app.program.frame import framed
from app.program.premises import premises
from app.program.timetable import Week, timetable
from tests.drawing import PROGRAM, Row
from tests.drawing_network import crowded
from tests.oracle import Rec, State
from tests.oracle_time import bookings, competes, conflicts, days_of, holders, shared_minutes
from tests.test_indicators import MANY, Place, networks, period, place, questions, stored

pytestmark = [pytest.mark.shared_out, pytest.mark.long]
"""All of them read what counts by the same few statements."""

__all__ = ["place"]

WEEKS = st.dates(date(2020, 4, 13), date(2021, 9, 5))


def is_ours(state: State, holder: Rec) -> bool:
    inside = holder["start_date"] <= state.program["end_date"] and holder["end_date"] >= state.start
    return bool(holder["program_id"] == PROGRAM and inside)


def told_of_uses(state: State) -> dict[str, dict[str, tuple[str, int, int]]]:
    """By use: with whom it conflicts, first when, on how many dates, for how many minutes."""
    found: dict[str, dict[str, tuple[str, int, int]]] = {
        str(key): {}
        for key, each in holders(state).items()
        if "user_id" in each and is_ours(state, each)
    }
    for (_, pair), dates in conflicts(state).items():
        for mine in pair:
            (other,) = pair - {mine}
            if str(mine) in found:
                said = (min(dates).isoformat(), len(dates), sum(dates.values()))
                found[str(mine)][str(other)] = said
    return found


def told_of_week(state: State, day: date) -> dict[tuple[str, str], set[str]]:
    """By date and slot: the slots that take the same place at the same time."""
    monday = day - timedelta(days=day.weekday())
    first = max(monday, state.start)
    last = min(monday + timedelta(days=6), state.program["end_date"])
    return {
        (at.isoformat(), str(slot["id"])): set(_beside(state, slot, at))
        for slot in state.records("schedule_slots")
        if (holder := holders(state).get(slot["group_id"] or slot["use_id"]))
        and holder["program_id"] == PROGRAM
        for at in days_of(slot, holder, first, last)
    }


def _beside(state: State, slot: Any, at: date) -> Iterator[str]:
    taken = bookings(state)
    for where, one, mine in taken:
        for there, other, theirs in taken:
            if (
                one["id"] == slot["id"]
                and where == there
                and competes(state, mine, theirs)
                and shared_minutes(one, other)
                and at in days_of(other, theirs, at, at)
            ):
                yield str(other["id"])


@pytest.mark.usefixtures("full")
@MANY
@given(network=crowded(networks()), asked=questions(), week=WEEKS)
def test_doors_tell_the_conflicts_that_a_slow_count_finds(
    place: Place, network: Row, asked: Asked, week: date
) -> None:
    state = State(network, *period(asked))
    with stored(place, network) as tx:
        read = framed(tx, PROGRAM, asked)
        uses = premises(read)["items"]
        lessons = timetable(read, Week(week, None))["items"]
    if not state.program["start_date"] <= state.day <= state.program["end_date"]:
        assert (uses, lessons) == ([], [])
        return
    told = {
        each["id"]: {
            other["with"]["id"]: (other["first_date"], other["dates"], other["minutes"])
            for other in each["conflicts"]
        }
        for each in uses
    }
    assert told == told_of_uses(state)
    dated = {
        (each["date"], each["slot_id"]): {other["slot_id"] for other in each["conflicts"]}
        for each in lessons
    }
    assert dated == told_of_week(state, week)
