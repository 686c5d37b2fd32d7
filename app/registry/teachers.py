"""Teachers: the people whose work in the network is counted; all fields are personal data."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from pydantic_core import PydanticCustomError

from app.access.conditions import own_organizations
from app.access.rows import PEOPLE
from app.findings import FAULTS, Finding
from app.model.columns import entered_by, folded, gone, keyed_hash, line, parts, unkept
from app.model.declaration import Titles
from app.model.drafts import Draft, Stored
from app.model.record import Owned, Part, Record, Strict, constraints, natural_key, owner
from app.model.resource import Resource
from app.model.rule import Inquiry
from app.model.text import fold
from app.model.values import Line
from app.model.view import Bound
from app.registry import names
from app.registry.names import FirstName, LastName, Patronymic
from app.registry.person_keys import key_is_no_snils
from app.registry.types import Snils


class TeacherFields(Owned):
    """Columns that a teacher and its body share."""

    last_name: Line = line("Фамилия", personal=True)
    first_name: Line = line("Имя", personal=True)
    patronymic: Line | None = line(
        "Отчество, если есть", heading="Отчество", default=None, personal=True
    )


class FormerNameBody(Strict):
    """Имя, которое педагог носил раньше."""

    last_name: Line = line("Прежняя фамилия", heading="фамилия", personal=True)
    first_name: Line | None = line(
        "Прежнее имя, если было другим", heading="имя", default=None, personal=True
    )
    patronymic: Line | None = line(
        "Прежнее отчество", heading="отчество", default=None, personal=True
    )


class TeacherWrite(TeacherFields):
    """Педагог: персональные данные, только необходимое."""

    last_name: LastName = line("Фамилия", personal=True)
    first_name: FirstName = line("Имя, от двух букв", heading="Имя", personal=True)
    patronymic: Patronymic | None = line(
        "Отчество, если есть", heading="Отчество", default=None, personal=True
    )
    snils: Snils | None = unkept(
        "СНИЛС. Только для записи: хранится лишь его ключевой хеш", heading="СНИЛС"
    )
    former_names: list[FormerNameBody] = parts(
        "Прежние имена. Если о них не сказано, а имя меняется, прежнее добавляется само; списки "
        "узнают человека и по ним",
        heading="Прежние имена",
    )


class Teacher(TeacherFields, Record, table=True):
    """A row of teachers; a СНИЛС is unique in a municipality, and only its keyed hash is stored.

    An erased teacher stays as a row without names, so that counts do not change.
    """

    __tablename__ = "teachers"
    __table_args__ = constraints(natural_key("municipality_id", "snils_hash"))

    last_name: Line | None = line("Фамилия", default=None, personal=True)  # type: ignore[assignment]
    first_name: Line | None = line("Имя", default=None, personal=True)  # type: ignore[assignment]
    snils_hash: str | None = keyed_hash("snils")
    last_name_key: str | None = folded("last_name")
    first_name_key: str | None = folded("first_name")
    search_key: str | None = folded("last_name", "first_name", "patronymic")
    entered_by_id: uuid.UUID | None = entered_by()
    erased_at: datetime | None = gone()


class FormerName(FormerNameBody, Part, table=True):
    """A former name of a teacher."""

    __tablename__ = "teacher_former_names"

    owner_id: uuid.UUID = owner("teachers")


NAMES = ("last_name", "first_name", "patronymic")


def names_borne(draft: Draft) -> list[dict[str, str | None]]:
    """The teacher's former names, with the current one added if the draft changes it."""
    assert draft.stored  # noqa: S101 - only a stored teacher has a former name
    kept = draft.stored.parts["former_names"]
    before, after = (
        {name: of[name] for name in NAMES} for of in (draft.stored.columns, draft.columns)
    )
    if is_same_name(before, after):
        return kept
    return [*(name for name in kept if name not in (before, after)), before]


def is_same_name(name: Mapping[str, str | None], other: Mapping[str, str | None]) -> bool:
    """Whether two names differ only in spelling, or in a patronymic that one of them lacks."""
    (*names, patronymic), (*others, another) = (
        [fold(of[name] or "") for name in NAMES] for of in (name, other)
    )
    return names == others and (patronymic == another or not (patronymic and another))


def names_are_names(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Changed names follow the grammar of names; unchanged older ones are not checked."""
    for draft in drafts:
        changed = {name: draft.columns[name] for name in NAMES if draft.moves(name)}
        yield from _faults_of(draft, changed, "")
        existing = _known(draft.stored) if draft.stored else []
        for at, former in enumerate(draft.parts["former_names"]):
            if former not in existing:
                yield from _faults_of(draft, former, f"/former_names/{at}")


def _known(stored: Stored) -> list[dict[str, str | None]]:
    """The current and former names of a stored teacher."""
    return [*stored.parts["former_names"], {name: stored.columns[name] for name in NAMES}]


def _faults_of(draft: Draft, fields: Mapping[str, str | None], pointer: str) -> Iterator[Finding]:
    for name, value in fields.items():
        try:
            if value:
                names.READERS[name](value)
        except PydanticCustomError as error:
            fault = FAULTS[error.type]
            yield draft.finds(fault, f"{pointer}/{name}", **(error.context or {}))


def staff_of_the_organization(table: sa.FromClause, bound: Bound) -> sa.ColumnElement[bool]:
    """Teachers employed there now or earlier, or entered there and without any employment."""
    # Named, not imported: employments imports this module.
    jobs = sa.table("employments", sa.column("teacher_id"), sa.column("organization_id"))
    job = jobs.alias("job")
    held = sa.select(sa.true()).select_from(job).where(job.c.teacher_id == table.c.id)
    here = held.where(job.c.organization_id.in_(own_organizations(bound)))
    entered = table.c.entered_by_id == bound("scope_organization")
    return here.correlate(table).exists() | (entered & ~held.correlate(table).exists())


teachers = Resource(
    name="teachers",
    titles=Titles("Педагоги", "педагога", "педагогов"),
    row=Teacher,
    write=TeacherWrite,
    called=("{last_name} {first_name} {patronymic}", "{last_name} {first_name}"),
    access=PEOPLE,
    owner=staff_of_the_organization,
    period=None,
    parts={"former_names": FormerName},
    rules=(names_are_names, key_is_no_snils),
    has_heirs=True,
    remembers={"former_names": names_borne},
    sorts=("last_name", "first_name"),
    example={
        "municipality_id": "$municipality",
        "last_name": "Образцова",
        "first_name": "Анна",
        "patronymic": "Петровна",
        "former_names": [{"last_name": "Эталонова", "first_name": None, "patronymic": None}],
    },
    change={"former_names": [{"last_name": "Прежняя", "first_name": "Анна", "patronymic": None}]},
)
