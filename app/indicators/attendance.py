"""Attendance: who took part in a program's events, summed up by the database."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.among import among
from app.database.slicing import slices
from app.database.transaction import Transaction
from app.indicators.rows import ATTENDANCES, AttendanceRow
from app.registry.events import EventStatus
from app.registry.participations import ParticipationStatus
from app.store.rows import Id


class Firsts(NamedTuple):
    """The first days of a period on which something happened at a program's events."""

    attended: dict[Id, date]
    """By teacher: the first day on which they attended one."""
    active: dict[Id, date]
    """By organization: the first completion of one that somebody attended for it."""


def firsts(tx: Transaction, events: Sequence[Id], start: date) -> Firsts:
    """The first attendances and completions from a day on, by one statement per slice of events."""
    first = Firsts({}, {})
    for part in slices(events):
        for row in tx.execute(_firsts(), {"events": part, "start": start}).all():
            _lower(first.attended, row.teacher_id, row.attended)
            _lower(first.active, row.organization_id, row.completed)
    return first


def _lower(first: dict[Id, date], key: Id, day: date | None) -> None:
    if day is not None:
        first[key] = min(day, first.get(key, day))


def named_by(
    tx: Transaction, events: Sequence[Id], organizations: Sequence[Id]
) -> list[AttendanceRow]:
    """Each attendance of the events for one of the organizations."""
    if not organizations:
        return []
    rows: list[AttendanceRow] = []
    for part in slices(events):
        rows += ATTENDANCES.read(tx, _named(), events=part, organizations=organizations)
    return rows


def organizations_at(tx: Transaction, events: Sequence[Id]) -> dict[Id, set[Id]]:
    """By event: the organizations that somebody attended it for."""
    organizations: dict[Id, set[Id]] = defaultdict(set)
    for part in slices(events):
        for row in tx.execute(_at(), {"events": part}):
            organizations[row.event_id].add(row.organization_id)
    return organizations


def first_events(tx: Transaction, events: Sequence[Id], after: date, until: date) -> dict[Id, Id]:
    """By teacher: the first of the events that they attended after a day, up to another one."""
    first: dict[Id, tuple[date, Id]] = {}
    for part in slices(events):
        bound = {"events": part, "after": after, "until": until}
        for row in tx.execute(_between(), bound):
            place = (row.participated_on, row.event_id)
            first[row.teacher_id] = min(place, first.get(row.teacher_id, place))
    return {teacher: event for teacher, (_, event) in first.items()}


def _attended() -> tuple[sa.Table, sa.ColumnElement[bool]]:
    table = ATTENDANCES.table
    return table, sa.and_(
        among(table.c.event_id, "events"), table.c.status == ParticipationStatus.ATTENDED
    )


@cache
def _firsts() -> sa.Select[*tuple[object, ...]]:
    table, attended = _attended()
    events = SQLModel.metadata.tables["events"]
    start = sa.bindparam("start", type_=sa.Date())
    day, completed = table.c.participated_on, events.c.completed_on
    is_done = sa.and_(events.c.status == EventStatus.COMPLETED, completed >= start)
    who = (table.c.teacher_id, table.c.organization_id)
    # Few pairs: a teacher attends for one school or two.
    return (
        sa.select(
            *who,
            sa.func.min(sa.case((day >= start, day))).label("attended"),
            sa.func.min(sa.case((is_done, completed))).label("completed"),
        )
        .join(events, events.c.id == table.c.event_id)
        # The same condition on events: without it PostgreSQL scans the whole table of events.
        .where(attended, among(events.c.id, "events"))
        .group_by(*who)
    )


@cache
def _named() -> sa.Select[*tuple[object, ...]]:
    table, attended = _attended()
    return ATTENDANCES.columns.where(attended, among(table.c.organization_id, "organizations"))


@cache
def _at() -> sa.Select[*tuple[object, ...]]:
    table, attended = _attended()
    return sa.select(table.c.event_id, table.c.organization_id).where(attended).distinct()


@cache
def _between() -> sa.Select[*tuple[object, ...]]:
    table, attended = _attended()
    day = table.c.participated_on
    meanwhile = sa.and_(day > sa.bindparam("after"), day <= sa.bindparam("until"))
    return sa.select(table.c.teacher_id, table.c.event_id, day).where(attended, meanwhile)
