"""Network curricula: programmes of study that several organizations carry out together.

The fields follow the model contract on the network form (order 882/391 of 05.08.2020); the numbers
of its points stand in their descriptions.
"""

import uuid
from typing import Any

from app.access.rows import REGISTER
from app.findings import Words
from app.model.columns import (
    Choice,
    choice,
    code,
    day,
    decimal,
    folded,
    integer,
    line,
    parts,
    reference,
)
from app.model.declaration import Titles
from app.model.record import Part, Record, Strict, Tenant, Write, constraints, date_order, owner
from app.model.resource import Resource
from app.model.values import Day, Id, Line
from app.registry.curriculum_rules import (
    components_are_taught_by_parties,
    contract_is_in_order,
    fewest_learners_come_first,
    participants_are_named,
    parties_are_fit,
    parties_are_open,
    term_is_covered,
)
from app.registry.curriculum_usage import groups_keep_what_they_use
from app.registry.rules import agrees, meets_program
from app.registry.types import COUNTED, Number, Quantity
from app.registry.usage_rules import holds_days_of


class CurriculumKind(Choice):
    """What a curriculum is a part of."""

    GENERAL = "general", "основная общеобразовательная"
    ADDITIONAL = "additional", "дополнительная"


class EducationLevel(Choice):
    """The level of general education."""

    PRESCHOOL = "preschool", "дошкольное"
    PRIMARY = "primary", "начальное"
    BASIC = "basic", "основное"
    SECONDARY = "secondary", "среднее"


class CurriculumScope(Choice):
    """How much of the curriculum is carried out together (1.1)."""

    WHOLE = "whole", "целиком"
    PART = "part", "часть"


class ApprovedBy(Choice):
    """Who approves the curriculum (1.2)."""

    BASE = "base", "базовая организация"
    JOINTLY = "jointly", "совместно"


class ScheduleMode(Choice):
    """Where the timetable is set (2.4)."""

    EACH_PARTY = "each_party", "каждая сторона"
    ANNEX_ALL = "annex_all", "приложение к договору: все стороны"
    ANNEX_PARTICIPANT = "annex_participant", "приложение к договору: участник"


class FinalAssessment(Choice):
    """Who holds the final assessment (2.7)."""

    BASE = "base", "базовая организация"
    JOINTLY = "jointly", "совместно"
    NONE = "none", "нет"


class FundingMode(Choice):
    """How the network form is paid for (3.1)."""

    SERVICE_CONTRACT = "service_contract", "договор возмездного оказания услуг"
    PAID_SERVICES = "paid_services", "договоры с обучающимися"
    RESOURCE_PAYMENT = "resource_payment", "оплата ресурсов"
    OWN_MEANS = "own_means", "каждый за свой счёт"


class CurriculumRole(Choice):
    """What a party does in a curriculum."""

    BASE = "base", "базовая организация"
    EDUCATING = "educating", "образовательная организация-участник"
    RESOURCE_OWNER = "resource_owner", "организация, обладающая ресурсами"


class CurriculumFields(Write):
    """What is said of a curriculum itself."""

    program_id: Id = reference("programs", "Программа")
    partnership_id: Id | None = reference("partnerships", "Партнёрство", default=None)
    title: Line = line("Название")
    kind: CurriculumKind = choice("Вид образовательной программы", CurriculumKind)
    level: EducationLevel | None = choice("Уровень образования", EducationLevel, default=None)
    focus: Line | None = line("Направленность", default=None)
    scope: CurriculumScope = choice(
        "Реализуется вместе (п. 1.1)", CurriculumScope, heading="Реализуется вместе"
    )
    approved_by: ApprovedBy = choice(
        "Кто утверждает (п. 1.2)", ApprovedBy, heading="Кто утверждает"
    )
    start_date: Day = day("Первый день (п. 1.3)", heading="Первый день")
    end_date: Day = day("Последний день (п. 1.3)", heading="Последний день")
    standard_ref: Line | None = line(
        "Стандарт или требования (п. 2.2)", default=None, heading="Стандарт или требования"
    )
    learners_min: int | None = integer(
        "Обучающихся не меньше (п. 2.3)", 0, 100_000, default=None, heading="Обучающихся не меньше"
    )
    learners_max: int | None = integer(
        "Обучающихся не больше (п. 2.3)", 0, 100_000, default=None, heading="Обучающихся не больше"
    )
    schedule_mode: ScheduleMode | None = choice(
        "Чем установлено расписание (п. 2.4)",
        ScheduleMode,
        default=None,
        heading="Чем установлено расписание",
    )
    final_assessment: FinalAssessment | None = choice(
        "Кто проводит итоговую аттестацию (п. 2.7)",
        FinalAssessment,
        default=None,
        heading="Кто проводит итоговую аттестацию",
    )
    documents_issued: Line | None = line(
        "Какие документы выдаются (п. 2.8, 2.9)", default=None, heading="Какие документы выдаются"
    )
    funding_mode: FundingMode | None = choice(
        "Финансирование (п. 3.1)", FundingMode, default=None, heading="Финансирование"
    )


