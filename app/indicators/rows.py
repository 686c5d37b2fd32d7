"""Rows: the columns that indicators read from each kind, typed as the registry declares them.

A row is a named tuple: a program has ten thousand rows, and creating model objects would cost more
than counting. `Kind` compares the types with the registry's when it is created, so the service does
not start if a column was renamed or has another type.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, NamedTuple, TypeVar, get_type_hints

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.transaction import Transaction
from app.registry.activities import Activity, Direction
from app.registry.designations import Designation, DesignationCategory, ExitReason
from app.registry.employments import Employment
from app.registry.events import Event, EventKind, EventStatus
from app.registry.headcounts import Headcount
from app.registry.interaction import InteractionForm
from app.registry.monitoring import MonitoringRecord, MonitoringState
from app.registry.organizations import Organization, OrganizationKind
from app.registry.participations import Participation
from app.registry.partnerships import (
    Member,
    MemberRole,
    Partnership,
    PartnershipBasis,
    PartnershipModel,
    PartnershipStatus,
    Suspension,
)
from app.registry.program_parts import IndicatorCode, Target, TargetOperator
from app.registry.programs import LeaderRule, Program

Id = uuid.UUID
R = TypeVar("R", bound=NamedTuple)


@dataclass(frozen=True)
class Kind(Generic[R]):
    """The columns read from a kind: the fields of `row` are columns of `model` with equal types.

    Raises:
        TypeError: a field is no column of the model, or its type differs.

    """

    row: type[R]
    model: type[SQLModel]

    def __post_init__(self) -> None:
        declared = get_type_hints(self.model)
        for name, hint in get_type_hints(self.row).items():
            # A body may omit its municipality, but a stored program or organization always has one.
            expected = uuid.UUID if name == "municipality_id" else declared.get(name)
            if name not in self.table.c or hint != expected:
                raise TypeError(
                    f"{self.row.__name__}.{name} is no such column of {self.table.name}"
                )

    @property
    def table(self) -> sa.Table:
        """The table of the model."""
        return SQLModel.metadata.tables[str(self.model.__tablename__)]

    @property
    def columns(self) -> sa.Select[*tuple[object, ...]]:
        """The query of the columns, to be narrowed by conditions."""
        return sa.select(*(self.table.c[name] for name in self.row._fields))

    def where(self, tx: Transaction, *conditions: sa.ColumnElement[bool]) -> list[R]:
        """The rows that meet all conditions."""
        return self.read(tx, self.columns.where(*conditions))

    def read(
        self, tx: Transaction, statement: sa.Select[*tuple[object, ...]], **bound: object
    ) -> list[R]:
        """The rows of a statement that is based on `columns`."""
        return [self.row._make(row) for row in tx.execute(statement, bound or None)]

    def parts(self, tx: Transaction, owners: Sequence[Id]) -> list[R]:
        """The parts of these records, in their order."""
        table = self.table
        return self.read(
            tx, self.columns.where(table.c.owner_id.in_(owners)).order_by(table.c.place)
        )


class ProgramRow(NamedTuple):
    """The columns of a program that decide what counts."""

    id: Id
    municipality_id: Id
    start_date: date
    end_date: date
    leader_rule: LeaderRule
    preschools_in_population: bool


class ProgramHeadingRow(NamedTuple):
    """The columns of a program that the summary of all programs shows (`standing`)."""

    id: Id
    municipality_id: Id
    title: str
    start_date: date
    end_date: date


class TargetRow(NamedTuple):
    """A target of the program."""

    code: IndicatorCode
    operator: TargetOperator
    value: Decimal


class OrganizationRow(NamedTuple):
    """An organization of the municipality, or a partner from elsewhere."""

    id: Id
    municipality_id: Id
    kind: OrganizationKind
    short_name: str
    parent_id: Id | None
    opened_on: date | None
    closed_on: date | None


class DesignationRow(NamedTuple):
    """A category of an organization."""

    id: Id
    organization_id: Id
    category: DesignationCategory
    act_id: Id | None
    valid_from: date
    valid_to: date | None
    exit_reason: ExitReason | None


class PartnershipRow(NamedTuple):
    """A partnership of the program."""

    id: Id
    title: str | None
    model: PartnershipModel
    basis: PartnershipBasis
    act_id: Id | None
    agreement_no: str | None
    status: PartnershipStatus
    start_date: date
    end_date: date | None


class MemberRow(NamedTuple):
    """A member of a partnership."""

    owner_id: Id
    organization_id: Id
    role: MemberRole
    valid_from: date | None
    valid_to: date | None


class SuspensionRow(NamedTuple):
    """Days on which a partnership does not count."""

    owner_id: Id
    valid_from: date
    valid_to: date | None


class EventRow(NamedTuple):
    """An event of the program's plan or of its partnerships."""

    id: Id
    activity_id: Id | None
    kind: EventKind
    status: EventStatus
    occurrence: str | None
    title: str | None
    host_id: Id | None
    form: InteractionForm | None
    window_start: date
    window_end: date
    completed_on: date | None
    learner_count: int | None


class WindowRow(NamedTuple):
    """A window of the plan with its result."""

    id: Id
    activity_id: Id | None
    status: EventStatus
    occurrence: str | None
    window_start: date
    window_end: date
    completed_on: date | None
    result: str | None
    evidence_url: str | None


class EmploymentRow(NamedTuple):
    """A teacher's work in an organization."""

    id: Id
    teacher_id: Id
    organization_id: Id
    valid_from: date
    valid_to: date | None


class HeadcountRow(NamedTuple):
    """How many teachers an organization declares."""

    id: Id
    organization_id: Id
    observed_on: date
    teachers: int


class AttendanceRow(NamedTuple):
    """A teacher at an event, for an organization."""

    teacher_id: Id
    event_id: Id
    organization_id: Id
    participated_on: date


class ActivityRow(NamedTuple):
    """A row of the plan."""

    id: Id
    title: str
    direction: Direction


class AcceptedRow(NamedTuple):
    """An accepted monitoring record."""

    id: Id
    organization_id: Id | None
    period_start: date
    period_end: date


class RecordRow(NamedTuple):
    """A monitoring record with its values."""

    id: Id
    measure_id: Id
    organization_id: Id | None
    partnership_id: Id | None
    activity_id: Id | None
    period_start: date
    period_end: date
    observed_on: date
    state: MonitoringState
    value_number: Decimal | None
    value_text: str | None
    baseline_number: Decimal | None
    target_number: Decimal | None


PROGRAMS = Kind(ProgramRow, Program)
PROGRAM_HEADINGS = Kind(ProgramHeadingRow, Program)
TARGETS = Kind(TargetRow, Target)
ORGANIZATIONS = Kind(OrganizationRow, Organization)
DESIGNATIONS = Kind(DesignationRow, Designation)
PARTNERSHIPS = Kind(PartnershipRow, Partnership)
MEMBERS = Kind(MemberRow, Member)
SUSPENSIONS = Kind(SuspensionRow, Suspension)
EVENTS = Kind(EventRow, Event)
WINDOWS = Kind(WindowRow, Event)
EMPLOYMENTS = Kind(EmploymentRow, Employment)
HEADCOUNTS = Kind(HeadcountRow, Headcount)
ATTENDANCES = Kind(AttendanceRow, Participation)
ACTIVITIES = Kind(ActivityRow, Activity)
ACCEPTED = Kind(AcceptedRow, MonitoringRecord)
RECORDS = Kind(RecordRow, MonitoringRecord)
