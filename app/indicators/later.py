"""Later: the rows of a program that only some answers need, read when they are first asked for."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
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


Employed = Mapping[Id, Sequence[EmploymentRow]]
"""The employments of teachers, by the legal person that employs them."""


class Rest(NamedTuple):
    """Rows that only some answers need."""

    employed: Later[Employed]
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
    employed = Later(lambda: _employed(tx, home))
    headcounts = Later(lambda: HEADCOUNTS.of_town(tx, home))

    def attendances() -> list[AttendanceRow]:
        declaring = {row.organization_id for row in headcounts.rows}
        if declaring:
            declaring -= _always_on_roster(tx, home, start)
        of_them = [key for key, row in organizations.items() if {key, row.parent_id} & declaring]
        return attendance.named_by(tx, held, of_them)

    return Rest(
        employed,
        headcounts,
        Later(lambda: attendance.firsts(tx, held, start)),
        Later(attendances),
        Later(lambda: exchange.load(tx, program.id, _town(tx, home))),
    )


def _always_on_roster(tx: Transaction, home: Id, start: date) -> set[Id]:
    """The legal persons that have a teacher on each day from one on: no headcount counts there."""

    def read() -> set[Id]:
        return {
            key
            for key, rows in _employed(tx, home).items()
            if any(row.valid_to is None and row.valid_from <= start for row in rows)
        }

    return tx.once((_always_on_roster, home, start), read)


def _employed(tx: Transaction, home: Id) -> Employed:
    """Whom the organizations of a municipality employ; all its programs look at it."""
    teaching = {"municipality_id": home, "position_group": PositionGroup.TEACHING}

    def read() -> Employed:
        own, employed = _own(tx, home), defaultdict[Id, list[EmploymentRow]](list)
        for row in EMPLOYMENTS.having(tx, **teaching):
            employed[root_of(own, row.organization_id)].append(row)
        return dict(employed)

    return tx.once((_employed, home), read)


def _town(tx: Transaction, home: Id) -> Town:
    """What programs of a municipality share of its resources; only partners are from elsewhere."""

    def read() -> Town:
        own = _own(tx, home)
        return exchange.town(tx, home, lambda key: root_of(own, key))

    return tx.once((_town, home), read)


def _own(tx: Transaction, home: Id) -> dict[Id, OrganizationRow]:
    return {row.id: row for row in ORGANIZATIONS.of_town(tx, home)}
