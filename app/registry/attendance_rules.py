"""Attendance rules: what becomes of those who attended when their event is moved or taken back.

The days of an event are a fact of their own, so the change is accepted (decision 19): another
system sends the event first and its participations later. A warning says what is left to mend.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.slicing import slices
from app.findings import Finding, fault
from app.model.drafts import Draft
from app.model.rule import Inquiry

ATTENDANCES_OUTSIDE = fault(
    "attendances_outside",
    "Дни участия остались вне дней события, записей: {count}. Участие засчитано в прежние дни: "
    "исправьте его день или верните дни события.",
    "Days of attendance lie outside the event now ({count} records). They count on their old days: "
    "change these, or set the event's days back.",
)
ATTENDANCES_OF_NO_EVENT = fault(
    "attendances_of_no_event",
    "У события отмечены участвовавшие, записей: {count}, а оно не проведено. У отменённого их "
    "участие не засчитано, у запланированного засчитано: исправьте состояние или отметки.",
    "People attended the event ({count} records), and it did not take place. They count for no "
    "indicator if it is cancelled, and count if it is planned: change the state or the marks.",
)

Attended = Mapping[uuid.UUID, Mapping[date, int]]
"""By event: how many attended on each day."""


def attendances_follow_their_event(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Nobody attended outside the days of the event, or what did not take place."""
    days, states = ("window_start", "window_end", "completed_on"), ("status",)
    moved = [draft for draft in drafts if draft.stored and draft.moves(*days, *states)]
    attended = _attended(tx, (draft.id for draft in moved))
    for draft in moved:
        by_day = attended.get(draft.id, {})
        first, last = _span(draft)
        outside = sum(count for day, count in by_day.items() if not first <= day <= last)
        if outside and draft.moves(*days):
            yield draft.finds(ATTENDANCES_OUTSIDE, "/window_start", count=outside)
        is_held = draft.columns["status"] == "completed"
        if by_day and draft.moves(*states) and not is_held:
            count = sum(by_day.values())
            yield draft.finds(ATTENDANCES_OF_NO_EVENT, "/status", count=count)


def _span(draft: Draft) -> tuple[date, date]:
    columns = draft.columns
    last = columns["window_end"]
    return columns["window_start"], max(last, columns["completed_on"] or last)


def _attended(tx: Inquiry, ids: Iterable[uuid.UUID]) -> Attended:
    # By name: participations are declared after events.
    table = SQLModel.metadata.tables["participations"]
    columns = (table.c.event_id, table.c.participated_on)
    counted = sa.select(*columns, sa.func.count().label("records")).group_by(*columns)
    found: dict[uuid.UUID, dict[date, int]] = defaultdict(dict)
    for some in slices(ids):
        here = table.c.event_id.in_(some) & (table.c.status == "attended")
        for row in tx.execute(counted.where(here)):
            found[row.event_id][row.participated_on] = row.records
    return found
