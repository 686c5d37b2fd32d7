"""Tasks: what is expected of an organization: reports, balances of the summer, lists of people."""

import uuid
from collections.abc import Mapping, Sequence
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
from app.rest.showing import record_shown

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


async def of(visit: Visit, programs: Sequence[Mapping[str, Any]], day: date) -> list[Task]:
    """The open tasks of the caller's organization in some programs on a day."""
    own = str(visit.caller.organization_id)
    found = [task for each in programs for task in await _reports(visit, each)]
    found += await _balances(visit, own, programs, day)
    found += [task for each in programs for task in await _lists(visit, each)]
    return sorted(found, key=lambda task: not task.is_late)


async def _reports(visit: Visit, program: Mapping[str, Any]) -> list[Task]:
    """Reports that came back, and those that were begun and not sent; those of units too."""
    if not visit.may(monitoring_records.name, Verb.CHANGE):
        return []
    own = sorted(visit.caller.own)
    rows = await visit.read(lambda tx: _open_reports(tx, program, own))
    record_shown(visit.request, monitoring_records, [str(row.id) for row in rows])
    units = {row.organization_id for row in rows} - {visit.caller.organization_id}
    names = await visit.called(measures=[row.measure_id for row in rows], organizations=units)
    return [_of_report(row, names) for row in rows]


def _open_reports(
    tx: Transaction, program: Mapping[str, Any], own: Sequence[uuid.UUID]
) -> list[sa.Row[Any]]:
    """The reports of organizations that wait for them, by period."""
    table = monitoring_records.table
    wanted = ("id", "organization_id", "measure_id", "period_start", "period_end")
    query = sa.select(*(table.c[name] for name in (*wanted, "state", "reason"))).where(
        table.c.organization_id.in_(own),
        table.c.program_id == uuid.UUID(program["id"]),
        table.c.state.in_([MonitoringState.RETURNED, MonitoringState.DRAFT]),
        tx.seen(monitoring_records.name, table),
    )
    return [*tx.execute(query.order_by(table.c.period_end, table.c.id))]


def _of_report(row: sa.Row[Any], names: Mapping[str, str]) -> Task:
    what = names.get(str(row.measure_id), "показатель")
    when = f"{words.day(row.period_start)}–{words.day(row.period_end)}"
    about = ", ".join(filter(None, (what, names.get(str(row.organization_id)), when)))
    address = f"/monitoring-records/{row.id}/decision"
    if row.state == MonitoringState.RETURNED:
        told = f"Координатор: «{row.reason}»" if row.reason else ""
        mark = marks.bad(MonitoringState.RETURNED.label)
        title = f"Исправить отчёт: {about}"
        return Task(title, told, "сразу", mark, is_late=True, address=address, word="Исправить")
    mark = marks.mark(marks.Shape.DRAFT, MonitoringState.DRAFT.label)
    title = f"Отправить отчёт: {about}"
    return Task(title, "", "без срока", mark, is_late=False, address=address, word="Открыть")


async def _balances(
    visit: Visit, own: str, programs: Sequence[Mapping[str, Any]], day: date
) -> list[Task]:
    """What is needed and what there is, asked for every summer in which a program runs."""
    first, _ = _summer(day)
    due = max((last for each in programs if (last := _due(each, day))), default=None)
    if due is None or not visit.may(resource_balances.name, Verb.CREATE):
        return []
    asked = [("organization_id", own), ("observed_on_from", first.isoformat()), ("limit", "1")]
    if (await records.listed(visit, resource_balances, asked))["items"]:
        return []
    is_late = day > due
    told = "не сдано" if not is_late else _late(due, day)
    return [
        Task(
            "Внести ресурсы: что требуется и что имеется",
            "",
            f"до {words.day(due)}",
            marks.bad(told) if is_late else marks.mark(marks.Shape.NONE, told),
            is_late=is_late,
            address=visit.form(resource_balances.name, {"organization_id": own}),
            word="Внести",
        )
    ]


def _summer(day: date) -> tuple[date, date]:
    first, last = (date(day.year, *month) for month in SUMMER)
    return first, last


def _due(program: Mapping[str, Any], day: date) -> date | None:
    """Until when a program that runs on a day asks for balances; None if it does not."""
    start, end = (date.fromisoformat(str(program[name])) for name in ("start_date", "end_date"))
    first, last = _summer(day)
    asks = start <= last and max(start, first) <= day <= end
    return min(last, end) if asks else None


def _late(last: date, day: date) -> str:
    return f"просрочено на {words.counted(words.days_between(last, day), 'день', 'дня', 'дней')}"


async def _lists(visit: Visit, program: Mapping[str, Any]) -> list[Task]:
    """Events that the organization or a unit of it held and that nobody is entered in."""
    own = sorted(visit.caller.own)
    empty = await visit.read(lambda tx: _without_people(tx, program, own))
    record_shown(visit.request, events, empty)
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
    tx: Transaction, program: Mapping[str, Any], own: Sequence[uuid.UUID]
) -> list[str]:
    """The events that organizations held in a program and that have no participation.

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
            held.c.host_id.in_(own),
            held.c.kind == EventKind.HELD,
            held.c.status == EventStatus.COMPLETED,
            tx.seen(events.name, held),
            sa.func.coalesce(work.c.program_id, ties.c.program_id) == program_id,
            is_empty,
        )
    )
    latest = query.order_by(held.c.window_start.desc(), held.c.id)
    return [str(key) for key in tx.execute(latest).scalars()]
