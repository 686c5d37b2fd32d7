"""Teachers: the people whose work in the network is counted; all that is said here is personal."""

from typing import Any

from sqlmodel import Field

from app.registry.types import Snils
from app.store.columns import folded, keyed_hash, line
from app.store.record import Owned, Record, constraints, natural_key
from app.store.resource import Resource, Titles
from app.store.values import Line


class TeacherFields(Owned):
    """What is kept of a teacher as it was given."""

    last_name: Line = line("Фамилия")
    first_name: Line = line("Имя")
    patronymic: Line | None = line("Отчество, если есть", default=None)


class TeacherWrite(TeacherFields):
    """Педагог: персональные данные, только необходимое."""

    snils: Snils | None = Field(
        None, description="СНИЛС. Только для записи: хранится лишь его ключевой хеш"
    )


class Teacher(TeacherFields, Record, table=True):
    """A row of teachers; a СНИЛС names one in a municipality and is never kept."""

    __tablename__ = "teachers"
    __table_args__: Any = constraints(natural_key("municipality_id", "snils_hash"))

    snils_hash: str | None = keyed_hash("snils")
    last_name_key: str = folded("last_name")
    first_name_key: str = folded("first_name")
    search_key: str = folded("last_name", "first_name", "patronymic")


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
