"""Tasks: what is expected of an organization: reports, balances of the summer, lists of people."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from markupsafe import Markup
from sqlmodel import SQLModel

from app.database.transaction import Transaction
from app.model.grants import Verb
from app.pages import marks, records, words
from app.pages.visit import Visit
from app.registry.events import EventKind, EventStatus, events
from app.registry.monitoring import MonitoringState, monitoring_records
from app.registry.resource_balances import resource_balances

SUMMER = ((7, 1), (8, 31))
"""The first and the last day on which balances are given for the coming school year (row 8)."""


class Task(NamedTuple):
    """Something to do, with the form in which it is done."""

    words: str
    about: str
    due: str
    mark: Markup
    is_late: bool
    address: str
    word: str


async def of(visit: Visit, program: Mapping[str, Any], day: date) -> list[Task]:
    """The open tasks of the caller's organization in a program on a day."""
    own = visit.caller.organization_id
    found = [
        *await _reports(visit, program, str(own)),
        *await _balances(visit, str(own), day),
        *await _lists(visit, program, str(own)),
    ]
    return sorted(found, key=lambda task: not task.is_late)


async def _reports(visit: Visit, program: Mapping[str, Any], own: str) -> list[Task]:
    """Reports that came back, and those that were begun and not sent."""
    if not visit.may(monitoring_records.name, Verb.CHANGE):
        return []
    mine = [("organization_id", own), ("program_id", program["id"]), ("sort", "period_end")]
    rows = (await records.listed(visit, monitoring_records, mine))["items"]
    names = await visit.called(measures=[row["measure_id"] for row in rows])
    return [*_of_reports(rows, names)]


def _of_reports(rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> Iterator[Task]:
    for row in rows:
        what = names.get(row["measure_id"], "показатель")
        when = f"{words.day(row['period_start'])}–{words.day(row['period_end'])}"
        address = f"/monitoring-records/{row['id']}/decision"
        if row["state"] == MonitoringState.RETURNED:
            told = f"Координатор: «{row['reason']}»" if row["reason"] else ""
            mark = marks.bad(MonitoringState.RETURNED.label)
            title = f"Исправить отчёт: {what}, {when}"
            yield Task(title, told, "сразу", mark, is_late=True, address=address, word="Исправить")
        elif row["state"] == MonitoringState.DRAFT:
            mark = marks.mark(marks.Shape.DRAFT, MonitoringState.DRAFT.label)
            title = f"Отправить отчёт: {what}, {when}"
            yield Task(title, "", "без срока", mark, is_late=False, address=address, word="Открыть")


async def _balances(visit: Visit, own: str, day: date) -> list[Task]:
    """What is needed and what there is, asked for every summer."""
    first, last = (date(day.year, *month) for month in SUMMER)
    if day < first or not visit.may(resource_balances.name, Verb.CREATE):
        return []
    asked = [("organization_id", own), ("observed_on_from", first.isoformat()), ("limit", "1")]
    if (await records.listed(visit, resource_balances, asked))["items"]:
        return []
    is_late = day > last
    told = "не сдано" if not is_late else _late(last, day)
    return [
        Task(
            "Внести ресурсы: что требуется и что имеется",
            "",
            f"до {words.day(last)}",
            marks.bad(told) if is_late else marks.mark(marks.Shape.NONE, told),
            is_late=is_late,
            address=visit.form(resource_balances.name, {"organization_id": own}),
            word="Внести",
        )
    ]


def _late(last: date, day: date) -> str:
    return f"просрочено на {words.counted(words.days_between(last, day), 'день', 'дня', 'дней')}"


async def _lists(visit: Visit, program: Mapping[str, Any], own: str) -> list[Task]:
    """Events that the organization held and that nobody is entered in."""
    held = [("host_id", own), ("kind", EventKind.HELD), ("status", EventStatus.COMPLETED)]
    rows = (await records.listed(visit, events, [*held, ("sort", "-window_start")]))["items"]
    empty = await visit.read(lambda tx: _without_people(tx, program, rows))
    names = await visit.called(events=empty)
    return [
        Task(
            f"Приложить список участников: {names[key]}",
            "",
            "без срока",
            marks.mark(marks.Shape.NONE, "списка нет"),
            is_late=False,
            address=f"/programs/{program['id']}/events/new?event_id={key}",
            word="Приложить",
        )
        for key in empty
        if key in names
    ]


def _without_people(
    tx: Transaction, program: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Those of the events that are of the program and have no participation.

    Whose event it is may read its attendance list, whoever stands in it; so the caller learns
    nothing from participations that its own view of them leaves out.
    """
    held, work, ties, people = (
        SQLModel.metadata.tables[name]
        for name in ("events", "activities", "partnerships", "participations")
    )
    program_id = uuid.UUID(program["id"])
    is_empty = ~sa.exists().where(people.c.event_id == held.c.id)
    query = (
        sa.select(held.c.id)
        .outerjoin(work, work.c.id == held.c.activity_id)
        .outerjoin(ties, ties.c.id == held.c.partnership_id)
        .where(
            held.c.id.in_([uuid.UUID(row["id"]) for row in rows]),
            sa.func.coalesce(work.c.program_id, ties.c.program_id) == program_id,
            is_empty,
        )
    )
    found = set(tx.execute(query).scalars())
    return [row["id"] for row in rows if uuid.UUID(row["id"]) in found]
