"""Teachers: the people whose work in the network is counted; all that is said here is personal."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic_core import PydanticCustomError
from sqlmodel import Field

from app.access.conditions import own_organizations
from app.access.rows import PEOPLE
from app.findings import FAULTS, Finding
from app.registry import names
from app.registry.names import FirstName, LastName, Patronymic
from app.registry.person_keys import key_is_no_snils
from app.registry.types import Snils
from app.store.caller import Bound
from app.store.columns import entered_by, folded, gone, keyed_hash, line
from app.store.database import Transaction
from app.store.drafts import Draft
from app.store.record import Owned, Record, constraints, natural_key
from app.store.resource import Resource, Titles
from app.store.values import Line


class TeacherFields(Owned):
    """What is kept of a teacher as it was given."""

    last_name: Line = line("Фамилия", personal=True)
    first_name: Line = line("Имя", personal=True)
    patronymic: Line | None = line("Отчество, если есть", default=None, personal=True)


class TeacherWrite(TeacherFields):
    """Педагог: персональные данные, только необходимое."""

    last_name: LastName = line("Фамилия", personal=True)
    first_name: FirstName = line("Имя, от двух букв", personal=True)
    patronymic: Patronymic | None = line("Отчество, если есть", default=None, personal=True)
    snils: Snils | None = Field(
        None, description="СНИЛС. Только для записи: хранится лишь его ключевой хеш"
    )


class Teacher(TeacherFields, Record, table=True):
    """A row of teachers; a СНИЛС names one in a municipality and is never kept.

    An erased teacher stays as a shell without names, so that agreed counts do not move.
    """

    __tablename__ = "teachers"
    __table_args__: Any = constraints(natural_key("municipality_id", "snils_hash"))

    last_name: Line | None = line("Фамилия", default=None, personal=True)  # type: ignore[assignment]
    first_name: Line | None = line("Имя", default=None, personal=True)  # type: ignore[assignment]
    snils_hash: str | None = keyed_hash("snils")
    last_name_key: str | None = folded("last_name")
    first_name_key: str | None = folded("first_name")
    search_key: str | None = folded("last_name", "first_name", "patronymic")
    entered_by_id: uuid.UUID | None = entered_by()
    erased_at: datetime | None = gone()


def names_are_names(_: Transaction, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """What changes of a name keeps to the grammar of names; what was kept before it stays."""
    for draft in drafts:
        for name, read in names.READERS.items():
            value = draft.columns[name]
            if not value or not draft.moves(name):
                continue
            try:
                read(value)
            except PydanticCustomError as error:
                yield draft.finds(FAULTS[error.type], f"/{name}", **(error.context or {}))


def staff_of_the_organization(table: sa.FromClause, bound: Bound) -> sa.ColumnElement[bool]:
    """Who has or had an employment there, or was entered there and has none yet."""
    # By its name: employments import this module.
    jobs = sa.table("employments", sa.column("teacher_id"), sa.column("organization_id"))
    job = jobs.alias("job")
    held = sa.select(sa.true()).select_from(job).where(job.c.teacher_id == table.c.id)
    here = held.where(job.c.organization_id.in_(own_organizations(bound)))
    entered = table.c.entered_by_id == bound("scope_organization")
    return here.correlate(table).exists() | (entered & ~held.correlate(table).exists())


teachers = Resource(
    name="teachers",
    titles=Titles("Педагоги", "педагога"),
    row=Teacher,
    write=TeacherWrite,
    access=PEOPLE,
    owner=staff_of_the_organization,
    rules=(names_are_names, key_is_no_snils),
    sorts=("last_name", "first_name"),
    example={
        "municipality_id": "$municipality",
        "last_name": "Образцова",
        "first_name": "Анна",
        "patronymic": "Петровна",
    },
)
