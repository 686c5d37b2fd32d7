"""The act of destruction: records that a person's data was destroyed, without any of its values.

It contains what order № 179 of Roskomnadzor (28.10.2022) requires of the act and of the extract
from the system's journal: the operator, whose data, which categories, in which system, how, why,
when and by whom. The name was destroyed, so the subject is identified by the number of their
record, which the order allows («иная информация, относящаяся к определённому лицу»).
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, NamedTuple

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.transaction import Transaction
from app.model.columns import Identifier, Instant
from app.model.record import new_id
from app.model.rights import ADDED, Rights
from app.model.values import spoken_instant
from app.oversight.documents import Destruction
from app.registry.employments import employments
from app.registry.municipalities import municipalities
from app.registry.organizations import organizations
from app.registry.participations import participations

SYSTEM = "School Network"

METHOD = (
    "Значения стёрты в базе данных программой: в записи о педагоге, в ключах поиска, в ленте "
    "изменений, в отчётах и непринятых строках загруженных списков, в сохранённых ответах. "
    "В резервных копиях они остаются до истечения срока копий."
)


class DestructionRecord(SQLModel, table=True):
    """The record that a person's data was destroyed; it holds none of the values."""

    __tablename__ = "destruction_records"
    rights: ClassVar[Rights] = ADDED
    id: uuid.UUID = Field(primary_key=True, sa_type=Identifier)
    teacher_id: uuid.UUID = Field(sa_type=Identifier, unique=True)
    municipality_id: uuid.UUID = Field(sa_type=Identifier, index=True)
    operator: str | None = Field(sa_type=sa.Text)
    """Who is responsible for the data; null in records older than this column."""
    operator_address: str | None = Field(sa_type=sa.Text)
    categories: str = Field(sa_type=sa.Text)
    """Names of the fields that had a value, separated by spaces."""
    reason: str = Field(sa_type=sa.String(500))
    destroyed_at: datetime = Field(sa_type=Instant)
    key_id: uuid.UUID | None = Field(sa_type=Identifier)
    owner: str | None = Field(sa_type=sa.Text)
    role: str = Field(sa_type=sa.String(40))
    request_id: str | None = Field(sa_type=sa.String(40))
    employments: int = Field(sa_type=sa.Integer)
    participations: int = Field(sa_type=sa.Integer)


RECORDS = SQLModel.metadata.tables["destruction_records"]


class Record(NamedTuple):
    """A row of `DestructionRecord`."""

    id: uuid.UUID
    teacher_id: uuid.UUID
    municipality_id: uuid.UUID
    categories: str
    reason: str
    destroyed_at: datetime
    key_id: uuid.UUID | None
    owner: str | None
    role: str
    request_id: str | None
    employments: int
    participations: int
    operator: str | None = None
    operator_address: str | None = None


def store(
    tx: Transaction, teacher_id: uuid.UUID, home: uuid.UUID, categories: Sequence[str], reason: str
) -> Destruction:
    """Store the record of a destruction just carried out; returns it as JSON."""
    actor = tx.caller.actor
    operator, address = _operator(tx, home)
    record = Record(
        id=new_id(),
        teacher_id=teacher_id,
        municipality_id=home,
        operator=operator,
        operator_address=address,
        categories=" ".join(categories),
        reason=reason,
        destroyed_at=tx.now,
        key_id=actor.key_id,
        owner=actor.owner,
        role=actor.role,
        request_id=actor.request_id,
        employments=_count(tx, employments.table, teacher_id),
        participations=_count(tx, participations.table, teacher_id),
    )
    tx.execute(sa.insert(RECORDS), [record._asdict()])
    tx.destroyed.append(as_json(record))
    return as_json(record)


def _operator(tx: Transaction, home: uuid.UUID) -> tuple[str, str | None]:
    """The municipality's education authority; unless it has exactly one, the municipality."""
    table = organizations.table
    is_authority = (table.c.municipality_id == home) & (table.c.kind == "education_authority")
    query = sa.select(table.c.full_name, table.c.address).where(
        is_authority, table.c.parent_id.is_(None)
    )
    authorities = tx.execute(query.order_by(table.c.id)).all()
    if len(authorities) == 1:
        return authorities[0].full_name, authorities[0].address
    town = municipalities.table
    return tx.execute(sa.select(town.c.name).where(town.c.id == home)).scalar_one(), None


def _count(tx: Transaction, table: sa.Table, teacher_id: uuid.UUID) -> int:
    query = sa.select(sa.func.count()).select_from(table).where(table.c.teacher_id == teacher_id)
    return int(tx.execute(query).scalar_one())


def as_json(record: Record) -> Destruction:
    """A record of destruction as JSON."""
    subject = str(record.teacher_id)
    return {
        "id": str(record.id),
        "operator": {"name": record.operator, "address": record.operator_address},
        "subject": {"id": subject, "about": f"Педагог, запись реестра № {subject}"},
        "teacher_id": subject,
        "municipality_id": str(record.municipality_id),
        "system": SYSTEM,
        "categories": record.categories.split(),
        "method": METHOD,
        "reason": record.reason,
        "destroyed_at": spoken_instant(record.destroyed_at),
        "destroyed_by": {
            "key_id": str(record.key_id) if record.key_id else None,
            "owner": record.owner,
            "role": record.role,
        },
        "request_id": record.request_id,
        "kept": {
            "employments": record.employments,
            "participations": record.participations,
        },
    }


def record_of(tx: Transaction, teacher_id: uuid.UUID) -> Destruction | None:
    """The record of a person's destruction; None if there is none."""
    query = sa.select(RECORDS).where(RECORDS.c.teacher_id == teacher_id)
    row = tx.execute(query).mappings().first()
    return as_json(Record(**row)) if row else None
