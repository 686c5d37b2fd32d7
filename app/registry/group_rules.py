"""Group rules: where and when a group may be, whose learners it has, and how many."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.slicing import slices
from app.findings import Finding, Words, fault
from app.model.declaration import table_of
from app.model.drafts import Draft
from app.model.rule import Inquiry
from app.registry.curriculum_rules import TEACHING
from app.registry.network_curricula import Party, network_curricula
from app.registry.organizations import organizations
from app.store.lookups import column_of, columns_of

OUTSIDE_CURRICULUM = fault(
    "outside_curriculum",
    "День вне сроков сетевой программы. Проверьте дату.",
    "The day lies outside the curriculum. Check the date.",
)
OUTSIDE_SCHOOL_YEAR = fault(
    "outside_school_year",
    "День вне учебного года {year}: он идёт с 1 сентября по 31 августа. Проверьте дату.",
    "The day lies outside the school year {year}, from 1 September to 31 August. Check the date.",
)
GRADES_IN_ORDER = fault(
    "grades_in_order",
    "Последний класс меньше первого. Исправьте один из них.",
    "The last grade is below the first. Correct one of them.",
)
HOST_IS_NO_PARTY = fault(
    "host_is_no_party",
    "Группа занимается у базовой организации или участника сетевой программы. Укажите одну из них "
    "или добавьте эту в стороны программы (parties).",
    "A group is hosted by a base or an educating party of its curriculum. Name one of them.",
)
HOME_IS_NO_BASE = fault(
    "home_is_no_base",
    "Обучающихся направляет базовая организация сетевой программы. Добавьте эту школу в стороны "
    "программы (parties) с ролью «базовая организация» (base).",
    "Learners come from a base of the curriculum: add this school to its parties as a base.",
)
HOME_TWICE = fault(
    "home_twice",
    "Эта школа уже указана. Оставьте одну строку.",
    "The school is named already. Keep one row.",
)
OUTSIDE_CONTRACT_NUMBER = fault(
    "outside_contract_number",
    "Зачислено во все группы за год: {enrolled}, а в сетевой программе указано: {contract}. "
    "Проверьте числа в группах и в программе.",
    "Enrolled in all groups of the year: {enrolled}; the curriculum says: {contract}. Check the "
    "numbers of the groups and of the curriculum.",
)
ENROLLED_ABOVE_REQUESTED = fault(
    "enrolled_above_requested",
    "Зачислено больше, чем подано заявлений. Проверьте числа.",
    "More are enrolled than requested. Check the numbers.",
)


def group_is_inside_its_curriculum(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A group lasts within its curriculum and within its school year."""
    curricula = columns_of(
        tx,
        network_curricula.table,
        (draft.columns["curriculum_id"] for draft in drafts),
        "start_date",
        "end_date",
    )
    for draft in drafts:
        year = draft.columns["academic_year"]
        first = int(year[:4])
        opens, closes = date(first, 9, 1), date(first + 1, 8, 31)
        curriculum = curricula.get(draft.columns["curriculum_id"])
        for name in ("start_date", "end_date"):
            day = draft.columns[name]
            if curriculum and not curriculum.start_date <= day <= curriculum.end_date:
                yield draft.finds(OUTSIDE_CURRICULUM, f"/{name}")
            elif not opens <= day <= closes:
                yield draft.finds(OUTSIDE_SCHOOL_YEAR, f"/{name}", year=year)


