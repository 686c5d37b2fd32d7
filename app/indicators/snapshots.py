"""Snapshots: a report frozen with the items of its indicators; corrections do not change it."""

import hashlib
import json
import uuid
from datetime import date, datetime
from typing import ClassVar, NamedTuple

import sqlalchemy as sa
from pydantic import Field as About
from sqlmodel import Field, SQLModel

from app.acts import Act
from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.indicators.answer import counted
from app.indicators.asking import Asked
from app.indicators.catalogue import DEFINITION
from app.indicators.codes import CODED, ItemOutcome
from app.indicators.explanation import in_order
from app.indicators.facts import program_of
from app.indicators.network import Item, Measure
from app.model.columns import Identifier, Instant
from app.model.faults import OTHER_MUNICIPALITY, UNKNOWN_REFERENCE
from app.model.record import Strict, new_id
from app.model.rights import ADDED, Rights
from app.model.values import Day, Id, Line, Text, spoken_json
from app.problems import Invalid, NotFound

IN_THE_FUTURE = fault(
    "in_the_future",
    "Срез делают на сегодня или на прошедшую дату.",
    "A snapshot must be of today or of an earlier day.",
)


class SnapshotWrite(Strict):
    """Срез: показатели на дату, какими они были сданы. Потом он не меняется."""

    as_of: Day = About(description="На какую дату")
    title: Line = About(description="Название отчёта")
    period_start: Day | None = About(None, description="Начало периода; по умолчанию программы")
    period_end: Day | None = About(None, description="Конец периода; по умолчанию `as_of`")
    approved_by: Line | None = About(None, description="Кто утвердил")
    act_id: Id | None = About(None, description="Акт, которым утверждён")
    note: Text | None = About(None, description="Примечание")


class Snapshot(SQLModel, table=True):
    """One report: its parameters, and the text of the answer."""

    __tablename__ = "snapshots"
    rights: ClassVar[Rights] = ADDED
    id: uuid.UUID = Field(primary_key=True, sa_type=Identifier)
    municipality_id: uuid.UUID = Field(
        sa_type=Identifier, foreign_key="municipalities.id", index=True
    )
    program_id: uuid.UUID = Field(sa_type=Identifier, foreign_key="programs.id", index=True)
    title: str = Field(sa_type=sa.Text)
    as_of: date = Field(sa_type=sa.Date)
    period_start: date | None = Field(sa_type=sa.Date)
    period_end: date | None = Field(sa_type=sa.Date)
    approved_by: str | None = Field(sa_type=sa.Text)
    act_id: uuid.UUID | None = Field(sa_type=Identifier, foreign_key="legal_acts.id", index=True)
    note: str | None = Field(sa_type=sa.Text)
    made_at: datetime = Field(sa_type=Instant)
    state_version: int = Field(sa_type=sa.BigInteger)
    definition_version: int
    sha256: str = Field(sa_type=sa.String(64))
    indicators: str = Field(sa_type=sa.Text)


class SnapshotList(SQLModel, table=True):
    """The items of one indicator of a report, as a JSON list."""

    __tablename__ = "snapshot_lists"
    rights: ClassVar[Rights] = ADDED
    snapshot_id: uuid.UUID = Field(primary_key=True, sa_type=Identifier, foreign_key="snapshots.id")
    code: str = Field(primary_key=True, sa_type=sa.String(40))
    numerator: int | None = Field(sa_type=sa.BigInteger)
    denominator: int | None = Field(sa_type=sa.BigInteger)
    items: str = Field(sa_type=sa.Text)


SNAPSHOTS, LISTS = (SQLModel.metadata.tables[name] for name in ("snapshots", "snapshot_lists"))


class Report(NamedTuple):
    """A report without the text of its answer."""

    id: uuid.UUID
    program_id: uuid.UUID
    title: str
    as_of: date
    period_start: date | None
    period_end: date | None
    approved_by: str | None
    act_id: uuid.UUID | None
    note: str | None
    made_at: datetime
    state_version: int
    definition_version: int
    sha256: str


class Frozen(NamedTuple):
    """One indicator of a report: its integers and its items."""

    numerator: int | None
    denominator: int | None
    items: list[Item]


_REPORT = [SNAPSHOTS.c[name] for name in Report._fields]


