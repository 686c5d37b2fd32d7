"""Awards: what a teacher got for work in a club, and how much money went with it.

A kind of record that does not stay: it refers to a person and to another kind that does not.
"""

from decimal import Decimal
from typing import Annotated, Any

from app.access.rows import PEOPLE
from app.model.columns import day, decimal, folded, line, reference, text
from app.model.declaration import Titles
from app.model.record import Record, Tenant, Write, constraints, natural_key
from app.model.resource import Resource
from app.model.values import Day, Exact, Id, Line, Text
from app.registry.person_keys import key_is_no_snils
from app.registry.rules import has_come, open_on

RUBLES = Exact(places=2, between=(0, 1_000_000))
Rubles = Annotated[Decimal, RUBLES]
"""Money to the kopeck."""


class AwardWrite(Write):
    """Награда педагога."""

    teacher_id: Id = reference("teachers", "Педагог", heading="Педагог")
    organization_id: Id = reference("organizations", "От кого", heading="Организация")
    club_id: Id | None = reference("clubs", "За какой кружок", default=None, heading="Кружок")
    title: Line = line("Название", heading="Название")
    awarded_on: Day = day("День", heading="День")
    amount: Rubles | None = decimal("Сумма, рублей", RUBLES, heading="Сумма")
    note: Text | None = text("Примечание", heading="Примечание")


class Award(AwardWrite, Tenant, Record, table=True):
    """A row of awards."""

    __tablename__ = "awards"
    __table_args__: Any = constraints(natural_key("teacher_id", "title", "awarded_on"))

    search_key: str = folded("title", "note")


awards = Resource(
    name="awards",
    titles=Titles("Награды", "награду", "наград"),
    row=Award,
    write=AwardWrite,
    called=("{title}",),
    access=PEOPLE,
    owner="organization_id",
    period=None,
    hangs_on=("organization_id",),
    rules=(key_is_no_snils, has_come("awarded_on"), open_on("organization_id", "awarded_on")),
    immutable=("teacher_id", "organization_id"),
    sorts=("awarded_on", "title"),
    example={
        "teacher_id": "$teacher",
        "organization_id": "$school",
        "club_id": "$club",
        "title": "Грамота",
        "awarded_on": "2020-10-15",
        "amount": "1500.5",
    },
    change={"amount": "99.25"},
)
