"""Rows: the columns that indicators read of each kind, typed as the registry declares them."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from app.registry.activities import Activity, Direction
from app.registry.designations import Designation, DesignationCategory, ExitReason
from app.registry.employments import Employment
from app.registry.events import Event, EventKind, EventStatus
from app.registry.headcounts import Headcount
from app.registry.interaction import InteractionForm
from app.registry.measures import Measure
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
from app.store.rows import Id, Kind


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
    measure_id: Id
    organization_id: Id | None
    period_start: date
    period_end: date
    observed_on: date
    value_number: Decimal | None


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


class MeasureRow(NamedTuple):
    """A measure of monitoring."""

    id: Id
    title: str


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
MEASURES = Kind(MeasureRow, Measure)
RECORDS = Kind(RecordRow, MonitoringRecord)


def root_of(organizations: dict[Id, OrganizationRow], key: Id) -> Id:
    """The legal person to which a unit belongs, or the organization itself."""
    row = organizations.get(key)
    return row.parent_id or key if row else key
