"""Rows: the columns that are read of the kinds of the network, typed as the registry declares."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from app.registry.assessment_results import AssessmentResult, AssessmentStage
from app.registry.funding_entries import EntryKind, Fund, FundingEntry
from app.registry.initiative_members import InitiativeMember
from app.registry.initiatives import Initiative, InitiativeEvent, InitiativeLevel
from app.registry.legal_acts import LegalAct, LegalActKind
from app.registry.network_curricula import (
    ApprovedBy,
    Component,
    Curriculum,
    CurriculumKind,
    CurriculumRole,
    CurriculumScope,
    FinalAssessment,
    FundingMode,
    Party,
    ScheduleMode,
)
from app.registry.network_groups import Group, Learners
from app.registry.partnerships import PartnershipStatus
from app.registry.program_parts import (
    ExpectedResult,
    IndicatorCode,
    Provision,
    ProvisionCode,
    ResultKind,
    ResultLevel,
)
from app.registry.resource_balances import ResourceBalance
from app.registry.resource_types import ResourceKind, ResourceType
from app.registry.resource_uses import ResourceUse, UseBasis
from app.registry.result_criteria import CriterionKind, CriterionOperator, ResultCriterion
from app.registry.shared_resources import PropertyRight, SharedResource
from app.store.rows import Id, Kind


class TypeRow(NamedTuple):
    """A type of resources."""

    id: Id
    code: str
    title: str
    kind: ResourceKind
    unit: str


class BalanceRow(NamedTuple):
    """What an organization needs, has and offers on a day."""

    id: Id
    organization_id: Id
    resource_type_id: Id
    observed_on: date
    needed: Decimal
    available: Decimal
    offered: Decimal


class ResourceRow(NamedTuple):
    """A resource that may be lent."""

    id: Id
    organization_id: Id
    resource_type_id: Id
    title: str
    right: PropertyRight
    exclusive: bool


class UseRow(NamedTuple):
    """A use of a resource."""

    id: Id
    program_id: Id
    partnership_id: Id | None
    resource_id: Id
    provider_id: Id
    user_id: Id
    basis: UseBasis
    act_id: Id | None
    assessment_act_id: Id | None
    consent_act_id: Id | None
    quantity: Decimal
    status: PartnershipStatus
    start_date: date
    end_date: date


class ActRow(NamedTuple):
    """A document."""

    id: Id
    kind: LegalActKind
    number: str
    act_date: date


class CurriculumRow(NamedTuple):
    """A curriculum with what its contract says."""

    id: Id
    program_id: Id
    partnership_id: Id | None
    title: str
    kind: CurriculumKind
    scope: CurriculumScope
    approved_by: ApprovedBy
    start_date: date
    end_date: date
    standard_ref: str | None
    learners_min: int | None
    learners_max: int | None
    schedule_mode: ScheduleMode | None
    final_assessment: FinalAssessment | None
    documents_issued: str | None
    funding_mode: FundingMode | None


class PartyRow(NamedTuple):
    """A party of a curriculum."""

    owner_id: Id
    organization_id: Id
    role: CurriculumRole
    act_id: Id | None
    licence_no: str | None


class ComponentRow(NamedTuple):
    """A component of a curriculum."""

    owner_id: Id
    no: int
    title: str
    organization_id: Id
    hours: Decimal


class GroupRow(NamedTuple):
    """A group of a curriculum."""

    id: Id
    curriculum_id: Id
    title: str
    academic_year: str
    host_id: Id
    start_date: date
    end_date: date


class LearnersRow(NamedTuple):
    """Learners of one school in a group."""

    owner_id: Id
    organization_id: Id
    requested: int
    enrolled: int


class FundingRow(NamedTuple):
    """An entry about money."""

    id: Id
    entry: EntryKind
    entry_date: date
    year: int
    amount: Decimal
    fund: Fund
    recipient_id: Id
    activity_id: Id | None
    partnership_id: Id | None
    note: str | None


class ResultRow(NamedTuple):
    """The marks of one organization in one assessment."""

    id: Id
    event_id: Id
    organization_id: Id
    subject: str
    grade: int
    stage: AssessmentStage
    listed: int
    mark_2: int
    mark_3: int
    mark_4: int
    mark_5: int


class CriterionRow(NamedTuple):
    """By what a result is confirmed."""

    id: Id
    row: int
    level: ResultLevel | None
    kind: CriterionKind
    indicator_code: IndicatorCode | None
    measure_id: Id | None
    activity_id: Id | None
    act_id: Id | None
    operator: CriterionOperator | None
    threshold: Decimal | None


class ExpectedRow(NamedTuple):
    """A result that the program expects."""

    owner_id: Id
    kind: ResultKind
    row: int | None
    level: ResultLevel | None
    text: str | None
    effect: str | None


class ProvisionRow(NamedTuple):
    """What the program provides for."""

    owner_id: Id
    code: ProvisionCode


class InitiativeRow(NamedTuple):
    """A community, project, camp or contest."""

    id: Id
    provision: ProvisionCode
    title: str
    level: InitiativeLevel | None
    start_date: date
    end_date: date | None


class InitiativeEventRow(NamedTuple):
    """An event of an initiative."""

    owner_id: Id
    event_id: Id


class InitiativeMemberRow(NamedTuple):
    """An organization in an initiative."""

    id: Id
    initiative_id: Id
    organization_id: Id
    valid_from: date
    valid_to: date | None
    teachers: int | None
    learners: int | None
    winners: int | None
    prize_winners: int | None


TYPES = Kind(TypeRow, ResourceType)
BALANCES = Kind(BalanceRow, ResourceBalance)
RESOURCES = Kind(ResourceRow, SharedResource)
USES = Kind(UseRow, ResourceUse)
ACTS = Kind(ActRow, LegalAct)
CURRICULA = Kind(CurriculumRow, Curriculum)
PARTIES = Kind(PartyRow, Party)
COMPONENTS = Kind(ComponentRow, Component)
GROUPS = Kind(GroupRow, Group)
LEARNERS = Kind(LearnersRow, Learners)
FUNDING = Kind(FundingRow, FundingEntry)
RESULTS = Kind(ResultRow, AssessmentResult)
CRITERIA = Kind(CriterionRow, ResultCriterion)
EXPECTED = Kind(ExpectedRow, ExpectedResult)
PROVISIONS = Kind(ProvisionRow, Provision)
INITIATIVES = Kind(InitiativeRow, Initiative)
INITIATIVE_EVENTS = Kind(InitiativeEventRow, InitiativeEvent)
INITIATIVE_MEMBERS = Kind(InitiativeMemberRow, InitiativeMember)
