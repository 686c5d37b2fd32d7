"""Facts: a program's rows in the register, read once for all of its indicators."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.among import among
from app.database.slicing import slices
from app.database.transaction import Transaction
from app.indicators.later import Employed, Rest, rest
from app.indicators.rows import (
    ACCEPTED,
    ACTIVITIES,
    DESIGNATIONS,
    EVENTS,
    MEMBERS,
    ORGANIZATIONS,
    PARTNERSHIPS,
    PROGRAMS,
    SUSPENSIONS,
    TARGETS,
    AcceptedRow,
    ActivityRow,
    AttendanceRow,
    DesignationRow,
    EventRow,
    HeadcountRow,
    MemberRow,
    OrganizationRow,
    PartnershipRow,
    ProgramRow,
    SuspensionRow,
    TargetRow,
    root_of,
)
from app.journal.positions import SHARED, STATES
from app.network.exchange import Exchange, by_owner
from app.problems import NotFound
from app.registry.designations import DesignationCategory
from app.registry.monitoring import MonitoringState
from app.registry.organizations import OrganizationKind
from app.store.rows import Id

SCHOOLS = frozenset({OrganizationKind.GENERAL_SCHOOL, OrganizationKind.ADDITIONAL_EDUCATION})
PRIORITY = frozenset(
    {DesignationCategory.LOW_RESULTS, DesignationCategory.DISADVANTAGED_CONDITIONS}
)


class Moment(NamedTuple):
    """The day of the state, and the period of the flows."""

    day: date
    start: date
    end: date

    def flows(self, day: date | None) -> bool:
        """Whether a day lies in the period."""
        return day is not None and self.start <= day <= self.end


@dataclass(frozen=True)
class Facts:
    """The rows behind the indicators of one program, in a period that starts on a day.

    Attendance has too many rows to read them all. The first day of each teacher is enough to count
    any later day of the period.
    """

    program: ProgramRow
    start: date
    targets: list[TargetRow]
    organizations: dict[Id, OrganizationRow]
    hidden: frozenset[Id]
    """The organizations that the caller does not see: partners of other municipalities."""
    designations: list[DesignationRow]
    partnerships: list[PartnershipRow]
    members: dict[Id, list[MemberRow]]
    suspensions: dict[Id, list[SuspensionRow]]
    events: dict[Id, EventRow]
    records: list[AcceptedRow]
    activities: dict[Id, ActivityRow]
    state_version: int
    later: Rest

    @property
    def employed(self) -> Employed:
        """The employments of teachers, by the legal person that employs them."""
        return self.later.employed.rows

    @property
    def headcounts(self) -> list[HeadcountRow]:
        """What organizations declare."""
        return self.later.headcounts.rows

    @property
    def first_attended(self) -> dict[Id, date]:
        """By teacher: the first day of the period on which they attended."""
        return self.later.firsts.rows.attended

    @property
    def first_active(self) -> dict[Id, date]:
        """By organization: the first completion in the period of an event that it was at."""
        return self.later.firsts.rows.active

    @property
    def attendances(self) -> list[AttendanceRow]:
        """The attendances for organizations whose headcount may count, one by one."""
        return self.later.attendances.rows

    @property
    def exchange(self) -> Exchange:
        """Its resources, curricula and groups."""
        return self.later.exchange.rows

    def root(self, organization_id: Id) -> Id:
        """The legal person to which a unit belongs, or the organization itself."""
        return root_of(self.organizations, organization_id)

    @cached_property
    def own(self) -> list[OrganizationRow]:
        """The organizations of the program's municipality."""
        home = self.program.municipality_id
        return [row for row in self.organizations.values() if row.municipality_id == home]

    @cached_property
    def names(self) -> dict[Id, str | None]:
        """Names by id, None for organizations that are hidden; teachers are not included.

        What is of the program's municipality is named to all who see the program, so an answer
        that names nothing else is the same for all of them.
        """
        names: dict[Id, str | None] = {
            row.id: self.organizations[row.organization_id].short_name for row in self.designations
        }
        names |= {row.id: row.title for row in self.partnerships}
        for key, event in self.events.items():
            activity = self.activities.get(event.activity_id) if event.activity_id else None
            names[key] = event.title or (activity.title if activity else None)
        names |= self.exchange.names
        for row in self.exchange.stock.balances:
            # The type alone says nothing where many organizations have it.
            names[row.id] = f"{self.organizations[row.organization_id].short_name}: {names[row.id]}"
        return names | {
            key: None if key in self.hidden else row.short_name
            for key, row in self.organizations.items()
        }


def covers(first: date | None, last: date | None, day: date) -> bool:
    """Whether a day lies between two, both included; None leaves a side open."""
    return (first is None or first <= day) and (last is None or day <= last)


def program_of(tx: Transaction, program_id: Id) -> ProgramRow:
    """The program.

    Raises:
        NotFound: the caller sees no such program.

    """

    def read() -> ProgramRow:
        table = PROGRAMS.table
        rows = PROGRAMS.where(tx, table.c.id == program_id, tx.seen("programs", table))
        if not rows:
            raise NotFound
        return rows[0]

    return tx.once((program_of, program_id), read)