class CurriculumPartyBody(Strict):
    """Сторона сетевой программы."""

    organization_id: Id = reference("organizations", "Организация")
    role: CurriculumRole = choice("Роль", CurriculumRole)
    act_id: Id | None = reference(
        "legal_acts",
        "Договор о сетевой форме; у базовой организации",
        default=None,
        heading="Договор о сетевой форме",
    )
    licence_no: Number | None = code("Номер лицензии", default=None)
    licence_date: Day | None = day("Дата лицензии", default=None)


class ComponentBody(Strict):
    """Часть сетевой программы: предмет, курс, модуль."""

    no: int = integer("Номер части", 1, 1_000)
    title: Line = line("Название")
    organization_id: Id = reference("organizations", "Кто реализует")
    hours: Quantity = decimal("Часов", COUNTED, default=...)
    assessment_form: Line | None = line("Форма аттестации", default=None)
    resource_id: Id | None = reference("shared_resources", "Ресурс", default=None)


class CurriculumWrite(CurriculumFields):
    """Сетевая образовательная программа."""

    parties: list[CurriculumPartyBody] = parts("Стороны")
    components: list[ComponentBody] = parts("Части")


class Curriculum(CurriculumFields, Tenant, Record, table=True):
    """A row of network_curricula; title and first day name one in a program."""

    __tablename__ = "network_curricula"
    __table_args__: Any = constraints(date_order("start_date", "end_date"))

    natural_key: str = folded("program_id", "title", "start_date", unique=True)
    title_key: str = folded("title")
    search_key: str = folded("title", "focus")


class Party(CurriculumPartyBody, Part, table=True):
    """A party of a curriculum."""

    __tablename__ = "network_curriculum_parties"

    owner_id: uuid.UUID = owner("network_curricula")


class Component(ComponentBody, Part, table=True):
    """A part of a curriculum that one of its parties teaches."""

    __tablename__ = "network_curriculum_components"

    owner_id: uuid.UUID = owner("network_curricula")


network_curricula = Resource(
    name="network_curricula",
    titles=Titles("Сетевые программы", "сетевую программу", "сетевых программ"),
    row=Curriculum,
    write=CurriculumWrite,
    called=("{title}",),
    access=REGISTER,
    period=("start_date", "end_date"),
    hangs_on=("program_id",),
    parts={"parties": Party, "components": Component},
    rules=(
        meets_program(),
        agrees("partnership_id", "program_id"),
        fewest_learners_come_first,
        parties_are_fit,
        components_are_taught_by_parties,
        parties_are_open,
        groups_keep_what_they_use,
        holds_days_of(
            "network_groups.curriculum_id",
            "start_date",
            "end_date",
            called=Words("группы", "groups"),
        ),
    ),
    remarks=(participants_are_named, contract_is_in_order, term_is_covered),
    immutable=("program_id",),
    sorts=("title", "start_date", "end_date"),
    example={
        "program_id": "$program",
        "title": "Углублённая физика",
        "kind": "general",
        "level": "secondary",
        "focus": "естественно-научный профиль",
        "scope": "part",
        "approved_by": "jointly",
        "start_date": "2020-09-01",
        "end_date": "2021-05-31",
        "standard_ref": "ФГОС СОО",
        "learners_min": 10,
        "learners_max": 25,
        "schedule_mode": "annex_all",
        "final_assessment": "base",
        "funding_mode": "own_means",
        "parties": [
            {"organization_id": "$school", "role": "base", "act_id": "$contract"},
            {"organization_id": "$leader", "role": "educating", "licence_no": "Л035-01272-16/1"},
        ],
        "components": [
            {"no": 1, "title": "Электродинамика", "organization_id": "$leader", "hours": "34"}
        ],
    },
    change={"focus": "инженерный профиль"},
)
