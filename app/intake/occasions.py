"""Occasions: finds the event of a row, by its id, or by activity and day."""

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
    """An event, with the days on which teachers can have taken part."""

    id: uuid.UUID
    is_held: bool
    first: date
    last: date
    title: str

    def holds(self, day: date) -> bool:
        """Whether the event took place on that day."""
        return self.first <= day <= self.last


@dataclass
class Calendar:
    """The plan and the events that the uploader can see."""

    plan: dict[str, set[uuid.UUID]] = field(default_factory=lambda: defaultdict(set))
    """Activities by number and by title."""
    of_activity: dict[uuid.UUID, list[Occasion]] = field(default_factory=lambda: defaultdict(list))
    by_id: dict[uuid.UUID, Occasion] = field(default_factory=dict)
    by_key: dict[str, list[uuid.UUID]] = field(default_factory=lambda: defaultdict(list))
    _found: dict[str, Occasion] = field(default_factory=dict)
    """The event that each text means; rows repeat them."""

    def settle(self, line: Line, activity_id: uuid.UUID | None, day: date | None) -> None:
        """Set the event and the day of participation in a row."""
        fields = line.fields
        if line.names_record and not fields.keys() & {"event_id", ACTIVITY.name, "participated_on"}:
            return
        occasion = self._named(line) if fields.get("event_id") else None
        if not line.is_open:
            return
        on = date.fromisoformat(fields["participated_on"]) if fields.get("participated_on") else day
        if occasion is None:
            occasion = self._on(line, self._activity(line, activity_id), on)
        if occasion is None:
            return
        if on is None and occasion.first == occasion.last:
            on = occasion.first
        if on is None:
            line.refuse(EMPTY_CELL, DAY)
            return
        fields |= {"event_id": occasion.id, "participated_on": on.isoformat()}

    def only_day(self, event_id: uuid.UUID | None) -> date | None:
        """The day of an event that lasts one day, else None."""
        event = self.by_id.get(event_id) if event_id else None
        return event.first if event and event.first == event.last else None

    def _named(self, line: Line) -> Occasion | None:
        key = str(line.fields["event_id"])
        if event := self._found.get(key):
            return event
        ids = [event_id for event_id in (as_id(key),) if event_id in self.by_id] or self.by_key.get(
            key, []
        )
        if len(ids) != 1:
            values = {"where": events.titles.all, "by": "номеру записи, ключу", "cell": key}
            line.refuse(SEVERAL_EVENTS if ids else UNKNOWN_RECORD, "Событие", **values)
            line.candidates += self._listed([self.by_id[event_id] for event_id in ids])
            return None
        return self._found.setdefault(key, self.by_id[ids[0]])

    def _activity(self, line: Line, given: uuid.UUID | None) -> uuid.UUID | None:
        text = line.fields.get(ACTIVITY.name)
        if text is None:
            if given is None:
                line.refuse(EMPTY_CELL, ACTIVITY.title)
            return given
        activities = self.plan.get(fold(text).rstrip("."), set())
        if len(activities) != 1:
            fault = AMBIGUOUS_ACTIVITY if activities else UNKNOWN_ACTIVITY
            line.refuse(fault, ACTIVITY.title, cell=text)
            return None
        return next(iter(activities))

    def _on(self, line: Line, activity: uuid.UUID | None, day: date | None) -> Occasion | None:
        if activity is None:
            return None
        if day is None:
            line.refuse(EMPTY_CELL, DAY)
            return None
        on_day = [
            occasion for occasion in self.of_activity.get(activity, []) if occasion.holds(day)
        ]
        # A held event takes precedence over the plan's window on the same days.
        fitting = [occasion for occasion in on_day if occasion.is_held] or on_day
        if len(fitting) == 1:
            return fitting[0]
        line.refuse(SEVERAL_EVENTS if fitting else NO_EVENT, DAY)
        line.candidates += self._listed(fitting)
        return None

    def _listed(self, occasions: Sequence[Occasion]) -> tuple[Candidate, ...]:
        return tuple(Candidate(id=str(event.id), name=event.title) for event in occasions)


def calendar(
    tx: Transaction, home: uuid.UUID | None, program_id: uuid.UUID | None = None
) -> Calendar:
    """The plan of a program, or of all that the caller can see, with its events."""
    result, plan, table = Calendar(), activities.table, events.table
    in_plan = tx.seen(activities.name, plan)
    if program_id:
        in_plan &= plan.c.program_id == program_id
    rows = sa.select(plan.c.id, plan.c.plan_no, plan.c.title_key).where(in_plan)
    for row in tx.execute(rows):
        for name in (fold(row.plan_no), row.title_key):
            result.plan[name.rstrip(".")].add(row.id)
    visible = tx.seen(events.name, table)
    if home:
        visible &= table.c.municipality_id == home
    for row in tx.execute(sa.select(table).where(visible).order_by(table.c.id)):
        _enter(result, row)
    return result


def _enter(target: Calendar, row: sa.Row[*tuple[object, ...]]) -> None:
    last = max(row.window_end, row.completed_on or row.window_end)
    occasion = Occasion(row.id, row.kind == "held", row.window_start, last, row.title or "")
    target.by_id[row.id] = occasion
    # A cancelled event is found by its id only: a rule decides whether rows may use it.
    if row.activity_id and row.status != "cancelled":
        target.of_activity[row.activity_id].append(occasion)
    if row.source_key:
        target.by_key[row.source_key].append(row.id)
