"""Municipalities: the districts and cities that run programs; every record belongs to one."""

import uuid

import sqlalchemy as sa

from app.access.roles import Role
from app.model.columns import code, folded, line
from app.model.declaration import Titles
from app.model.grants import Grant, Reach
from app.model.record import Record, Tenant, Write, constraints, natural_key
from app.model.resource import Resource
from app.model.rule import Inquiry
from app.model.values import Line
from app.registry.types import Oktmo


class MunicipalityWrite(Write):
    """Муниципальное образование с кодом ОКТМО."""

    oktmo: Oktmo = code("Код ОКТМО, 8 цифр", heading="Код ОКТМО", length=8)
    name: Line = line("Название")
    region_name: Line | None = line("Субъект Российской Федерации", default=None)


class Municipality(MunicipalityWrite, Tenant, Record, table=True):
    """A municipality; its own `municipality_id` is its id."""

    __tablename__ = "municipalities"
    __table_args__ = constraints(natural_key("oktmo"))

    name_key: str = folded("name")
    search_key: str = folded("oktmo", "name", "region_name")


municipalities = Resource(
    name="municipalities",
    titles=Titles("Муниципалитеты", "муниципалитет", "муниципалитетов"),
    row=Municipality,
    write=MunicipalityWrite,
    called=("{name}",),
    access={
        **dict.fromkeys(Role, Grant(Reach.ALL)),
        Role.ADMIN: Grant(Reach.ALL, Reach.ALL),
    },
    period=None,
    sorts=("name", "oktmo"),
    example={
        "oktmo": "92648000",
        "name": "Пестречинский муниципальный район",
        "region_name": "Республика Татарстан",
    },
    change={"region_name": "Другая республика"},
)


def by_oktmo(tx: Inquiry, oktmo: str) -> uuid.UUID | None:
    """The id of the municipality with this OKTMO code; None if there is none."""
    table = municipalities.table
    municipality_id: uuid.UUID | None = tx.execute(
        sa.select(table.c.id).where(table.c.oktmo == oktmo)
    ).scalar()
    return municipality_id