def grades_are_in_order(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """The first grade is not above the last."""
    for draft in drafts:
        first, last = draft.columns["grade_from"], draft.columns["grade_to"]
        if first is not None and last is not None and last < first:
            yield draft.finds(GRADES_IN_ORDER, "/grade_to")


def host_and_homes_are_parties(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A base or an educating party hosts, or a unit of one; learners come from bases, each once."""
    parties = roles_by_curriculum(tx, {draft.columns["curriculum_id"] for draft in drafts})
    hosts = (draft.columns["host_id"] for draft in drafts)
    persons = column_of(tx, organizations.table, hosts, "parent_id")
    for draft in drafts:
        roles = parties[draft.columns["curriculum_id"]]
        host = draft.columns["host_id"]
        if TEACHING.isdisjoint({roles.get(host), roles.get(persons.get(host))}):
            yield draft.finds(HOST_IS_NO_PARTY, "/host_id")
        homes = [learners["organization_id"] for learners in draft.parts["learners"]]
        for at, home in enumerate(homes):
            if roles.get(home) != "base":
                yield draft.finds(HOME_IS_NO_BASE, f"/learners/{at}/organization_id")
            elif home in homes[:at]:
                yield draft.finds(HOME_TWICE, f"/learners/{at}/organization_id")


def nobody_is_enrolled_unasked(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """No school has more learners enrolled than families asked for."""
    for draft in drafts:
        for at, learners in enumerate(draft.parts["learners"]):
            if learners["enrolled"] > learners["requested"]:
                yield draft.finds(ENROLLED_ABOVE_REQUESTED, f"/learners/{at}/enrolled")


def enrolled_are_within_the_contract(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """The groups of a curriculum and a year together have as many learners as the contract says."""
    curricula = columns_of(
        tx,
        network_curricula.table,
        (draft.columns["curriculum_id"] for draft in drafts),
        "learners_min",
        "learners_max",
    )
    enrolled = _enrolled(tx, drafts)
    for draft in drafts:
        if not (contract := curricula.get(draft.columns["curriculum_id"])):
            continue
        total = enrolled[draft.columns["curriculum_id"], draft.columns["academic_year"]]
        least, most = contract.learners_min, contract.learners_max
        if total < (least or 0) or (most is not None and total > most):
            said = _bounds(least, most)
            yield draft.finds(OUTSIDE_CONTRACT_NUMBER, "/learners", enrolled=total, contract=said)


def _bounds(least: int | None, most: int | None) -> Words:
    """Two bounds in words, of which one may be missing."""
    if most is None:
        return Words(f"не меньше {least}", f"at least {least}")
    if least is None:
        return Words(f"не больше {most}", f"at most {most}")
    return Words(f"от {least} до {most}", f"{least} to {most}")


def roles_by_curriculum(
    tx: Inquiry, ids: set[uuid.UUID]
) -> Mapping[uuid.UUID, Mapping[uuid.UUID | None, str]]:
    """The roles of the parties of curricula."""
    table = table_of(Party)
    roles: dict[uuid.UUID, dict[uuid.UUID | None, str]] = defaultdict(dict)
    for some in slices(ids):
        for row in tx.execute(sa.select(table).where(table.c.owner_id.in_(some))):
            roles[row.owner_id][row.organization_id] = row.role
    return roles


def _enrolled(tx: Inquiry, drafts: Sequence[Draft]) -> Counter[tuple[uuid.UUID, str]]:
    """The learners of every curriculum and year of the drafts, with the drafts as they will be."""
    # By name: the module of groups imports this one.
    tables = SQLModel.metadata.tables
    groups, learners = tables["network_groups"], tables["network_group_learners"]
    drafted, enrolled = {draft.id for draft in drafts}, Counter[tuple[uuid.UUID, str]]()
    listed = sa.select(
        groups.c.id, groups.c.curriculum_id, groups.c.academic_year, learners.c.enrolled
    ).join(learners, learners.c.owner_id == groups.c.id)
    for some in slices({draft.columns["curriculum_id"] for draft in drafts}):
        for row in tx.execute(listed.where(groups.c.curriculum_id.in_(some))):
            if row.id not in drafted:
                enrolled[row.curriculum_id, row.academic_year] += row.enrolled
    for draft in drafts:
        key = draft.columns["curriculum_id"], draft.columns["academic_year"]
        enrolled[key] += sum(row["enrolled"] for row in draft.parts["learners"])
    return enrolled
