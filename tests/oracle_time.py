"""Timetables once more: day by day and minute by minute."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from tests.oracle import Rec, State, valid


def days_of(slot: Rec, holder: Rec, first: date, last: date) -> Iterator[date]:
    """The dates of a slot between two days, one calendar day after the other."""
    day = first
    while day <= last:
        if is_on(slot, day) and not any(valid(each, day) for each in holder["breaks"]):
            yield day
        day += timedelta(days=1)


def is_on(slot: Rec, day: date) -> bool:
    wanted = {"every": {0, 1}, "odd": {1}, "even": {0}}[slot["parity"]]
    return valid(slot, day) and day.isoweekday() == slot["weekday"] and week_no(day) % 2 in wanted


def week_no(day: date) -> int:
    """The number of a week, counted from the one that holds the last 1 September."""
    sunday = day + timedelta(days=7 - day.isoweekday())
    opening = date(sunday.year, 9, 1)
    if opening > sunday:
        opening = date(sunday.year - 1, 9, 1)
    monday = opening - timedelta(days=opening.isoweekday() - 1)
    return (day - monday).days // 7 + 1


def minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def shared_minutes(one: Rec, other: Rec) -> int:
    """The minutes of a day that two slots have in common, counted one by one."""
    mine = set(range(minutes(one["starts"]), minutes(one["ends"])))
    return len(mine & set(range(minutes(other["starts"]), minutes(other["ends"]))))


def holders(state: State) -> dict[Any, Rec]:
    """Every group and every use that is no draft, with its program and who comes with it."""
    programs = {each["id"]: each["program_id"] for each in state.records("network_curricula")}
    groups = {
        each["id"]: {**each, "program_id": programs[each["curriculum_id"]]}
        for each in state.records("network_groups")
    }
    uses = {
        each["id"]: each for each in state.records("resource_uses") if each["status"] != "draft"
    }
    return groups | uses


def booked(slot: Rec, holder: Rec) -> Any:
    return holder.get("resource_id") or slot["resource_id"]


def bookings(state: State) -> list[tuple[Any, Rec, Rec]]:
    """Exclusive resource, slot and holder of each slot that takes such a resource."""
    found = holders(state)
    exclusive = {each["id"] for each in state.records("shared_resources") if each["exclusive"]}
    return [
        (booked(each, holder), each, holder)
        for each in state.records("schedule_slots")
        if (holder := found.get(each["group_id"] or each["use_id"]))
        and booked(each, holder) in exclusive
    ]


Met = dict[tuple[Any, frozenset[Any]], dict[date, int]]
"""By resource and the pair of groups or uses that meet in it: minutes by date."""


def conflicts(state: State) -> Met:
    """What meets from the period's start to the program's end, with something of the program."""
    first, last = state.start, state.program["end_date"]
    found: Met = {}
    for (where, one, mine), (there, other, theirs) in combinations(bookings(state), 2):
        if where != there or not competes(state, mine, theirs):
            continue
        together = shared_minutes(one, other)
        dates = set(days_of(one, mine, first, last)) & set(days_of(other, theirs, first, last))
        for day in dates if together else ():
            days = found.setdefault((where, frozenset({mine["id"], theirs["id"]})), {})
            days[day] = days.get(day, 0) + together
    return found


def competes(state: State, one: Rec, other: Rec) -> bool:
    ours = state.program["id"] in {one["program_id"], other["program_id"]}
    return ours and one["id"] != other["id"] and not _is_host_in(state, one, other)


def _is_host_in(state: State, one: Rec, other: Rec) -> bool:
    """Whether one of them is a group, and the other the use of its own host."""
    host = one.get("host_id") or other.get("host_id")
    user = one.get("user_id") or other.get("user_id")
    return host is not None and user is not None and state.person(host) == state.person(user)
