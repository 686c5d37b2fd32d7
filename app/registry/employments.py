"""Employments: where a teacher works, in which position and from when to when."""

from collections.abc import Iterator, Sequence

from app.access.rows import PEOPLE
from app.findings import Finding, fault
from app.model.columns import Choice, choice, day, flag, folded, line, reference
from app.model.declaration import Titles
from app.model.drafts import Draft
from app.model.faults import CONFLICT_ELSEWHERE
from app.model.record import Record, Tenant, Write, constraints, date_order, listed_by
from app.model.resource import Resource
from app.model.rule import Inquiry
from app.model.values import Day, Id, Line
from app.registry.person_keys import key_is_no_snils
from app.registry.rules import apart, open_on
from app.store.lookups import neighbours, overlap

EMPLOYMENT_OVERLAPS = fault(
    "employment_overlaps",
    "В эти дни педагог уже работает здесь в этой должности. Укажите у прежней записи последний "
    "день (valid_to) или исправьте даты.",
    "The teacher holds this position here on these days already: close that record first.",
)
ONE_MAIN_JOB = fault(
    "one_main_job",
    "В эти дни у педагога уже есть основное место работы. Отметьте это как совместительство "
    "или исправьте даты.",
    "The teacher has another main job on these days: make this one secondary or change dates.",
)


class PositionGroup(Choice):
    """Whether a position counts as teaching."""

    TEACHING = "teaching", "педагогический работник"
    HEAD = "head", "руководитель"
    OTHER = "other", "другой работник"


class EmploymentWrite(Write):
    """Работа педагога в организации."""

    teacher_id: Id = reference("teachers", "Педагог")
    organization_id: Id = reference("organizations", "Место работы", index=False)
    position: Line | None = line("Должность", default=None)
    position_group: PositionGroup = choice("Группа должностей", PositionGroup)
    is_main_job: bool = flag(
        "Основное место работы (иначе совместительство)", heading="Основное место работы"
    )
    valid_from: Day = day("Первый день")
    valid_to: Day | None = day("Последний день", default=None)


class Employment(EmploymentWrite, Tenant, Record, table=True):
    """A row of employments."""

    __tablename__ = "employments"
    __table_args__ = constraints(date_order("valid_from", "valid_to"), listed_by("organization_id"))

    position_key: str = folded("position")
    search_key: str = folded("position")


def teacher_has_one_main_job(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """On a day a teacher has one main job at most."""
    for draft, others in neighbours(tx, employments, drafts, "teacher_id"):
        if not draft.columns["is_main_job"]:
            continue
        jobs = [job for job in others if job["is_main_job"] and overlap(draft.columns, job)]
        if jobs:
            is_seen = all(tx.caller.sees(employments, job) for job in jobs)
            yield draft.finds(ONE_MAIN_JOB if is_seen else CONFLICT_ELSEWHERE, "/is_main_job")


employments = Resource(
    name="employments",
    titles=Titles("Места работы", "место работы", "мест работы"),
    row=Employment,
    write=EmploymentWrite,
    called=("{organization_id}: {position}", "{organization_id}: {position_group}"),
    access=PEOPLE,
    owner="organization_id",
    period=("valid_from", "valid_to"),
    hangs_on=("organization_id",),
    rules=(
        key_is_no_snils,
        apart("teacher_id", "organization_id", "position_key", otherwise=EMPLOYMENT_OVERLAPS),
        teacher_has_one_main_job,
        open_on("organization_id", "valid_from", "valid_to"),
    ),
    guards=("teacher_id",),
    immutable=("teacher_id", "organization_id"),
    sorts=("valid_from", "valid_to", "position"),
    example={
        "teacher_id": "$teacher",
        "organization_id": "$school",
        "position": "педагог-психолог",
        "position_group": "teaching",
        "is_main_job": False,
        "valid_from": "2020-09-01",
    },
    change={"position": "учитель"},
)
