"""State of a program in one document: its record, its partnerships, its plan and its figures."""

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import date

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.transaction import Transaction
from app.indicators import hindsight
from app.indicators.answer import indicators
from app.indicators.asking import Asked
from app.indicators.codes import Progress
from app.indicators.facts import program_of
from app.indicators.reports import PlanRow, PlanWindow, ProgramState
from app.indicators.rows import WINDOWS, ProgramRow, WindowRow
from app.indicators.sheets import Line
from app.model.resource import Resource
from app.model.view import View
from app.registry.activities import Direction, activities
from app.registry.events import EventKind, EventStatus
from app.registry.partnerships import partnerships
from app.registry.plans import plan_of
from app.registry.programs import programs
from app.registry.terms import Term, windows
from app.store import speech

EVERY = 1_000_000
"""More rows than a program has."""


_WORST_FIRST = (
    Progress.OVERDUE,
    Progress.OPEN,
    Progress.PLANNED,
    Progress.COMPLETED_LATE,
    Progress.COMPLETED,
    Progress.CANCELLED,
)


def state(tx: Transaction, program_id: uuid.UUID, asked: Asked) -> ProgramState:
    """The whole program on a day; for a past day, without later changes.

    Raises:
        NotFound: there is no such program.
        Invalid: the period ends after the day, or before it starts.

    """
    program = program_of(tx, program_id)
    figures = indicators(tx, program_id, asked)
    day = date.fromisoformat(figures["as_of"])
    header = _records(tx, programs, "id", program_id)[0]
    paired = _records(tx, partnerships, "program_id", program_id)
    if day < asked.today:
        header = hindsight.parts_by(programs, header, day)
        paired = hindsight.partnerships_by(paired, day)
    return {
        "as_of": figures["as_of"],
        "state_version": figures["state_version"],
        "program": header,
        "partnerships": [*paired],
        "plan": _plan(tx, program, day),
        "indicators": figures["items"],
        "uncovered_priority": figures["uncovered_priority"],
    }


def _records(
    tx: Transaction, resource: Resource, parent: str, program_id: uuid.UUID
) -> list[hindsight.Record]:
    """Records of a program as lists show them; whoever sees the program sees them."""
    view = View(personal=tx.caller.view(resource.name).personal)
    condition = f"t.{parent} = {tx.dialect.bound('program_id', 'id')}"
    sql = speech.page(resource, tx.dialect, view, "", condition, "t.id")
    return [
        json.loads(text) for text in tx.texts(sql, {"program_id": str(program_id), "take": EVERY})
    ]


def _windows(
    program: ProgramRow, term: Term, events: dict[str | None, WindowRow], day: date
) -> list[PlanWindow]:
    """The windows that the plan yields, then those generated earlier that it no longer yields."""
    planned = [
        _due(events.pop(row.occurrence, None), row.occurrence, row.start, row.end, day)
        for row in windows(term, program.start_date, program.end_date)
    ]
    return planned + [
        _due(row, row.occurrence, row.window_start, row.window_end, day) for row in events.values()
    ]


def _plan(tx: Transaction, program: ProgramRow, day: date) -> list[PlanRow]:
    """The rows of the plan in order; a merged row shows what it inherits."""
    records = {entry["id"]: entry for entry in _records(tx, activities, "program_id", program.id)}
    held = _held(tx, program.id)
    rows: list[PlanRow] = []
    for row, term in plan_of(tx, program.id):
        own = records[str(row.id)]
        merged = records.get(own["inherits_from_id"] or "", own)
        events = {entry.occurrence: entry for entry in held.get(row.id, ())}
        due = _windows(program, term, events, day)
        rows.append(
            {
                "id": own["id"],
                "plan_no": own["plan_no"],
                "title": own["title"],
                "direction": own["direction"],
                "term_text": merged["term_text"],
                "parties": merged["parties"],
                "expected_result": merged["expected_result"],
                "inherits_from_id": own["inherits_from_id"],
                "status": _worst(window["status"] for window in due),
                "windows": due,
            }
        )
    return rows


