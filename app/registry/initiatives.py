"""Initiatives: communities, projects, camps and contests that a program provides for."""

import uuid
from typing import Any

from app.access.rows import REGISTER
from app.findings import Words
from app.model.columns import Choice, choice, day, folded, line, parts, reference, text
from app.model.declaration import Titles
from app.model.record import Part, Record, Strict, Tenant, Write, constraints, date_order, owner
from app.model.resource import Resource
from app.model.values import Day, Id, Line, Text
from app.registry.initiative_rules import (
    contests_have_their_level,
    events_are_the_programs,
    organizer_is_one,
    prizes_keep_their_contest,
)
from app.registry.program_parts import ProvisionCode
from app.registry.rules import agrees, meets_program, open_on
from app.registry.usage_rules import holds_days_of


class InitiativeLevel(Choice):
    """How wide an initiative reaches."""

    SCHOOL = "school", "школьный"
    MUNICIPAL = "municipal", "муниципальный"
    REGIONAL = "regional", "региональный"
    FEDERAL = "federal", "всероссийский"


class InitiativeFields(Write):
    """What is said of an initiative itself."""

    program_id: Id = reference("programs", "Программа")
    provision: ProvisionCode = choice("Что предусмотрено программой", ProvisionCode)
    title: Line = line("Название")
    subject: Line | None = line("Предмет или тема", default=None)
    level: InitiativeLevel | None = choice("Уровень", InitiativeLevel, default=None)
    organizer_id: Id | None = reference("organizations", "Организатор из реестра", default=None)
    organizer_name: Line | None = line(
        "Организатор, если его нет в реестре", default=None, heading="Организатор не из реестра"
    )
    partnership_id: Id | None = reference("partnerships", "Партнёрство", default=None)
    act_id: Id | None = reference("legal_acts", "Документ-основание", default=None)
    start_date: Day = day("Первый день")
    end_date: Day | None = day("Последний день", default=None)
    result: Text | None = text("Результат")


class InitiativeEventBody(Strict):
    """Событие инициативы."""

    event_id: Id = reference("events", "Событие")


class InitiativeWrite(InitiativeFields):
    """Сообщество, проект, лагерь или конкурс."""

    events: list[InitiativeEventBody] = parts("События")


class Initiative(InitiativeFields, Tenant, Record, table=True):
    """A row of initiatives; provision, title and first day name one in a program."""

    __tablename__ = "initiatives"
    __table_args__: Any = constraints(date_order("start_date", "end_date"))

    natural_key: str = folded("program_id", "provision", "title", "start_date", unique=True)
    title_key: str = folded("title")
    search_key: str = folded("title", "subject", "organizer_name", "result")


class InitiativeEvent(InitiativeEventBody, Part, table=True):
    """An event of an initiative."""

    __tablename__ = "initiative_events"

    owner_id: uuid.UUID = owner("initiatives")


initiatives = Resource(
    name="initiatives",
    titles=Titles("Сообщества, проекты, лагеря, конкурсы", "инициативу", "инициатив"),
    row=Initiative,
    write=InitiativeWrite,
    called=("{title}",),
    access=REGISTER,
    period=("start_date", "end_date"),
    hangs_on=("program_id",),
    parts={"events": InitiativeEvent},
    rules=(
        meets_program(),
        agrees("partnership_id", "program_id"),
        contests_have_their_level,
        organizer_is_one,
        events_are_the_programs,
        open_on("organizer_id", "start_date"),
        prizes_keep_their_contest,
        holds_days_of(
            "initiative_members.initiative_id",
            "valid_from",
            "valid_to",
            called=Words("участники", "members"),
        ),
    ),
    immutable=("program_id",),
    sorts=("title", "start_date", "end_date"),
    example={
        "program_id": "$program",
        "provision": "contest_support",
        "title": "Конкурс проектов «Шаг в науку»",
        "subject": "Физика",
        "level": "municipal",
        "organizer_id": "$leader",
        "start_date": "2020-10-01",
        "end_date": "2020-12-01",
        "events": [{"event_id": "$event"}],
    },
    change={"result": "Определены победители"},
)
