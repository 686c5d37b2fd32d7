"""Attendance: the list of participants as schools keep it, understood row by row.

Who is told by name, where by what the school is called, at what by activity and day, and whether
by a mark; what cannot be told for certain is refused with those who may be meant.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pydantic_core import PydanticCustomError

from app.intake.cells import as_id, flag
from app.intake.columns import ATTENDANCE
from app.intake.faults import (
    AMBIGUOUS_ORGANIZATION,
    EMPTY_CELL,
    NOT_A_FLAG,
    NOT_AMONG,
    UNKNOWN_ORGANIZATION,
)
from app.intake.gathering import crowd
from app.intake.lines import Line
from app.intake.naming import name_of
from app.intake.occasions import Calendar
from app.intake.people import Crowd
from app.intake.places import Directory, Place
from app.intake.staff import Staff
from app.intake.terms import Terms
from app.registry.interaction import InteractionMode
from app.store.database import Transaction
from app.store.text import fold

ORGANIZATION = "От какой организации участвовал"

_MODES: Mapping[str, str] = {
    "очно": "in_person",
    "очная": "in_person",
    "очный": "in_person",
    "дистанционно": "remote",
    "дистанционная": "remote",
    "дистант": "remote",
    "онлайн": "remote",
    "online": "remote",
    "вебинар": "remote",
    "вкс": "remote",
} | {fold(name): each.value for each in InteractionMode for name in (each.value, each.label)}


USUAL: Mapping[str, str] = {"role": "attendee", "status": "attended"}

MOST_PEOPLE = 10_000
"""Teachers that are remembered from one slice of a list to the next."""


@dataclass
class Reader:
    """What rows of attendance are understood by."""

    terms: Terms
    home: uuid.UUID | None
    places: Directory
    calendar: Calendar
    staff: Staff
    people: Crowd = field(init=False)
    """Whom rows meant: the next ones often mean the same."""

    def __post_init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Ask for everybody anew, because there are new ones or too many."""
        self.people = Crowd(self.staff.licence, self.staff.claimed)

    def understand(self, tx: Transaction, lines: Sequence[Line]) -> None:
        """Put ids and values in the place of what the rows say."""
        for line in lines:
            name_of(line)
            _mark(line)
        if self.staff.has_news or len(self.people.known) > MOST_PEOPLE:
            self.forget()
        people = crowd(tx, lines, self.home, self.places, self.people)
        event, claims = self.terms.event_id, []
        for line in lines:
            on = line.day or self.terms.participated_on or self.calendar.only_day(event)
            place = find_place(line, self.places, self.terms.organization_id, on)
            if claim := people.settle(line, place, tx.secret):
                claims.append(claim)
            if place and line.is_open:
                line.said["organization_id"] = place.id
            if line.is_open:
                if event:
                    line.said.setdefault("event_id", str(event))
                self.calendar.settle(line, self.terms.activity_id, self.terms.participated_on)
            line.defaults = USUAL
        self.staff.meet(tx, [claim for claim in claims if claim.line.is_open])


def find_place(
    line: Line, places: Directory, given: uuid.UUID | None, on: date | None = None
) -> Place | None:
    """The organization that a row names, or the one that was given for all rows.

    Of two with one name the one that is open `on` the day is meant.
    """
    text = line.said.get("organization_id")
    if line.holds("organization_id"):
        return places.by_id.get(as_id(text))
    if text is None:
        if given is None and not line.names_record:
            line.refuse(EMPTY_CELL, ORGANIZATION)
        return places.by_id.get(given) if given else None
    found = places.find(text, on)
    if len(found) == 1:
        return found[0]
    fault = AMBIGUOUS_ORGANIZATION if found else UNKNOWN_ORGANIZATION
    line.refuse(fault, ORGANIZATION, cell=text)
    near = found or places.near(text)
    line.candidates += tuple({"id": str(each.id), "name": each.name} for each in near)
    return None


def _mark(line: Line) -> None:
    """Read the mark of attendance, in which some lists write how one took part."""
    mark, said = line.said.pop(ATTENDANCE.name, None), line.said
    if mode := said.get("mode"):
        said["mode"] = _MODES.get(fold(mode))
        if said["mode"] is None:
            allowed = ", ".join(each.label for each in InteractionMode)
            line.refuse(NOT_AMONG, "Форма участия", allowed=allowed)
    if mark is None:
        return
    if by_mode := _MODES.get(fold(mark)):
        said["status"] = "attended"
        said["mode"] = said.get("mode") or by_mode
        return
    try:
        said["status"] = "attended" if flag(mark) else "absent"
    except PydanticCustomError:
        line.refuse(NOT_A_FLAG, ATTENDANCE.title)
