"""Later: the rows of a program that only some answers need, read when they are first asked for."""

from collections.abc import Callable, Collection
from datetime import date
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

from app.database.transaction import Transaction
from app.indicators import attendance
from app.indicators.attendance import Firsts
from app.indicators.rows import (
    EMPLOYMENTS,
    HEADCOUNTS,
    ORGANIZATIONS,
    AttendanceRow,
    EmploymentRow,
    EventRow,
    HeadcountRow,
    OrganizationRow,
    ProgramRow,
    root_of,
)
from app.network import exchange
from app.network.exchange import Exchange, Town
from app.registry.employments import PositionGroup
from app.registry.events import EventStatus
from app.store.rows import Id

T = TypeVar("T")


class Later(Generic[T]):
    """Rows that are read once, in the transaction in which they are asked for."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read

    @cached_property
    def rows(self) -> T:
        """The rows."""
        return self._read()


class Rest(NamedTuple):
    """Rows that only some answers need."""

    employments: Later[list[EmploymentRow]]
    headcounts: Later[list[HeadcountRow]]
    firsts: Later[Firsts]
    attendances: Later[list[AttendanceRow]]
    exchange: Later[Exchange]


def rest(
    tx: Transaction,
    program: ProgramRow,
    start: date,
    organizations: dict[Id, OrganizationRow],
    events: Collection[EventRow],
) -> Rest:
    """What is read of a program's people and resources, if an answer needs it."""
    home = program.municipality_id
    held = [row.id for row in events if row.status != EventStatus.CANCELLED]
    employments = Later(lambda: _employments(tx, home))
    headcounts = Later(lambda: HEADCOUNTS.of_town(tx, home))

    def attendances() -> list[AttendanceRow]:
        declaring = {row.organization_id for row in headcounts.rows}
        if declaring:
            declaring -= _always_on_roster(organizations, employments.rows, start)
        of_them = [key for key, row in organizations.items() if {key, row.parent_id} & declaring]
        return attendance.named_by(tx, held, of_them)

    return Rest(
        employments,
        headcounts,
        Later(lambda: attendance.firsts(tx, held, start)),
        Later(attendances),
        Later(lambda: exchange.load(tx, program.id, _town(tx, home))),
    )


def _always_on_roster(
    organizations: dict[Id, OrganizationRow], employments: list[EmploymentRow], start: date
) -> set[Id]:
    """The legal persons that have a teacher on each day from one on: no headcount counts there."""
    return {
        root_of(organizations, row.organization_id)
        for row in employments
        if row.valid_to is None and row.valid_from <= start
    }


def _employments(tx: Transaction, home: Id) -> list[EmploymentRow]:
    table = EMPLOYMENTS.table
    is_teaching = table.c.position_group == PositionGroup.TEACHING
    of_home = table.c.municipality_id == home
    return tx.once((_employments, home), lambda: EMPLOYMENTS.where(tx, of_home, is_teaching))


def _town(tx: Transaction, home: Id) -> Town:
    """What programs of a municipality share of its resources; only partners are from elsewhere."""

    def read() -> Town:
        own = {row.id: row for row in ORGANIZATIONS.of_town(tx, home)}
        return exchange.town(tx, home, lambda key: root_of(own, key))

    return tx.once((_town, home), read)
