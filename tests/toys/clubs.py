"""Clubs: what an organization offers children beside lessons, and who leads it.

A kind of record that does not stay: tests add it to a copy of the house (`tests/test_adding.py`).
"""

import uuid
from typing import Any

from app.access.rows import PEOPLE
from app.model.columns import (
    Choice,
    choice,
    choices,
    code,
    day,
    decimal,
    flag,
    folded,
    integer,
    line,
    parts,
    reference,
    text,
)
from app.model.declaration import Titles
from app.model.record import (
    Part,
    Record,
    Strict,
    Tenant,
    Write,
    constraints,
    date_order,
    natural_key,
    owner,
)
from app.model.resource import Resource
from app.model.values import MEASURED, Day, Decimals, Id, Line, Text
from app.registry.rules import open_on


class ClubKind(Choice):
    """What a club is about."""

    SPORT = "sport", "спортивный"
    ART = "art", "художественный"


class ClubFields(Write):
    """What is said of a club itself."""

    organization_id: Id = reference("organizations", "Организация")
    name: Line = line("Название")
    number: Line | None = code("Номер в реестре", default=None)
    kind: ClubKind = choice("Направленность", ClubKind)
    also: list[ClubKind] = choices("Другие направленности", ClubKind)
    starts_on: Day = day("Первый день")
    ends_on: Day | None = day("Последний день", default=None)
    fee: Decimals | None = decimal("Плата за месяц, рублей", MEASURED, heading="Плата за месяц")
    children: int = integer("Число детей", 0, 10_000)
    is_free: bool = flag("Бесплатный ли")
    note: Text | None = text("Примечание")


class LeaderBody(Strict):
    """Руководитель кружка."""

    teacher_id: Id = reference("teachers", "Педагог", heading="педагог")
    starts_on: Day = day("Первый день", heading="первый день")
    ends_on: Day | None = day("Последний день", heading="последний день", default=None)


class ClubWrite(ClubFields):
    """Кружок, который ведёт организация."""

    leaders: list[LeaderBody] = parts("Руководители")


class Club(ClubFields, Tenant, Record, table=True):
    """A row of clubs."""

    __tablename__ = "clubs"
    __table_args__: Any = constraints(
        date_order("starts_on", "ends_on"),
        natural_key("organization_id", "name_key", unless="ends_on"),
        natural_key("municipality_id", "number"),
    )

    name_key: str = folded("name")
    search_key: str = folded("name", "note")


class Leader(LeaderBody, Part, table=True):
    """Who leads a club, from one day to another."""

    __tablename__ = "club_leaders"
    __table_args__: Any = (date_order("starts_on", "ends_on"),)

    owner_id: uuid.UUID = owner("clubs")


clubs = Resource(
    name="clubs",
    titles=Titles("Кружки", "кружок", "кружков"),
    row=Club,
    write=ClubWrite,
    called=("{name}",),
    access=PEOPLE,
    owner="organization_id",
    period=("starts_on", "ends_on"),
    hangs_on=("organization_id",),
    parts={"leaders": Leader},
    rules=(open_on("organization_id", "starts_on"),),
    immutable=("organization_id",),
    sorts=("starts_on", "name"),
    example={
        "organization_id": "$school",
        "name": "Шахматы",
        "kind": "sport",
        "starts_on": "2020-09-01",
        "fee": "150.5",
        "children": 12,
        "is_free": False,
        "leaders": [{"teacher_id": "$teacher", "starts_on": "2020-09-01"}],
    },
    change={"note": "По средам"},
)
