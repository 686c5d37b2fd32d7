"""What every record has: its id, its version, its times, its municipality and its foreign key."""

import os
import time
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, model_validator
from sqlalchemy.schema import SchemaItem
from sqlmodel import Field, SQLModel

from app.model.columns import Identifier, Instant, noted
from app.model.faults import HALF_A_PAIR, refuse
from app.model.rights import ROWS, Rights
from app.model.values import Id, Key

SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Strict(BaseModel):
    """A validated body: no conversion of types and no unknown field."""

    model_config: ClassVar[Any] = ConfigDict(
        strict=True, extra="forbid", json_schema_serialization_defaults_required=True
    )


class Write(Strict):
    """What a caller may say of any record: the pair by which a foreign system knows it."""

    source: Key | None = Field(
        None,
        description="Внешняя система, которая знает эту запись",
        sa_type=sa.String(128),
        sa_column_kwargs=noted("Внешняя система", exact=True),
    )
    source_key: Key | None = Field(
        None,
        description="Ключ записи во внешней системе",
        sa_type=sa.String(128),
        sa_column_kwargs=noted("Ключ записи во внешней системе", exact=True),
    )

    @model_validator(mode="after")
    def _pair_is_whole(self) -> "Write":
        if (self.source is None) != (self.source_key is None):
            refuse(HALF_A_PAIR)
        return self


class Owned(Write):
    """A record that names its municipality itself (others have it from the record they hang on)."""

    municipality_id: Id | None = Field(
        None,
        description="Муниципалитет. Задаётся при создании и не меняется",
        sa_type=Identifier,
        foreign_key="municipalities.id",
        index=True,
        sa_column_kwargs=noted("Муниципалитет", exact=True),
    )


class Record(SQLModel):
    """The columns that the store itself keeps on every row."""

    rights: ClassVar[Rights] = ROWS
    id: uuid.UUID = Field(primary_key=True, sa_type=Identifier)
    version: int = Field(sa_type=sa.Integer)
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)


class Tenant(SQLModel):
    """The municipality that the store derives and puts on a row."""

    municipality_id: uuid.UUID = Field(
        sa_type=Identifier,
        foreign_key="municipalities.id",
        index=True,
        description="Муниципалитет. Его определяет сервис",
        sa_column_kwargs={"info": {"exact": True}},
    )


class Part(SQLModel):
    """A row that is read, written and versioned inside its parent, in the order given.

    A subclass declares `owner_id` again with `owner(…)`, which names the parent's table. The field
    keeps its place before `place`, so the primary key begins with the parent, by which parts are
    read.
    """

    rights: ClassVar[Rights] = ROWS
    owner_id: uuid.UUID = Field(primary_key=True, sa_type=Identifier)
    place: int = Field(
        primary_key=True, sa_type=sa.Integer, sa_column_kwargs={"autoincrement": False}
    )
    municipality_id: uuid.UUID = Field(
        sa_type=Identifier, foreign_key="municipalities.id", index=True
    )


PART_FIELDS = frozenset({"owner_id", "place", "municipality_id"})


def owner(of: str) -> Any:
    """The parent of a part, a record of `of`."""
    return Field(primary_key=True, sa_type=Identifier, foreign_key=f"{of}.id")


def constraints(*more: SchemaItem) -> tuple[SchemaItem, ...]:
    """The constraints of a kind: its own, and the foreign pair, unique in the municipality."""
    return (*more, sa.UniqueConstraint("municipality_id", "source", "source_key"))


def date_order(first: str, last: str) -> sa.CheckConstraint:
    """The CHECK that a period does not end before it begins."""
    return sa.CheckConstraint(
        f"{last} IS NULL OR {last} >= {first}",
        name=f"{last}_order",
        info={"order": (first, last)},
    )


def natural_key(*columns: str, unless: str | None = None) -> sa.Index:
    """A natural key; absent values are never equal, and records with `unless` set are exempt."""
    only = sa.text(f"{unless} IS NULL") if unless else None
    return sa.Index(
        None,
        *columns,
        unique=True,
        sqlite_where=only,
        postgresql_where=only,
        info={"unless": unless},
    )


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then noise."""
    return next(new_ids(1))


def new_ids(count: int) -> Iterator[uuid.UUID]:
    """So many UUIDv7 of one moment; the system is asked for noise once."""
    moment, noise = time.time_ns() // 1_000_000 & (1 << 48) - 1, os.urandom(_NOISE * count)
    same = moment << 80 | 0x7 << 76 | 0x2 << 62
    for at in range(0, len(noise), _NOISE):
        yield uuid.UUID(int=same | int.from_bytes(noise[at : at + _NOISE], "big") & _FREE)


_NOISE = 10
"""Bytes of an id that are not time."""
_FREE = (1 << 80) - 1 & ~(0xF << 76 | 0x3 << 62)
"""The bits of these that tell neither version nor variant."""
