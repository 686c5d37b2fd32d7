"""Snapshots: a report frozen with what stands behind it; whatever is corrected later, it stays."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from pydantic import Field as About
from sqlmodel import Field, SQLModel

from app.findings import Finding, fault
from app.indicators.answer import counted
from app.indicators.asking import Asked
from app.indicators.catalogue import DEFINITION, INDICATORS
from app.indicators.explanation import in_order
from app.indicators.facts import program_of
from app.indicators.network import Item
from app.problems import Invalid, NotFound
from app.store.columns import Identifier, Instant
from app.store.database import Transaction
from app.store.faults import OTHER_MUNICIPALITY, UNKNOWN_REFERENCE
from app.store.record import Strict, new_id
from app.store.rights import ADDED, Rights
from app.store.trail import Act
from app.store.values import Day, Id, Line, Text, spoken_json

IN_THE_FUTURE = fault(
    "in_the_future",
    "Срез делают на сегодня или на прошедшую дату.",
    "A snapshot is of today or of a day before.",
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
    """One report: what was asked, and the very bytes of the answer."""

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
    """What stood behind one indicator of a report: a JSON list of items."""

    __tablename__ = "snapshot_lists"
    rights: ClassVar[Rights] = ADDED
    snapshot_id: uuid.UUID = Field(primary_key=True, sa_type=Identifier, foreign_key="snapshots.id")
    code: str = Field(primary_key=True, sa_type=sa.String(40))
    numerator: int | None = Field(sa_type=sa.BigInteger)
    denominator: int | None = Field(sa_type=sa.BigInteger)
    items: str = Field(sa_type=sa.Text)


SNAPSHOTS, LISTS = (SQLModel.metadata.tables[name] for name in ("snapshots", "snapshot_lists"))
TOLD = [each for each in SNAPSHOTS.c if each.name not in {"municipality_id", "indicators"}]
"""What is told of a report beside its bytes."""


def freeze(
    tx: Transaction, program_id: uuid.UUID, said: SnapshotWrite, today: date
) -> dict[str, Any]:
    """Freeze the indicators of a program with what stands behind them.

    Raises:
        NotFound: there is no such program.
        Invalid: the day is ahead, the period is wrong, or the act is not the program's.

    """
    program = program_of(tx, program_id)
    _demand_act(tx, said.act_id, program.municipality_id)
    if said.as_of > today:
        raise Invalid(Finding(IN_THE_FUTURE, pointer="/as_of"))
    asked = Asked(today, said.as_of, said.period_start, said.period_end)
    answer, measures = counted(tx, program, asked)
    text = spoken_json(answer)
    row = {
        "id": new_id(),
        "municipality_id": program.municipality_id,
        "program_id": program_id,
        **said.model_dump(),
        "made_at": tx.now,
        "state_version": answer["state_version"],
        "definition_version": DEFINITION,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "indicators": text,
    }
    tx.execute(sa.insert(SNAPSHOTS), row)
    figures = {each["code"]: each for each in answer["items"]}
    lists = [
        {
            "snapshot_id": row["id"],
            "code": code,
            "numerator": figures[code]["numerator"],
            "denominator": figures[code]["denominator"],
            "items": _written(in_order(measures[code].items if code in measures else ())),
        }
        for code in INDICATORS
    ]
    tx.execute(sa.insert(LISTS), lists)
    fields = tuple(sorted(said.model_fields_set))
    tx.acts.append(Act("freeze", "snapshots", (str(row["id"]),), fields))
    return {each.name: row[each.name] for each in TOLD}


def listed(
    tx: Transaction, program_id: uuid.UUID, *, after: uuid.UUID | None, take: int
) -> list[Mapping[str, Any]]:
    """The reports of a program in the order of their making.

    Raises:
        NotFound: there is no such program.

    """
    program_of(tx, program_id)
    rows = sa.select(*TOLD).where(SNAPSHOTS.c.program_id == program_id)
    if after:
        rows = rows.where(SNAPSHOTS.c.id > after)
    found = tx.execute(rows.order_by(SNAPSHOTS.c.id).limit(take)).mappings()
    return [dict(each) for each in found]


def one(
    tx: Transaction, program_id: uuid.UUID, snapshot_id: uuid.UUID, *more: sa.Column[Any]
) -> Mapping[str, Any]:
    """A report of a program.

    Raises:
        NotFound: there is no such program or report.

    """
    program_of(tx, program_id)
    wanted = (SNAPSHOTS.c.id == snapshot_id, SNAPSHOTS.c.program_id == program_id)
    found = tx.execute(sa.select(*TOLD, *more).where(*wanted)).mappings().first()
    if found is None:
        raise NotFound
    return dict(found)


def frozen(
    tx: Transaction, snapshot_id: uuid.UUID, code: str
) -> tuple[Mapping[str, Any], list[Item]]:
    """The figures of an indicator of a report, and the items behind it.

    Raises:
        NotFound: there is no such indicator.

    """
    wanted = (LISTS.c.snapshot_id == snapshot_id, LISTS.c.code == code)
    found = tx.execute(sa.select(LISTS).where(*wanted)).mappings().first()
    if found is None:
        raise NotFound
    return dict(found), _read(found["items"])


def _demand_act(tx: Transaction, act_id: uuid.UUID | None, home: uuid.UUID) -> None:
    if act_id is None:
        return
    acts = SQLModel.metadata.tables["legal_acts"]
    wanted = sa.select(acts.c.municipality_id).where(
        acts.c.id == act_id, tx.seen("legal_acts", acts)
    )
    found = tx.execute(wanted).first()
    if found is None:
        raise Invalid(Finding(UNKNOWN_REFERENCE, pointer="/act_id"))
    if found.municipality_id != home:
        raise Invalid(Finding(OTHER_MUNICIPALITY, pointer="/act_id"))


def _written(items: Sequence[Item]) -> str:
    rows = [
        [each.type, each.id and str(each.id), each.outcome, each.reason, each.weight]
        for each in items
    ]
    return json.dumps(rows, separators=(",", ":"))


def _read(text: str) -> list[Item]:
    return [
        Item(kind, key if kind == "forms" or key is None else uuid.UUID(key), *rest)
        for kind, key, *rest in json.loads(text)
    ]
