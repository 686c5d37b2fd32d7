"""Measures: what monitoring observes; shared by all municipalities or owned by one."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.access.roles import Role
from app.findings import Finding, fault
from app.model import columns
from app.model.columns import Choice, choice, folded, line
from app.model.declaration import Titles
from app.model.drafts import Draft
from app.model.grants import Grant, Reach
from app.model.record import Owned, Record, constraints
from app.model.resource import Resource
from app.model.rule import Inquiry
from app.model.values import Id, Line

MEASURE_IN_USE = fault(
    "measure_in_use",
    "По этому показателю уже есть записи мониторинга, поэтому единица и вид значения не меняются. "
    "Заведите новый показатель.",
    "Monitoring records use this measure, so its unit and kind stay. Make a new measure.",
)


class ValueKind(Choice):
    """What a value of the measure is."""

    NUMBER = "number", "число"
    TEXT = "text", "текст"


class MeasureWrite(Owned):
    """Показатель мониторинга: общий (без муниципалитета) или свой у муниципалитета."""

    municipality_id: Id | None = Field(
        None,
        description="Муниципалитет; null: показатель общий, его ведёт администратор",
        sa_type=columns.Identifier,
        foreign_key="municipalities.id",
        index=True,
        sa_column_kwargs=columns.noted("Муниципалитет", exact=True, shared=True),
    )
    code: Line = columns.code("Код показателя", length=500)
    title: Line = line("Название")
    unit: Line | None = line("Единица измерения", default=None)
    value_kind: ValueKind = choice("Вид значения", ValueKind)


class Measure(MeasureWrite, Record, table=True):
    """A row of measures; a code names one in a municipality, and one of the shared."""

    __tablename__ = "measures"
    __table_args__ = constraints()

    natural_key: str = folded("municipality_id", "code", unique=True)
    code_key: str = folded("code")
    title_key: str = folded("title")
    search_key: str = folded("code", "title")


def measure_in_use_keeps_its_meaning(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A measure that records use keeps its unit and its kind of value."""
    # Named, not imported: monitoring imports this module.
    measure_id = SQLModel.metadata.tables["monitoring_records"].c.measure_id
    changed = [
        (draft, name)
        for draft in drafts
        for name in ("unit", "value_kind")
        if draft.stored and draft.moves(name)
    ]
    if not changed:
        return
    used = set(
        tx.execute(
            sa.select(measure_id)
            .where(measure_id.in_({draft.id for draft, _ in changed}))
            .distinct()
        ).scalars()
    )
    for draft, name in changed:
        if draft.id in used:
            yield draft.finds(MEASURE_IN_USE, f"/{name}")


measures = Resource(
    name="measures",
    titles=Titles("Показатели мониторинга", "показатель мониторинга"),
    row=Measure,
    write=MeasureWrite,
    access={
        Role.SYNC: Grant(Reach.OPEN, Reach.SOURCE),
        Role.ORG: Grant(Reach.OPEN),
        Role.COORDINATOR: Grant(Reach.OPEN, Reach.SCOPE),
        Role.READER: Grant(Reach.OPEN),
        Role.AUDITOR: Grant(Reach.SHARED),
        Role.ADMIN: Grant(Reach.OPEN, Reach.SHARED),
    },
    period=None,
    rules=(measure_in_use_keeps_its_meaning,),
    sorts=("code", "title"),
    example={
        "municipality_id": "$municipality",
        "code": "ege_math_mean",
        "title": "Средний балл ЕГЭ по математике",
        "unit": "балл",
        "value_kind": "number",
    },
    change={"title": "Доля сдавших ЕГЭ по математике"},
)
