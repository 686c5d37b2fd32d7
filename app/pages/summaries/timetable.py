"""The page of the timetable: a week, who has the same resource, and how often they will meet."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from app.model.text import alphabetical
from app.network.conflicts import conflicts_of
from app.pages import paging, words
from app.pages.page import Context
from app.pages.summaries.summary import Summary
from app.pages.visit import Visit
from app.pages.week_drawing import Day, Lesson, Week
from app.program.doors import TIMETABLE
from app.program.frame import Frame, Framed
from app.program.timetable import WEEKDAYS, DatedSlot, ProgramTimetable
from app.registry.program_parts import IndicatorCode
from app.registry.timetable import Meeting, minutes_of
from app.store.rows import Id

WEEK = timedelta(days=7)
MEETINGS = "meetings"
"""The page of those who have one resource twice."""


class Conflict(NamedTuple):
    """Two who have one resource at one time, from the day on."""

    names: tuple[str, str]
    resource: str
    meeting: Meeting


def told(visit: Visit, seen: Framed, body: ProgramTimetable) -> Context:
    """What the page shows."""
    first = date.fromisoformat(body["week_start"])
    week = Week(list(_days(body)))
    shown = paging.cut(visit, body["items"], at="slots")
    return {
        "places": _places(seen),
        "conflicts": paging.cut(visit, list(_conflicts(visit, seen)), name=MEETINGS, at=MEETINGS),
        "week": week,
        "before": visit.same(week=(first - WEEK).isoformat(), page=""),
        "after": visit.same(week=(first + WEEK).isoformat(), page=""),
        "shown": shown,
        "slots": [
            (*_when(row), row, _at(seen, row), visit.link("schedule_slots", row["slot_id"]))
            for row in shown.items
        ],
        "form": visit.form("schedule_slots", {}),
    }


Summary(
    TIMETABLE,
    told,
    (IndicatorCode.CONFLICTED_RESOURCES,),
    pages=(paging.PAGE, MEETINGS),
).declare()


def _when(row: DatedSlot) -> tuple[str, str]:
    at = date.fromisoformat(row["date"])
    return f"{WEEKDAYS[at.weekday()]}, {at:%d.%m}", f"{row['starts']}–{row['ends']}"


def _at(seen: Framed, row: DatedSlot) -> str:
    resource = row["resource"]
    return (
        _place(seen.frame, uuid.UUID(resource["id"])) if resource and seen.frame else words.NOTHING
    )


def _days(body: ProgramTimetable) -> Iterator[Day]:
    """The days of the week; Sunday only if something is held then."""
    first = date.fromisoformat(body["week_start"])
    for place, name in enumerate(WEEKDAYS):
        at = first + timedelta(days=place)
        rows = [row for row in body["items"] if row["date"] == at.isoformat()]
        if rows or place + 1 < len(WEEKDAYS):
            yield Day(f"{name}, {at:%d.%m}", [_lesson(row) for row in rows])


def _lesson(row: DatedSlot) -> Lesson:
    holder = row["group"] or row["use"]
    return Lesson(
        (holder and holder["name"]) or words.NOTHING,
        minutes_of(row["starts"]),
        minutes_of(row["ends"]),
        bool(row["conflicts"]),
    )


def _places(seen: Framed) -> list[tuple[str, str]]:
    """The resources that have lessons of the program, by name."""
    if seen.frame is None:
        return []
    exchange, frame = seen.frame.exchange, seen.frame
    found = {
        slot.resource_id
        for slot in exchange.slots
        if slot.resource_id and exchange.holders[slot.holder_id].program_id == seen.program_id
    }
    named = [(str(key), _place(frame, key)) for key in found]
    return sorted(named, key=lambda each: (alphabetical(each[1]), each[0]))


def _place(frame: Frame, key: Id) -> str:
    """A resource and whose it is: every school has its «Спортивный зал»."""
    resource = frame.exchange.resources.get(key)
    owner = frame.names.get(resource.organization_id) if resource else None
    return ", ".join(filter(None, (frame.names.get(key), owner))) or words.NOTHING


def _conflicts(visit: Visit, seen: Framed) -> Iterator[Conflict]:
    """Who meets whom until the program's end, the first to come first."""
    frame = seen.frame
    if frame is None:
        return
    chosen = visit.query("resource_id")
    span = frame.ahead._replace(first=max(frame.ahead.first, frame.moment.day))
    found = conflicts_of(frame.exchange, seen.program_id, span)
    for meeting in sorted(found, key=lambda each: (each.first, each.holders)):
        if chosen in {"", str(meeting.resource_id)}:
            one, other = (frame.holder(key)["name"] or words.NOTHING for key in meeting.holders)
            yield Conflict((one, other), _place(frame, meeting.resource_id), meeting)