def load(tx: Transaction, program: ProgramRow, start: date) -> Facts:
    """All rows that a program's indicators need; of one snapshot they are read once."""
    return tx.once((load, program.id, start), lambda: _read(tx, program, start))


def _read(tx: Transaction, program: ProgramRow, start: date) -> Facts:
    """The rows, with one query for each kind."""
    home = program.municipality_id
    partnerships = PARTNERSHIPS.having(tx, program_id=program.id)
    ids = [row.id for row in partnerships]
    members = MEMBERS.parts(tx, ids)
    organizations = _organizations(tx, home, [row.organization_id for row in members])
    events = {row.id: row for row in _events(tx, program)}
    return Facts(
        program=program,
        start=start,
        targets=TARGETS.parts(tx, [program.id]),
        organizations=organizations,
        hidden=hidden_among(
            tx, (row.id for row in organizations.values() if row.municipality_id != home)
        ),
        designations=DESIGNATIONS.of_town(tx, home),
        partnerships=partnerships,
        members=by_owner(members),
        suspensions=by_owner(SUSPENSIONS.parts(tx, ids)),
        events=events,
        records=_accepted(tx, program.id),
        activities=_activities(tx, program.id),
        state_version=state_version(tx, home),
        later=rest(tx, program, start, organizations, events.values()),
    )


def names_of_teachers(tx: Transaction, ids: set[Id]) -> dict[Id, str | None]:
    """Full names, surname first, of teachers whom the caller sees; None if names are hidden."""
    if not ids:
        return {}
    table = SQLModel.metadata.tables["teachers"]
    seen = tx.seen("teachers", table, with_gone=True)
    rows = tx.execute(
        sa.select(table.c.id, table.c.last_name, table.c.first_name, table.c.patronymic).where(
            table.c.id.in_(ids), seen
        )
    )
    is_named = tx.caller.view("teachers").personal
    return {row.id: (is_named and " ".join(filter(None, row[1:]))) or None for row in rows}


def hidden_among(tx: Transaction, ids: Iterable[Id]) -> frozenset[Id]:
    """Those of some organizations that are there and that the caller does not see."""
    table, hidden = ORGANIZATIONS.table, set[Id]()
    is_hidden = sa.not_(tx.seen("organizations", table))
    for some in slices({*ids}):
        rows = sa.select(table.c.id).where(table.c.id.in_(some), is_hidden)
        hidden.update(tx.execute(rows).scalars())
    return frozenset(hidden)


def _organizations(tx: Transaction, home: Id, members: list[Id]) -> dict[Id, OrganizationRow]:
    """The municipality's own organizations, and partners from elsewhere with their parents."""
    organizations = {row.id: row for row in ORGANIZATIONS.of_town(tx, home)}
    missing = {*members} - organizations.keys()
    # Statements of their own: with the ids in the same one PostgreSQL uses no index.
    while missing:
        rows = ORGANIZATIONS.among(tx, "id", missing)
        organizations |= {row.id: row for row in rows}
        missing = {row.parent_id for row in rows if row.parent_id} - organizations.keys()
    return organizations


def _events(tx: Transaction, program: ProgramRow) -> list[EventRow]:
    """Events of a program's plan or of its partnerships."""
    home = program.municipality_id
    return EVENTS.read(tx, _events_of(), program_id=program.id, municipality_id=home)


@cache
def _events_of() -> sa.Select[*tuple[object, ...]]:
    events, plan, networks = EVENTS.table, ACTIVITIES.table, PARTNERSHIPS.table
    planned, paired = (
        sa.select(table.c.id).where(table.c.program_id == sa.bindparam("program_id"))
        for table in (plan, networks)
    )
    ours = events.c.activity_id.in_(planned) | events.c.partnership_id.in_(paired)
    # The municipality is implied; without it SQLite scans every event.
    here = events.c.municipality_id == sa.bindparam("municipality_id")
    return EVENTS.columns.where(here, ours)


def _accepted(tx: Transaction, program_id: Id) -> list[AcceptedRow]:
    return ACCEPTED.having(tx, program_id=program_id, state=MonitoringState.ACCEPTED)


def _activities(tx: Transaction, program_id: Id) -> dict[Id, ActivityRow]:
    return {row.id: row for row in ACTIVITIES.having(tx, program_id=program_id)}


def state_version(tx: Transaction, home: Id) -> int:
    """The version of what a municipality's answers are made of; it grows with each change."""

    def read() -> int:
        return int(tx.execute(_position(), {"homes": [home, SHARED]}).scalar_one())

    return tx.once((state_version, home), read)


@cache
def _position() -> sa.Select[*tuple[object, ...]]:
    newest = sa.func.coalesce(sa.func.max(STATES.c.position), 0)
    return sa.select(newest).where(among(STATES.c.municipality_id, "homes"))
