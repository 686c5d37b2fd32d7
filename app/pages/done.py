"""The form in which a window of the plan, or any event, is marked as done."""

import uuid
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlmodel import SQLModel
from starlette.responses import Response

from app.database.among import among
from app.database.transaction import Transaction
from app.indicators.reports import PlanRow
from app.model.grants import Verb
from app.pages.conflict import record_of
from app.pages.fields import drawn, heading_of, read
from app.pages.page import Context, Page
from app.pages.typed import Typed
from app.pages.visit import Visit
from app.registry.events import EventStatus, events
from app.store import register

FIELDS = ("completed_on", "result", "evidence_url")


async def show(visit: Visit) -> Context:
    """The event, and the form with what is known of it."""
    event, row = await visit.read(lambda tx: _event(tx, visit.id))
    visit.demand_touch(events, event)
    return {
        "event": event,
        "row": row,
        "fields": drawn(events, FIELDS, event, visit.typed, visit.findings),
        "today": visit.today.isoformat(),
        "back": _back(row),
    }


async def markable(visit: Visit, plan: Iterable[PlanRow]) -> set[str]:
    """The ids of those events of a plan that the caller may mark."""
    if not visit.may(events.name, Verb.CHANGE):
        return set()
    windows = (window["event_id"] for row in plan for window in row["windows"])
    ids = [uuid.UUID(event_id) for event_id in windows if event_id]
    table = events.table
    owned = sa.select(*(table.c[name] for name in ("id", "municipality_id", "source", "host_id")))
    query = owned.where(among(table.c.id, "ids"))
    rows = await visit.read(lambda tx: [row._asdict() for row in tx.execute(query, {"ids": ids})])
    return {str(row["id"]) for row in rows if visit.caller.may_touch(events, row)}


async def save(visit: Visit, typed: Typed) -> Response:
    """Mark the event as done, or as cancelled, with the button that was pressed."""
    _, row = await visit.read(lambda tx: _event(tx, visit.id))
    if typed.pressed("cancel") is not None:
        patch: dict[str, object] = {"status": EventStatus.CANCELLED, "completed_on": None}
        message = "Срок отменён"
    else:
        patch = {"status": EventStatus.COMPLETED}
        patch |= {name: read(heading_of(events, name), typed.texts(name)) for name in FIELDS}
        message = "Отметка о выполнении записана"
    number = f": строка {row['plan_no']}" if row else ""
    return await visit.write(
        typed,
        lambda tx: register.amend(tx, events, visit.id, patch, typed.condition),
        then=_back(row),
        message=f"{message}{number}",
        of=events,
    )


def step(_: Visit, event: Mapping[str, object]) -> str:
    """The words of the mark that the event still lacks."""
    return "Отметить выполнение" if event["status"] == EventStatus.PLANNED else ""


Page(
    address="/events/{id}/done",
    subject="events",
    verb=Verb.CHANGE,
    template="done.html",
    show=show,
    save=save,
    section="План",
    about="events",
    edits=events,
    step=step,
)


def _event(
    tx: Transaction, event_id: uuid.UUID
) -> tuple[dict[str, object], Mapping[str, object] | None]:
    """An event, and the row of the plan that it belongs to."""
    event = record_of(tx, events, event_id)
    if not (key := event["activity_id"]):
        return event, None
    table = SQLModel.metadata.tables["activities"]
    wanted = (table.c.plan_no, table.c.title, table.c.expected_result, table.c.program_id)
    rows = sa.select(*wanted).where(table.c.id == uuid.UUID(str(key)), tx.seen("activities", table))
    found = tx.execute(rows).mappings().first()
    return event, dict(found) if found else None


def _back(row: Mapping[str, object] | None) -> str:
    return f"/programs/{row['program_id']}/plan" if row else "/"
