"""Network groups: classes and groups of a curriculum, with learners as counts, never persons."""

import uuid
from typing import Any

from app.access.rows import KEPT_BY_SCHOOLS
from app.findings import Words
from app.model.columns import (
    Choice,
    choice,
    choices,
    day,
    folded,
    integer,
    line,
    parts,
    reference,
)
from app.model.declaration import Titles
from app.model.record import Part, Record, Strict, Tenant, Write, constraints, date_order, owner
from app.model.resource import Resource
from app.model.times import school_year
from app.model.values import Day, Id, Line
from app.registry.booking_rules import keeps_its_slots
from app.registry.breaks import BreakBody
from app.registry.group_rules import (
    enrolled_are_within_the_contract,
    grades_are_in_order,
    group_is_inside_its_curriculum,
    host_and_homes_are_parties,
    nobody_is_enrolled_unasked,
)
from app.registry.interaction import InteractionMode
from app.registry.rules import open_on
from app.registry.types import SchoolYear
from app.registry.usage_rules import holds_days_of


class GroupKind(Choice):
    """Whether it is a class or a group."""

    CLASS = "class", "класс"
    GROUP = "group", "группа"


class GroupFields(Write):
    """What is said of a group itself."""

    curriculum_id: Id = reference("network_curricula", "Сетевая программа")
    title: Line = line("Название")
    kind: GroupKind = choice("Класс или группа", GroupKind)
    academic_year: SchoolYear = school_year(
        "Учебный год, например 2020/2021", heading="Учебный год"
    )
    grade_from: int | None = integer("С какого класса", 1, 11, default=None)
    grade_to: int | None = integer("По какой класс", 1, 11, default=None)
    host_id: Id = reference("organizations", "Место обучения")
    modes: list[InteractionMode] = choices("Режимы взаимодействия", InteractionMode)
    act_id: Id | None = reference("legal_acts", "Документ о создании", default=None)
    start_date: Day = day("Первый день")
    end_date: Day = day("Последний день")


class LearnersBody(Strict):
    """Обучающиеся одной школы: сколько, а не кто."""

    organization_id: Id = reference("organizations", "Школа обучающихся")
    requested: int = integer("Заявлений", 0, 100_000)
    enrolled: int = integer("Зачислено", 0, 100_000)


class GroupWrite(GroupFields):
    """Сетевой класс или группа."""

    learners: list[LearnersBody] = parts("Обучающиеся")
    breaks: list[BreakBody] = parts("Перерывы")


class Group(GroupFields, Tenant, Record, table=True):
    """A row of network_groups; a title names one in a curriculum and a school year."""

    __tablename__ = "network_groups"
    __table_args__: Any = constraints(date_order("start_date", "end_date"))

    natural_key: str = folded("curriculum_id", "academic_year", "title", unique=True)
    title_key: str = folded("title")
    search_key: str = folded("title")


class Learners(LearnersBody, Part, table=True):
    """How many learners of one school a group has."""

    __tablename__ = "network_group_learners"

    owner_id: uuid.UUID = owner("network_groups")


class GroupBreak(BreakBody, Part, table=True):
    """Days on which a group has no slots."""

    __tablename__ = "network_group_breaks"
    __table_args__: Any = (date_order("valid_from", "valid_to"),)

    owner_id: uuid.UUID = owner("network_groups")


network_groups = Resource(
    name="network_groups",
    titles=Titles("Сетевые классы и группы", "сетевой класс или группу", "сетевых классов и групп"),
    row=Group,
    write=GroupWrite,
    called=("{title}, {academic_year}",),
    access=KEPT_BY_SCHOOLS,
    owner="host_id",
    period=("start_date", "end_date"),
    hangs_on=("curriculum_id",),
    parts={"learners": Learners, "breaks": GroupBreak},
    rules=(
        group_is_inside_its_curriculum,
        host_and_homes_are_parties,
        grades_are_in_order,
        open_on("host_id", "start_date"),
        keeps_its_slots("group_id", "host_id"),
        holds_days_of(
            "schedule_slots.group_id",
            "valid_from",
            "valid_to",
            called=Words("занятия в расписании", "slots"),
        ),
    ),
    remarks=(enrolled_are_within_the_contract, nobody_is_enrolled_unasked),
    guards=("curriculum_id",),
    immutable=("curriculum_id",),
    sorts=("title", "start_date", "end_date"),
    example={
        "curriculum_id": "$curriculum",
        "title": "Физика, 10–11",
        "kind": "group",
        "academic_year": "2020/2021",
        "grade_from": 10,
        "grade_to": 11,
        "host_id": "$leader",
        "modes": ["in_person"],
        "start_date": "2020-09-01",
        "end_date": "2021-05-31",
        "learners": [{"organization_id": "$school", "requested": 14, "enrolled": 12}],
        "breaks": [
            {"valid_from": "2021-01-01", "valid_to": "2021-01-10", "reason": "Зимние каникулы"}
        ],
    },
    change={"title": "Физика, старшие классы"},
)
