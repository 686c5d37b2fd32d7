"""Facts: what the register holds of a program, read once for all of its indicators."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.indicators import attendance
from app.problems import NotFound
from app.store.journal import SHARED, STATES
from app.store.transaction import Transaction

Rows = Sequence[sa.Row[Any]]
Id = uuid.UUID

SCHOOLS = frozenset({"general_school", "additional_education"})
PRIORITY = frozenset({"low_results", "disadvantaged_conditions"})


class Moment(NamedTuple):
    """The day whose state is asked for, and the period whose flows are."""

    day: date
    start: date
    end: date

    def flows(self, day: date | None) -> bool:
        """Whether a day lies in the period."""
        return day is not None and self.start <= day <= self.end


@dataclass(frozen=True)
class Facts:
    """The rows behind the indicators of one program, in a period that starts on a day.

    What there is very much of, attendance, is told by its first day: with it a state of every
    later day of the period can be counted.
    """

    program: sa.Row[Any]
    start: date
    targets: Rows
    organizations: dict[Id, sa.Row[Any]]
    designations: Rows
    partnerships: Rows
    members: dict[Id, list[sa.Row[Any]]]
    suspensions: dict[Id, list[sa.Row[Any]]]
    events: dict[Id, sa.Row[Any]]
    employments: Rows
    headcounts: Rows
    first_attended: dict[Id, date]
    """By teacher: the first day of the period on which they attended."""
    first_active: dict[Id, date]
    """By organization: the first completion in the period of an event that it was at."""
    attendances: Rows
    """Those named by organizations that declare a headcount, one by one."""
    records: Rows
    activities: dict[Id, sa.Row[Any]]
    state_version: int

    def root(self, organization_id: Id) -> Id:
        """The legal person that a unit belongs to, or the organization itself."""
        found = self.organizations.get(organization_id)
        return found.parent_id or organization_id if found else organization_id

    @cached_property
    def own(self) -> list[sa.Row[Any]]:
        """The organizations of the program's municipality."""
        home = self.program.municipality_id
        return [each for each in self.organizations.values() if each.municipality_id == home]

    @cached_property
    def names(self) -> dict[Id, str | None]:
        """What everybody may call things by: teachers are not among them."""
        organizations = {key: str(each.short_name) for key, each in self.organizations.items()}
        titles = {key: str(each.title) for key, each in self.activities.items()}
        found = {each.id: organizations.get(each.organization_id) for each in self.designations}
        found |= {each.id: each.title for each in self.partnerships}
        for key, each in self.events.items():
            found[key] = each.title or titles.get(each.activity_id)
        return found | organizations


def covers(row: Any, day: date, first: str = "valid_from", last: str = "valid_to") -> bool:
    """Whether a dated row holds on a day; ends are inclusive and may be open."""
    start, end = getattr(row, first), getattr(row, last)
    return (start is None or start <= day) and (end is None or day <= end)


def program_of(tx: Transaction, program_id: Id) -> sa.Row[Any]:
    """The program.

    Raises:
        NotFound: the caller sees none.

    """
    table = _table("programs")
    wanted = (table.c.id == program_id) & tx.seen("programs", table)
    found = tx.execute(sa.select(table).where(wanted)).first()
    if found is None:
        raise NotFound
    return found


def load(tx: Transaction, program: sa.Row[Any], start: date) -> Facts:
    """Everything that the indicators of a program look at, a query per kind of row."""
    home = program.municipality_id
    partnerships = _rows(tx, "partnerships", program_id=program.id)
    ids = [each.id for each in partnerships]
    members = _parts(tx, "partnership_members", ids)
    organizations = _organizations(tx, home, [each.organization_id for each in members])
    events = {each.id: each for each in _events(tx, program)}
    held = [key for key, each in events.items() if each.status != "cancelled"]
    first = attendance.firsts(tx, held, start)
    headcounts = _rows(tx, "headcounts", municipality_id=home)
    declaring = {each.organization_id for each in headcounts}
    return Facts(
        program=program,
        start=start,
        targets=_parts(tx, "program_targets", [program.id]),
        organizations=organizations,
        designations=_rows(tx, "designations", municipality_id=home),
        partnerships=partnerships,
        members=_grouped(members),
        suspensions=_grouped(_parts(tx, "partnership_suspensions", ids)),
        events=events,
        employments=_employments(tx, home),
        headcounts=headcounts,
        first_attended=first.attended,
        first_active=first.active,
        attendances=attendance.named_by(
            tx,
            held,
            [key for key, each in organizations.items() if {key, each.parent_id} & declaring],
        ),
        records=_accepted(tx, program.id),
        activities={each.id: each for each in _rows(tx, "activities", program_id=program.id)},
        state_version=_state_version(tx, home),
    )


