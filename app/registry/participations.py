"""Participations: one teacher at one event, with the hours credited."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated

import sqlalchemy as sa

from app.access.rows import PEOPLE
from app.database.among import among
from app.database.slicing import slices
from app.findings import Finding, fault
from app.model.columns import Choice, choice, day, decimal, reference
from app.model.declaration import Titles
from app.model.drafts import Draft
from app.model.record import Record, Tenant, Write, constraints, listed_by, natural_key
from app.model.resource import Resource
from app.model.rule import Inquiry
from app.model.values import Day, Exact, Id
from app.registry.employments import employments
from app.registry.event_rules import events_in_programs
from app.registry.events import events
from app.registry.interaction import InteractionMode
from app.registry.organizations import organizations
from app.registry.person_keys import key_is_no_snils
from app.registry.rules import OUTSIDE_PROGRAM, has_come, open_on
from app.store.lookups import columns_of

OUTSIDE_EVENT_WINDOW = fault(
    "outside_event_window",
    "День вне дней этого события. Проверьте дату или выберите другое событие.",
    "The day lies outside the days of the event. Check the date or choose another event.",
)
EVENT_CANCELLED = fault(
    "event_cancelled",
    "Событие отменено, и участия в нём нет. Выберите другое событие.",
    "The event is cancelled, so nobody takes part in it. Choose another event.",
)
NOT_ON_ROSTER = fault(
    "not_on_roster",
    "По реестру педагог в этот день здесь не работает. Проверьте организацию или добавьте место "
    "работы.",
    "The roster has no employment of the teacher here on that day. Check it, or add one.",
)


CREDITED = Exact(places=2, between=(0, 999))
Hours = Annotated[Decimal, CREDITED]
"""Hours credited, with at most two decimal places."""


class ParticipationRole(Choice):
    """The teacher's role at the event."""

    ATTENDEE = "attendee", "слушатель"
    SPEAKER = "speaker", "выступающий"
    ORGANIZER = "organizer", "организатор"


class ParticipationStatus(Choice):
    """Whether the teacher attended."""

    REGISTERED = "registered", "записан"
    ATTENDED = "attended", "участвовал"
    ABSENT = "absent", "не явился"
    CANCELLED = "cancelled", "отменено"


ATTENDED, ABSENT = ParticipationStatus.ATTENDED, ParticipationStatus.ABSENT


class ParticipationWrite(Write):
    """Участие педагога в событии."""

    teacher_id: Id = reference("teachers", "Педагог", index=False)
    event_id: Id = reference("events", "Событие", index=False)
    organization_id: Id = reference("organizations", "От какой организации участвовал", index=False)
    role: ParticipationRole = choice("Роль", ParticipationRole)
    status: ParticipationStatus = choice("Состояние", ParticipationStatus)
    mode: InteractionMode | None = choice("Режим участия", InteractionMode, default=None)
    participated_on: Day = day("День участия")
    hours: Hours | None = decimal("Часы", CREDITED)


class Participation(ParticipationWrite, Tenant, Record, table=True):
    """A row of participations; a teacher takes part in an event once."""

    __tablename__ = "participations"
    __table_args__ = constraints(
        natural_key("teacher_id", "event_id"),
        listed_by("event_id"),
        listed_by("organization_id"),
    )


def day_is_of_the_event(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """The day lies in the program and within the days of the event."""
    ids = (draft.columns["event_id"] for draft in drafts)
    events_by_id = {
        key: (
            (event.start_date, event.end_date),
            (event.window_start, max(event.window_end, event.completed_on or event.window_end)),
            event.status == "cancelled",
        )
        for key, event in events_in_programs(tx, events.table, ids).items()
    }
    for draft in drafts:
        if not (event := events_by_id.get(draft.columns["event_id"])):
            continue
        on = draft.columns["participated_on"]
        (start, end), (first, last), is_cancelled = event
        if not start <= on <= end:
            yield draft.finds(OUTSIDE_PROGRAM, "/participated_on")
        elif not first <= on <= last:
            yield draft.finds(OUTSIDE_EVENT_WINDOW, "/participated_on")
        # A participation older than the cancellation may still be set to cancelled.
        kept = draft.stored and not draft.moves("event_id")
        if is_cancelled and not (kept and draft.columns["status"] == "cancelled"):
            yield draft.finds(EVENT_CANCELLED, "/event_id")


def teacher_is_on_the_roster(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """The teacher is employed there on that day; units and their legal person count as one."""
    ids = (draft.columns["organization_id"] for draft in drafts)
    places = columns_of(tx, organizations.table, ids, "parent_id")
    persons = {key: row.parent_id or key for key, row in places.items()}
    jobs = _jobs(tx, drafts)
    for draft in drafts:
        teacher, place = draft.columns["teacher_id"], draft.columns["organization_id"]
        on = draft.columns["participated_on"]
        here = jobs.get((teacher.int, persons.get(place, place).int), [])
        if not any(first <= on <= (last or on) for first, last in here):
            yield draft.finds(NOT_ON_ROSTER, "/organization_id")


def _jobs(
    tx: Inquiry, drafts: Sequence[Draft]
) -> dict[tuple[int, int], list[tuple[date, date | None]]]:
    """Employments of the drafts' teachers, by teacher and legal person: first and last day.

    Keys are the ids' integers, as UUIDs are slow to hash.
    """
    jobs: dict[tuple[int, int], list[tuple[date, date | None]]] = defaultdict(list)
    for part in slices({draft.columns["teacher_id"] for draft in drafts}):
        for row in tx.execute(_employed(), {"teachers": part}):
            jobs[row.teacher_id.int, row.person.int].append((row.valid_from, row.valid_to))
    return jobs


@cache
def _employed() -> sa.Select[*tuple[object, ...]]:
    job, place = employments.table, organizations.table
    person = sa.func.coalesce(place.c.parent_id, place.c.id).label("person")
    return (
        sa.select(job.c.teacher_id, person, job.c.valid_from, job.c.valid_to)
        .join(place, place.c.id == job.c.organization_id)
        .where(among(job.c.teacher_id, "teachers"))
    )


participations = Resource(
    name="participations",
    titles=Titles(
        "Участие педагогов", "запись об участии педагога", "записей об участии педагогов"
    ),
    row=Participation,
    write=ParticipationWrite,
    called=("{organization_id}: {event_id}",),
    access=PEOPLE,
    owner="organization_id",
    period=None,
    hangs_on=("event_id",),
    rules=(
        key_is_no_snils,
        day_is_of_the_event,
        has_come("participated_on", status=(ATTENDED, ABSENT)),
        open_on("organization_id", "participated_on"),
    ),
    remarks=(teacher_is_on_the_roster,),
    immutable=("teacher_id", "event_id"),
    sorts=("participated_on", "hours"),
    example={
        "teacher_id": "$teacher",
        "event_id": "$event",
        "organization_id": "$school",
        "role": "attendee",
        "status": "attended",
        "mode": "in_person",
        "participated_on": "2020-10-15",
        "hours": "2.5",
    },
    change={"hours": "3.25"},
)