def _held(tx: Transaction, program_id: uuid.UUID) -> dict[uuid.UUID | None, list[WindowRow]]:
    """The generated windows of a plan, by row."""
    plan, table = activities.table, WINDOWS.table
    rows = WINDOWS.read(
        tx,
        WINDOWS.columns.join(plan, plan.c.id == table.c.activity_id)
        .where(plan.c.program_id == program_id, table.c.kind == EventKind.PLAN_WINDOW)
        .order_by(table.c.window_start, table.c.id),
    )
    windows_of: dict[uuid.UUID | None, list[WindowRow]] = {}
    for row in rows:
        windows_of.setdefault(row.activity_id, []).append(row)
    return windows_of


def _due(
    event: WindowRow | None, occurrence: str | None, start: date, end: date, day: date
) -> PlanWindow:
    """A window on a day; results after that day are left out."""
    first, last = (event.window_start, event.window_end) if event else (start, end)
    done = event.completed_on if event and event.status == EventStatus.COMPLETED else None
    visible = event if done is None or done <= day else None
    is_cancelled = event is not None and event.status == EventStatus.CANCELLED
    return {
        "event_id": str(event.id) if event else None,
        "occurrence": occurrence,
        "window_start": first.isoformat(),
        "window_end": last.isoformat(),
        "status": _progress(first, last, done, day, is_cancelled=is_cancelled),
        "completed_on": done.isoformat() if done and visible else None,
        "result": visible.result if visible else None,
        "evidence_url": visible.evidence_url if visible else None,
    }


def _progress(
    first: date, last: date, done: date | None, day: date, *, is_cancelled: bool
) -> Progress:
    if is_cancelled:
        return Progress.CANCELLED
    if done and done <= day:
        return Progress.COMPLETED if done <= last else Progress.COMPLETED_LATE
    if last < day:
        return Progress.OVERDUE
    return Progress.OPEN if first <= day else Progress.PLANNED


def _worst(statuses: Iterable[Progress]) -> Progress | None:
    """The status of a row: the worst of its windows; None without windows."""
    return min(statuses, key=_WORST_FIRST.index, default=None)


TITLES = (
    "№",
    "Мероприятие",
    "Сроки",
    "Ответственные/ участники",
    "Результат",
    "Срок до",
    "Факт",
    "Статус",
)
"""The columns of the order, then the progress of each row."""


def table_of_plan(answer: ProgramState, names: Mapping[str, str]) -> list[Line]:
    """The plan as the order prints it, a line for each window, with the organizations' names."""
    lines: list[Line] = []
    for row in answer["plan"]:
        parties = ", ".join(names[party["organization_id"]] for party in row["parties"])
        head = [row["plan_no"], row["title"], row["term_text"], parties, row["expected_result"]]
        lines += [
            [
                *head,
                _day(window["window_end"]),
                _day(window["completed_on"]),
                window["status"].label,
            ]
            for window in row["windows"]
        ]
        if not row["windows"]:
            lines.append([*head, None, None, None])
    return lines


DIRECTIONS = {
    Direction.REGULATORY: "Нормативно-правовое обеспечение взаимодействия",
    Direction.ORGANIZATIONAL: "Организационно-управленческое направление",
    Direction.FINANCIAL: "Финансово-экономическое направление",
}
"""The headings of the plan in the order."""


def directions_of_plan(answer: ProgramState) -> dict[int, str]:
    """The heading above a line of `table_of_plan`, by the number of the line."""
    headings: dict[int, str] = {}
    line, direction = 0, None
    for row in answer["plan"]:
        if row["direction"] != direction:
            direction = row["direction"]
            headings[line] = DIRECTIONS[direction]
        line += max(1, len(row["windows"]))
    return headings


def names_of(tx: Transaction, answer: ProgramState) -> dict[str, str]:
    """The names of the organizations of the program's municipality."""
    table = SQLModel.metadata.tables["organizations"]
    home = uuid.UUID(str(answer["program"]["municipality_id"]))
    rows = sa.select(table.c.id, table.c.short_name).where(table.c.municipality_id == home)
    return {str(row.id): row.short_name for row in tx.execute(rows)}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