def names_of_teachers(tx: Transaction, ids: set[Id]) -> dict[Id, str | None]:
    """Full names, surname first, of those whom the caller sees; null if they may not see it."""
    table = _table("teachers")
    seen = tx.seen("teachers", table, with_gone=True)
    rows = tx.execute(
        sa.select(table.c.id, table.c.last_name, table.c.first_name, table.c.patronymic).where(
            table.c.id.in_(ids), seen
        )
    )
    is_named = tx.caller.view("teachers").personal
    return {row.id: (is_named and " ".join(filter(None, row[1:]))) or None for row in rows}


def _table(name: str) -> sa.Table:
    return SQLModel.metadata.tables[name]


def _rows(tx: Transaction, name: str, **equal: Id) -> Rows:
    table = _table(name)
    conditions = [table.c[column] == value for column, value in equal.items()]
    return tx.execute(sa.select(table).where(*conditions)).all()


def _parts(tx: Transaction, name: str, owners: list[Id]) -> Rows:
    table = _table(name)
    return tx.execute(
        sa.select(table).where(table.c.owner_id.in_(owners)).order_by(table.c.place)
    ).all()


def _grouped(rows: Rows) -> dict[Id, list[sa.Row[Any]]]:
    groups: dict[Id, list[sa.Row[Any]]] = defaultdict(list)
    for row in rows:
        groups[row.owner_id].append(row)
    return groups


def _organizations(tx: Transaction, home: Id, members: list[Id]) -> dict[Id, sa.Row[Any]]:
    """The municipality's own organizations, and partners from elsewhere with their parents."""
    table = _table("organizations")
    columns = [
        table.c[name]
        for name in (
            "id",
            "municipality_id",
            "kind",
            "short_name",
            "parent_id",
            "opened_on",
            "closed_on",
        )
    ]

    def found(wanted: sa.ColumnElement[bool]) -> dict[Id, sa.Row[Any]]:
        return {row.id: row for row in tx.execute(sa.select(*columns).where(wanted))}

    rows = found((table.c.municipality_id == home) | table.c.id.in_(members))
    # Asked for in the same statement they would keep PostgreSQL from its indexes.
    parents = {row.parent_id for row in rows.values() if row.parent_id} - rows.keys()
    return rows | (found(table.c.id.in_(parents)) if parents else {})


def _events(tx: Transaction, program: sa.Row[Any]) -> Rows:
    """Events of a program's plan or of its partnerships."""
    events, plan, networks = _table("events"), _table("activities"), _table("partnerships")
    planned = sa.select(plan.c.id).where(plan.c.program_id == program.id)
    paired = sa.select(networks.c.id).where(networks.c.program_id == program.id)
    ours = events.c.activity_id.in_(planned) | events.c.partnership_id.in_(paired)
    # They are of its municipality: without saying so SQLite looks at every event there is.
    home = events.c.municipality_id == program.municipality_id
    return tx.execute(sa.select(events).where(home, ours)).all()


def _employments(tx: Transaction, home: Id) -> Rows:
    table = _table("employments")
    names = ("id", "teacher_id", "organization_id", "valid_from", "valid_to")
    columns = (table.c[name] for name in names)
    return tx.execute(
        sa.select(*columns).where(
            table.c.municipality_id == home, table.c.position_group == "teaching"
        )
    ).all()


def _accepted(tx: Transaction, program_id: Id) -> Rows:
    table = _table("monitoring_records")
    columns = (table.c.id, table.c.organization_id, table.c.period_start, table.c.period_end)
    return tx.execute(
        sa.select(*columns).where(table.c.program_id == program_id, table.c.state == "accepted")
    ).all()


def _state_version(tx: Transaction, home: Id) -> int:
    position = sa.select(sa.func.coalesce(sa.func.max(STATES.c.position), 0)).where(
        STATES.c.municipality_id.in_((home, SHARED))
    )
    return int(tx.execute(position).scalar_one())
