"""Headcounts: the number of teachers that an organization declares when it gives no roster."""

from app.access.rows import PEOPLE
from app.model.columns import day, folded, integer, reference, text
from app.model.declaration import Titles
from app.model.record import Record, Tenant, Write, constraints, natural_key
from app.model.resource import Resource
from app.model.values import Day, Id, Text
from app.registry.rules import has_come, open_on


class HeadcountWrite(Write):
    """Численность педагогов организации на день, если поимённого списка нет."""

    organization_id: Id = reference("organizations", "Организация", index=False)
    observed_on: Day = day("На какой день")
    teachers: int = integer("Число педагогов", 0, 100_000)
    note: Text | None = text("Примечание")


class Headcount(HeadcountWrite, Tenant, Record, table=True):
    """A row of headcounts; an organization declares one number a day."""

    __tablename__ = "headcounts"
    __table_args__ = constraints(natural_key("organization_id", "observed_on"))

    search_key: str = folded("note")


headcounts = Resource(
    name="headcounts",
    titles=Titles(
        "Численность педагогов", "запись о численности педагогов", "записей о численности педагогов"
    ),
    row=Headcount,
    write=HeadcountWrite,
    called=("{organization_id}, {observed_on}",),
    access=PEOPLE,
    owner="organization_id",
    period=None,
    hangs_on=("organization_id",),
    rules=(has_come("observed_on"), open_on("organization_id", "observed_on")),
    immutable=("organization_id",),
    sorts=("observed_on", "teachers"),
    example={"organization_id": "$school", "observed_on": "2020-10-01", "teachers": 24},
    change={"note": "уточнено"},
)
