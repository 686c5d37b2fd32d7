"""Teachers: the people whose work in the network is counted; all that is said here is personal."""

import uuid
from datetime import datetime
from typing import Any

from sqlmodel import Field

from app.registry.types import Snils
from app.store.columns import entered_by, folded, gone, keyed_hash, line
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


teachers = Resource(
    name="teachers",
    titles=Titles("Педагоги", "педагога"),
    row=Teacher,
    write=TeacherWrite,
    sorts=("last_name", "first_name"),
    example={
        "municipality_id": "$municipality",
        "last_name": "Образцова",
        "first_name": "Анна",
        "patronymic": "Петровна",
    },
)