def freeze(tx: Transaction, program_id: uuid.UUID, body: SnapshotWrite, today: date) -> Report:
    """Freeze the indicators of a program with their items.

    Raises:
        NotFound: there is no such program.
        Invalid: the day is in the future, the period is wrong, or the act is not the program's.

    """
    program = program_of(tx, program_id)
    _demand_act(tx, body.act_id, program.municipality_id)
    if body.as_of > today:
        raise Invalid(Finding(IN_THE_FUTURE, pointer="/as_of"))
    asked = Asked(today, body.as_of, body.period_start, body.period_end)
    answer, measures = counted(tx, program, asked)
    text = spoken_json(answer)
    report = Report(
        id=new_id(),
        program_id=program_id,
        **dict(body),
        made_at=tx.now,
        state_version=answer["state_version"],
        definition_version=DEFINITION,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    beside = {"municipality_id": program.municipality_id, "indicators": text}
    tx.execute(sa.insert(SNAPSHOTS), report._asdict() | beside)
    lists = [
        {
            "snapshot_id": report.id,
            "code": item["code"].value,
            "numerator": item["numerator"],
            "denominator": item["denominator"],
            "items": _written(measures.get(item["code"])),
        }
        for item in answer["items"]
    ]
    tx.execute(sa.insert(LISTS), lists)
    fields = tuple(sorted(body.model_fields_set))
    tx.acts.append(Act("freeze", "snapshots", (str(report.id),), fields))
    return report


def listed(
    tx: Transaction, program_id: uuid.UUID, *, after: uuid.UUID | None, take: int
) -> list[Report]:
    """The reports of a program, the oldest first.

    Raises:
        NotFound: there is no such program.

    """
    program_of(tx, program_id)
    query = sa.select(*_REPORT).where(SNAPSHOTS.c.program_id == program_id)
    if after:
        query = query.where(SNAPSHOTS.c.id > after)
    return [Report._make(row) for row in tx.execute(query.order_by(SNAPSHOTS.c.id).limit(take))]


def one(tx: Transaction, program_id: uuid.UUID, snapshot_id: uuid.UUID) -> Report:
    """A report of a program.

    Raises:
        NotFound: there is no such program or report.

    """
    program_of(tx, program_id)
    conditions = (SNAPSHOTS.c.id == snapshot_id, SNAPSHOTS.c.program_id == program_id)
    row = tx.execute(sa.select(*_REPORT).where(*conditions)).first()
    if row is None:
        raise NotFound
    return Report._make(row)


def indicators_of(tx: Transaction, report: Report) -> str:
    """The frozen text of a report's answer."""
    query = sa.select(SNAPSHOTS.c.indicators).where(SNAPSHOTS.c.id == report.id)
    return str(tx.execute(query).scalar_one())


def frozen(tx: Transaction, snapshot_id: uuid.UUID, code: str) -> Frozen:
    """An indicator of a report with its items.

    Raises:
        NotFound: there is no such indicator.

    """
    conditions = (LISTS.c.snapshot_id == snapshot_id, LISTS.c.code == code)
    row = tx.execute(sa.select(LISTS).where(*conditions)).first()
    if row is None:
        raise NotFound
    return Frozen(row.numerator, row.denominator, _read(row.items))


def _demand_act(tx: Transaction, act_id: uuid.UUID | None, home: uuid.UUID) -> None:
    if act_id is None:
        return
    acts = SQLModel.metadata.tables["legal_acts"]
    query = sa.select(acts.c.municipality_id).where(
        acts.c.id == act_id, tx.seen("legal_acts", acts)
    )
    act = tx.execute(query).first()
    if act is None:
        raise Invalid(Finding(UNKNOWN_REFERENCE, pointer="/act_id"))
    if act.municipality_id != home:
        raise Invalid(Finding(OTHER_MUNICIPALITY, pointer="/act_id"))


def _written(measure: Measure | None) -> str:
    rows = [
        [item.type, item.id and str(item.id), item.outcome, item.reason, item.weight]
        for item in in_order(measure.items if measure else ())
    ]
    return json.dumps(rows, separators=(",", ":"))


_OUTCOMES = {outcome.value: outcome for outcome in ItemOutcome}


def _read(text: str) -> list[Item]:
    return [
        Item(
            type=kind,
            id=key if kind in CODED or key is None else uuid.UUID(key),
            outcome=_OUTCOMES[outcome],
            reason=reason,
            weight=weight,
        )
        for kind, key, outcome, reason, weight in json.loads(text)
    ]
