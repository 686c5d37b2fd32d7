"""The list of participants of an event, to be signed there, with empty lines for guests."""

from datetime import date
from typing import NamedTuple

from app.database.transaction import Transaction
from app.documents.paper import ColumnKind, Orientation, Paper, PaperKind, Row, column, row, table
from app.documents.report.composing import is_training
from app.documents.report.source import ORGANIZATIONS
from app.documents.wording import period
from app.indicators.facts import names_of_teachers, program_of, state_version
from app.model.text import alphabetical
from app.problems import NotFound
from app.registry.activities import Activity
from app.registry.events import Event
from app.registry.participations import (
    Participation,
    ParticipationRole,
    ParticipationStatus,
)
from app.registry.partnerships import Partnership
from app.store.rows import Id, Kind

GUESTS = 10
"""Empty lines at the end."""
_COLUMNS = [
    column("№", 0.5, ColumnKind.INDEX),
    column("Фамилия, имя, отчество", 3.4),
    column("Организация", 2.8),
    column("Роль", 1.3),
    column("Подпись", 1.8, ColumnKind.SIGNATURE),
]


class EventTitle(NamedTuple):
    """An event as its list is headed."""

    id: Id
    activity_id: Id | None
    partnership_id: Id | None
    title: str | None
    host_id: Id | None
    window_start: date
    window_end: date
    completed_on: date | None


class Listed(NamedTuple):
    """A participation on the list."""

    teacher_id: Id
    event_id: Id
    organization_id: Id
    role: ParticipationRole
    status: ParticipationStatus


class PlanTitle(NamedTuple):
    """A row of the plan, as events are named after it."""

    id: Id
    program_id: Id
    title: str


class PartnershipProgram(NamedTuple):
    """The program of a partnership."""

    id: Id
    program_id: Id


EVENTS = Kind(EventTitle, Event)
PARTICIPATIONS = Kind(Listed, Participation)
PLAN = Kind(PlanTitle, Activity)
PARTNERSHIPS = Kind(PartnershipProgram, Partnership)
_LEFT_OUT = {ParticipationStatus.CANCELLED, ParticipationStatus.ABSENT}


class AttendanceList(NamedTuple):
    """A list with the ids of the teachers whom it names."""

    paper: Paper
    teachers: list[str]


def attendance_list(tx: Transaction, event_id: Id) -> AttendanceList:
    """The participants of an event whom the caller sees, by organization and name.

    Raises:
        NotFound: the caller sees no such event.

    """
    event = _event(tx, event_id)
    listed = _listed(tx, event)
    keys = [each.organization_id for each in listed] + [event.host_id] * (event.host_id is not None)
    places = {place.id: place.short_name for place in ORGANIZATIONS.among(tx, "id", keys)}
    names = names_of_teachers(tx, {each.teacher_id for each in listed})
    listed = [each for each in listed if names.get(each.teacher_id)]
    # Two organizations may have one name.
    listed.sort(
        key=lambda each: (
            alphabetical(places[each.organization_id]),
            each.organization_id,
            alphabetical(names[each.teacher_id]),
        )
    )
    rows = [
        row(
            str(number),
            names[each.teacher_id],
            places[each.organization_id],
            each.role.label,
            "",
        )
        for number, each in enumerate(listed, 1)
    ]
    guests = range(len(rows) + 1, len(rows) + 1 + GUESTS)
    rows += [row(str(number), "", "", "", "") for number in guests]
    paper = _paper(tx, event, places.get(event.host_id) if event.host_id else None, rows)
    return AttendanceList(paper, [str(each.teacher_id) for each in listed])


def _event(tx: Transaction, event_id: Id) -> EventTitle:
    table_ = EVENTS.table
    rows = EVENTS.where(tx, table_.c.id == event_id, tx.seen("events", table_))
    if not rows:
        raise NotFound
    return rows[0]


def _listed(tx: Transaction, event: EventTitle) -> list[Listed]:
    table_ = PARTICIPATIONS.table
    ours = table_.c.event_id == event.id, tx.seen("participations", table_)
    return [each for each in PARTICIPATIONS.where(tx, *ours) if each.status not in _LEFT_OUT]


def _paper(tx: Transaction, event: EventTitle, host: str | None, rows: list[Row]) -> Paper:
    plan = PLAN.having(tx, id=event.activity_id) if event.activity_id else []
    title = event.title or (plan[0].title if plan else "")
    program = program_of(tx, _program_id(tx, event, plan))
    first, last = event.window_start, event.window_end
    days = {"since": first.isoformat(), "until": (event.completed_on or last).isoformat()}
    return {
        "kind": PaperKind.ATTENDANCE_LIST,
        "orientation": Orientation.PORTRAIT,
        "requisites": {
            "heading": "СПИСОК УЧАСТНИКОВ",
            "subject": title,
            "about": [period({"since": days["since"], "until": days["until"]})],
            "organization": host,
            "place": None,
            "approval": None,
            "program_id": str(program.id),
            "subject_id": str(event.id),
            "as_of": tx.today.isoformat(),
            "state_version": state_version(tx, program.municipality_id),
            "numbered": False,
            "working": False,
            "frozen": None,
            "persons": len(rows) > GUESTS,
            "training": is_training(tx, program.municipality_id),
            "footer": None,
        },
        "sections": [{**table("", "", _COLUMNS, rows), "no": None}],
        "signatures": [
            {"side": None, "lines": [], "position": "Ответственный за мероприятие", "name": None}
        ],
    }


def _program_id(tx: Transaction, event: EventTitle, plan: list[PlanTitle]) -> Id:
    """The program of an event: that of its row of the plan, else of its partnership."""
    if plan:
        return plan[0].program_id
    return PARTNERSHIPS.having(tx, id=event.partnership_id)[0].program_id
