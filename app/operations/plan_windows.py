"""Windows of the plan: creates an event for every due window of the plan's rows.

A term that is corrected, or a program that is prolonged, leaves the days of its events behind.
Only people know whether an event was put off on purpose, so days follow the plan when they say so.
"""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Annotated, NamedTuple

import sqlalchemy as sa
from pydantic import Field
from typing_extensions import TypedDict

from app.database.transaction import Transaction
from app.findings import Finding
from app.model.drafts import Draft, altered
from app.model.faults import UNKNOWN_FIELD, WRONG_TYPE
from app.model.record import Write
from app.problems import Invalid, NotFound
from app.registry.activities import activities
from app.registry.events import EventStatus, events
from app.registry.plans import plan_of
from app.registry.programs import programs
from app.registry.terms import Window, windows
from app.rest.answers import IdText
from app.store import checking, keeping
from app.store.loading import load_whole
from app.store.placing import place


class GeneratedEvents(TypedDict):
    """Сколько событий создано по плану, и все события его сроков."""

    created: Annotated[int, Field(description="Сколько событий создано")]
    existing: Annotated[int, Field(description="Было раньше")]
    stale: Annotated[int, Field(description="Сроки, которых больше нет в плане")]
    moved: Annotated[int, Field(description="У скольких событий дни стали такими, как в плане")]
    differing: Annotated[
        list[IdText],
        Field(
            description="Запланированные события, дни которых не те, что в плане: срок исправили "
            "или событие перенесли. С `move` их нет"
        ),
    ]
    items: Annotated[list[IdText], Field(description="События всех сроков плана")]


Key = tuple[uuid.UUID, str]
"""A row of the plan, and which of its windows."""


class Made(NamedTuple):
    """An event that exists for a window."""

    id: uuid.UUID
    start: date
    end: date
    is_planned: bool


class Due(NamedTuple):
    """A window that the plan yields, with its row."""

    row: sa.Row[*tuple[object, ...]]
    window: Window


def generate(tx: Transaction, program_id: uuid.UUID, body: object) -> GeneratedEvents:
    """Create the windows that the plan yields and that do not exist yet; move others if asked.

    Raises:
        NotFound, Invalid.

    """
    table = programs.table
    mine = (table.c.id == program_id) & tx.seen(programs.name, table)
    # The row lock makes a concurrent generation wait here until it can see the new windows.
    program = tx.execute(sa.select(table).where(mine).with_for_update()).first()
    if program is None:
        raise NotFound
    moves = _read(body)
    due, existing = _due(tx, program), _existing(tx, program_id)
    made = {
        key: Draft(_window(*each), by_service=True, at=at)
        for at, (key, each) in enumerate(due.items())
        if key not in existing
    }
    behind = _behind(due, existing)
    moved = _moved(tx, {existing[key].id: due[key].window for key in behind}) if moves else []
    _keep(tx, [*made.values()], moved)
    ids = {key: each.id for key, each in (existing | made).items()}
    return {
        "created": len(made),
        "existing": len(due) - len(made),
        "stale": len(existing.keys() - due.keys()),
        "moved": len(moved),
        "differing": [] if moves else [str(existing[key].id) for key in behind],
        "items": [str(ids[key]) for key in due],
    }


def behind_the_plan(tx: Transaction, program_id: uuid.UUID) -> list[tuple[Due, Made]]:
    """The planned events of a program whose days are not those of the plan."""
    table = programs.table
    mine = (table.c.id == program_id) & tx.seen(programs.name, table)
    program = tx.execute(sa.select(table).where(mine)).one()
    due, existing = _due(tx, program), _existing(tx, program_id)
    return [(due[key], existing[key]) for key in _behind(due, existing)]


def _read(body: object) -> bool:
    """Whether a body says that days move; any other body is refused."""
    if not isinstance(body, dict):
        raise Invalid(Finding(WRONG_TYPE, pointer="", values={"expected": "{}"}))
    if body.keys() - {"move"}:
        raise Invalid(Finding(UNKNOWN_FIELD, pointer=""))
    move = body.get("move", False)
    if not isinstance(move, bool):
        raise Invalid(Finding(WRONG_TYPE, pointer="/move", values={"expected": "true, false"}))
    return move


def _due(tx: Transaction, program: sa.Row[*tuple[object, ...]]) -> dict[Key, Due]:
    return {
        (row.id, window.occurrence): Due(row, window)
        for row, term in plan_of(tx, program.id)
        for window in windows(term, program.start_date, program.end_date)
    }


def _existing(tx: Transaction, program_id: uuid.UUID) -> dict[Key, Made]:
    plan = activities.table
    table = events.table
    names = ("id", "activity_id", "occurrence", "window_start", "window_end", "status")
    rows = tx.execute(
        sa.select(*(table.c[name] for name in names))
        .join(plan, plan.c.id == table.c.activity_id)
        .where(plan.c.program_id == program_id, table.c.kind == "plan_window")
    )
    return {
        (row.activity_id, row.occurrence): Made(
            row.id, row.window_start, row.window_end, row.status == EventStatus.PLANNED
        )
        for row in rows
    }


def _behind(due: Mapping[Key, Due], existing: Mapping[Key, Made]) -> list[Key]:
    """The windows whose event is planned for other days than the plan says."""
    return [
        key
        for key, (_, window) in due.items()
        if (made := existing.get(key))
        and made.is_planned
        and (made.start, made.end) != (window.start, window.end)
    ]


def _moved(tx: Transaction, days: Mapping[uuid.UUID, Window]) -> list[Draft]:
    """The events with the days of their windows."""
    stored = load_whole(tx, events, id=[*days]) if days else []
    return [
        altered(each, window_start=days[each.id].start, window_end=days[each.id].end)
        for each in stored
    ]


def _keep(tx: Transaction, made: list[Draft], moved: list[Draft]) -> None:
    findings = place(tx, events, made)
    if not findings:
        findings = checking.check(tx, events, [*made, *moved]).faults
    if findings:
        raise Invalid(*findings)
    keeping.keep(tx, events, [*made, *moved])


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
