"""Windows of the plan: creates an event for every due window of the plan's rows."""

import uuid
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field
from typing_extensions import TypedDict

from app.database.transaction import Transaction
from app.findings import Finding
from app.model.drafts import Draft
from app.model.faults import UNKNOWN_FIELD, WRONG_TYPE
from app.model.record import Write
from app.problems import Invalid, NotFound
from app.registry.activities import activities
from app.registry.events import events
from app.registry.plans import plan_of
from app.registry.programs import programs
from app.registry.terms import Window, windows
from app.rest.answers import IdText
from app.store import checking, keeping
from app.store.placing import place


class GeneratedEvents(TypedDict):
    """Сколько событий создано по плану, и все события его сроков."""

    created: Annotated[int, Field(description="Сколько событий создано")]
    existing: Annotated[int, Field(description="Было раньше")]
    stale: Annotated[int, Field(description="Сроки, которых больше нет в плане")]
    items: Annotated[list[IdText], Field(description="События всех сроков плана")]


def generate(tx: Transaction, program_id: uuid.UUID, body: object) -> GeneratedEvents:
    """Create the windows that the plan yields and that do not exist yet."""
    table = programs.table
    mine = (table.c.id == program_id) & tx.seen(programs.name, table)
    # The row lock makes a concurrent generation wait here until it can see the new windows.
    program = tx.execute(sa.select(table).where(mine).with_for_update()).first()
    if program is None:
        raise NotFound
    if body != {}:
        fault = UNKNOWN_FIELD if isinstance(body, dict) else WRONG_TYPE
        raise Invalid(Finding(fault, pointer="", values={"expected": "{}"}))
    due = {
        (row.id, window.occurrence): (row, window)
        for row, term in plan_of(tx, program_id)
        for window in windows(term, program.start_date, program.end_date)
    }
    existing = _existing(tx, program_id)
    drafts = {
        key: Draft(_window(row, window), by_service=True, at=at)
        for at, (key, (row, window)) in enumerate(due.items())
        if key not in existing
    }
    made = list(drafts.values())
    findings = place(tx, events, made)
    if not findings:
        findings = checking.check(tx, events, made).faults
    if findings:
        raise Invalid(*findings)
    keeping.keep(tx, events, made)
    ids = {key: draft.id for key, draft in drafts.items()} | existing
    return {
        "created": len(made),
        "existing": len(due) - len(made),
        "stale": len(existing.keys() - due.keys()),
        "items": [str(ids[key]) for key in due],
    }


def _existing(tx: Transaction, program_id: uuid.UUID) -> dict[tuple[uuid.UUID, str], uuid.UUID]:
    plan = activities.table
    table = events.table
    rows = tx.execute(
        sa.select(table.c.id, table.c.activity_id, table.c.occurrence)
        .join(plan, plan.c.id == table.c.activity_id)
        .where(plan.c.program_id == program_id, table.c.kind == "plan_window")
    )
    return {(row.activity_id, row.occurrence): row.id for row in rows}


def _window(row: sa.Row[*tuple[object, ...]], window: Window) -> Write:
    return events.write.model_validate(
        {
            "activity_id": row.id,
            "kind": "plan_window",
            "occurrence": window.occurrence,
            "title": row.title,
            "window_start": window.start,
            "window_end": window.end,
            "status": "planned",
        },
        strict=False,
    )
