"""Occasions: at which event a row's teacher was, by its id, or by activity of the plan and day."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from app.database.transaction import Transaction
from app.intake.cells import as_id
from app.intake.columns import ACTIVITY
from app.intake.documents import Candidate
from app.intake.faults import (
    AMBIGUOUS_ACTIVITY,
    EMPTY_CELL,
    NO_EVENT,
    SEVERAL_EVENTS,
    UNKNOWN_ACTIVITY,
    UNKNOWN_RECORD,
)
from app.intake.lines import Line
from app.model.text import fold
from app.registry.activities import activities
from app.registry.events import events

DAY = "День участия"


@dataclass(frozen=True, slots=True)
class Occasion:
    """An event with the days on which one may have been there."""

    id: uuid.UUID
    is_held: bool
    first: date
    last: date
    title: str

    def holds(self, day: date) -> bool:
        """Whether the event was on that day."""
        return self.first <= day <= self.last


@dataclass
class Calendar:
    """The plan and the events that the uploader sees."""

    plan: dict[str, set[uuid.UUID]] = field(default_factory=lambda: defaultdict(set))
    """Activities by number and by title."""
    of_activity: dict[uuid.UUID, list[Occasion]] = field(default_factory=lambda: defaultdict(list))
    by_id: dict[uuid.UUID, Occasion] = field(default_factory=dict)
    by_key: dict[str, list[uuid.UUID]] = field(default_factory=lambda: defaultdict(list))
    _found: dict[str, Occasion] = field(default_factory=dict)
    """The one event that each text means: rows repeat them."""

    def settle(self, line: Line, activity_id: uuid.UUID | None, day: date | None) -> None:
        """Put an event's id and the day of participation into a row."""
        said = line.said
        if line.names_record and not said.keys() & {"event_id", ACTIVITY.name, "participated_on"}:
            return
        occasion = self._named(line) if said.get("event_id") else None
        if not line.is_open:
            return
        on = date.fromisoformat(said["participated_on"]) if said.get("participated_on") else day
        if occasion is None:
            occasion = self._on(line, self._activity(line, activity_id), on)
        if occasion is None:
            return
        if on is None and occasion.first == occasion.last:
            on = occasion.first
        if on is None:
            line.refuse(EMPTY_CELL, DAY)
            return
        said |= {"event_id": occasion.id, "participated_on": on.isoformat()}

    def only_day(self, event_id: uuid.UUID | None) -> date | None:
        """The day of an event that lasts one day."""
        found = self.by_id.get(event_id) if event_id else None
        return found.first if found and found.first == found.last else None

    def _named(self, line: Line) -> Occasion | None:
        key = str(line.said["event_id"])
        if found := self._found.get(key):
            return found
        ids = [each for each in (as_id(key),) if each in self.by_id] or self.by_key.get(key, [])
        if len(ids) != 1:
            line.refuse(SEVERAL_EVENTS if ids else UNKNOWN_RECORD, "Событие")
            line.candidates += self._listed([self.by_id[each] for each in ids])
            return None
        return self._found.setdefault(key, self.by_id[ids[0]])

    def _activity(self, line: Line, given: uuid.UUID | None) -> uuid.UUID | None:
        text = line.said.get(ACTIVITY.name)
        if text is None:
            if given is None:
                line.refuse(EMPTY_CELL, ACTIVITY.title)
            return given
        found = self.plan.get(fold(text).rstrip("."), set())
        if len(found) != 1:
            fault = AMBIGUOUS_ACTIVITY if found else UNKNOWN_ACTIVITY
            line.refuse(fault, ACTIVITY.title, cell=text)
            return None
        return next(iter(found))

    def _on(self, line: Line, activity: uuid.UUID | None, day: date | None) -> Occasion | None:
        if activity is None:
            return None
        if day is None:
            line.refuse(EMPTY_CELL, DAY)
            return None
        there = [each for each in self.of_activity.get(activity, []) if each.holds(day)]
        # What was held goes before the plan's window that it was held in.
        found = [each for each in there if each.is_held] or there
        if len(found) == 1:
            return found[0]
        line.refuse(SEVERAL_EVENTS if found else NO_EVENT, DAY)
        line.candidates += self._listed(found)
        return None

    def _listed(self, found: Sequence[Occasion]) -> tuple[Candidate, ...]:
        return tuple(Candidate(id=str(each.id), name=each.title) for each in found)


def calendar(
    tx: Transaction, home: uuid.UUID | None, program_id: uuid.UUID | None = None
) -> Calendar:
    """The plan of a program, or all that the caller sees, with its events."""
    found, plan, table = Calendar(), activities.table, events.table
    mine = tx.seen(activities.name, plan)
    if program_id:
        mine &= plan.c.program_id == program_id
    rows = sa.select(plan.c.id, plan.c.plan_no, plan.c.title_key).where(mine)
    for row in tx.execute(rows):
        for name in (fold(row.plan_no), row.title_key):
            found.plan[name.rstrip(".")].add(row.id)
    held = tx.seen(events.name, table)
    if home:
        held &= table.c.municipality_id == home
    for row in tx.execute(sa.select(table).where(held).order_by(table.c.id)):
        _enter(found, row)
    return found


def _enter(found: Calendar, row: sa.Row[tuple[object, ...]]) -> None:
    last = max(row.window_end, row.completed_on or row.window_end)
    one = Occasion(row.id, row.kind == "held", row.window_start, last, row.title or "")
    found.by_id[row.id] = one
    # What was called off is found by its name alone: whether a row may stand there is a rule.
    if row.activity_id and row.status != "cancelled":
        found.of_activity[row.activity_id].append(one)
    if row.source_key:
        found.by_key[row.source_key].append(row.id)
