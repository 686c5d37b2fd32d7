"""Parties: a curriculum with its base and participants, as their contract names them."""

from datetime import date
from typing import NamedTuple

from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.problems import Invalid, NotFound
from app.registry.network_curricula import (
    ApprovedBy,
    Curriculum,
    CurriculumKind,
    CurriculumRole,
    CurriculumScope,
    EducationLevel,
    FinalAssessment,
    FundingMode,
    Party,
    ScheduleMode,
)
from app.registry.organizations import Organization
from app.store.rows import Id, Kind

NAME_THE_BASE = fault(
    "name_the_base",
    "У этой программы несколько базовых организаций, и у каждой свой договор. Укажите, чей "
    "нужен (base): {candidates}.",
    "The curriculum has several bases, each with a contract of its own. Name one (base): "
    "{candidates}.",
)
NOT_A_BASE = fault(
    "not_a_base",
    "Эта организация не базовая в программе. Базовые: {candidates}.",
    "This organization is no base of the curriculum. Its bases: {candidates}.",
)


class CurriculumText(NamedTuple):
    """A curriculum with everything that its contract says of it."""

    id: Id
    program_id: Id
    title: str
    kind: CurriculumKind
    level: EducationLevel | None
    focus: str | None
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


class PartyText(NamedTuple):
    """A party with its licence."""

    owner_id: Id
    organization_id: Id
    role: CurriculumRole
    licence_no: str | None
    licence_date: date | None


class Details(NamedTuple):
    """An organization with its details for a contract."""

    id: Id
    short_name: str
    full_name: str
    address: str | None
    inn: str | None
    kpp: str | None
    ogrn: str | None
    phone: str | None
    email: str | None


CURRICULA = Kind(CurriculumText, Curriculum)
PARTIES = Kind(PartyText, Party)
ORGANIZATIONS = Kind(Details, Organization)


class Side(NamedTuple):
    """One side of the contract."""

    party: PartyText
    details: Details


class Sides(NamedTuple):
    """A curriculum with the base whose contract it is, and the participants."""

    curriculum: CurriculumText
    base: Side
    participants: list[Side]


def curriculum_of(tx: Transaction, curriculum_id: Id) -> CurriculumText:
    """A curriculum.

    Raises:
        NotFound: the caller sees no such curriculum.

    """
    table = CURRICULA.table
    seen = tx.seen("network_curricula", table)
    rows = CURRICULA.where(tx, table.c.id == curriculum_id, seen)
    if not rows:
        raise NotFound
    return rows[0]


def sides(tx: Transaction, curriculum: CurriculumText, base: Id | None) -> Sides:
    """The sides of the contract of one base.

    Raises:
        Invalid: it is not clear which base is meant, or it is none.

    """
    parties = PARTIES.parts(tx, [curriculum.id])
    ids = [party.organization_id for party in parties]
    rows = ORGANIZATIONS.among(tx, "id", ids)
    details = {row.id: row for row in rows}
    every = [Side(party, details[party.organization_id]) for party in parties]
    bases = [side for side in every if side.party.role == CurriculumRole.BASE]
    others = [side for side in every if side.party.role != CurriculumRole.BASE]
    return Sides(curriculum, _chosen(bases, base), others)


def _chosen(bases: list[Side], base: Id | None) -> Side:
    named = [side for side in bases if base in {None, side.details.id}]
    if len(named) == 1:
        return named[0]
    reason = NAME_THE_BASE if named else NOT_A_BASE
    candidates = "; ".join(f"{side.details.short_name} ({side.details.id})" for side in bases)
    raise Invalid(Finding(reason, parameter="base", values={"candidates": candidates}))
