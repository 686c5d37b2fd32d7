"""Attendance: finds the teacher, the place, the event and the mark that each row means.

Teachers are found by name, organizations by their names, events by activity and day; a row that
stays ambiguous is refused with the candidates.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.database.transaction import Transaction
from app.intake.cells import as_id
from app.intake.documents import Candidate
from app.intake.faults import (
    AMBIGUOUS_ORGANIZATION,
    EMPTY_CELL,
    UNKNOWN_ORGANIZATION,
)
from app.intake.gathering import crowd
from app.intake.lines import Line
from app.intake.marks import Marks
from app.intake.naming import name_of
from app.intake.occasions import Calendar
from app.intake.people import Crowd
from app.intake.places import Directory, Place
from app.intake.staff import Staff
from app.intake.terms import Terms

ORGANIZATION = "От какой организации участвовал"

USUAL: Mapping[str, str] = {"role": "attendee", "status": "attended"}

MOST_PEOPLE = 10_000
"""Teachers cached from one slice of a list to the next at most."""


@dataclass
class Reader:
    """What rows of attendance are understood with."""

    terms: Terms
    home: uuid.UUID | None
    places: Directory
    calendar: Calendar
    staff: Staff
    marks: Marks
    people: Crowd = field(init=False)
    """Teachers whom rows meant; the next rows often mean the same."""

    def __post_init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Drop the cached teachers, because there are new ones or too many."""
        self.people = Crowd(self.staff.licence, self.staff.claimed)

    def understand(self, tx: Transaction, lines: Sequence[Line]) -> None:
        """Replace the texts of rows with ids and values."""
        for line in lines:
            name_of(line)
            self.marks.read(line)
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
                line.fields["organization_id"] = place.id
            if line.is_open:
                if event:
                    line.fields.setdefault("event_id", str(event))
                self.calendar.settle(line, self.terms.activity_id, self.terms.participated_on)
            line.defaults = USUAL
        self.staff.meet(tx, [claim for claim in claims if claim.line.is_open])


def find_place(
    line: Line, places: Directory, given: uuid.UUID | None, on: date | None = None
) -> Place | None:
    """The organization of a row, or the one given for all rows.

    Of two with the same name, the one that is open `on` that day is meant.
    """
    text = line.fields.get("organization_id")
    if line.holds("organization_id"):
        return places.by_id.get(as_id(text))
    if text is None:
        if given is None and not line.names_record:
            line.refuse(EMPTY_CELL, ORGANIZATION)
        return places.by_id.get(given) if given else None
    fitting = places.find(text, on)
    if len(fitting) == 1:
        return fitting[0]
    fault = AMBIGUOUS_ORGANIZATION if fitting else UNKNOWN_ORGANIZATION
    line.refuse(fault, ORGANIZATION, cell=text)
    near = fitting or places.near(text)
    line.candidates += tuple(Candidate(id=str(place.id), name=place.name) for place in near)
    return None
