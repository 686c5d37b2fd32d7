"""Record: the columns of every record: id, version, times, municipality and source key."""

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


DEMO = "demo"
"""The source of fictional records."""

COMPILED_LATER = ConfigDict(defer_build=True)
"""A model's validator is compiled on first use: a command needs few of them, and rows none."""


class Strict(BaseModel):
    """A strictly validated body: types are not converted, unknown fields are refused."""

    model_config: ClassVar[Any] = ConfigDict(
        strict=True,
        extra="forbid",
        json_schema_serialization_defaults_required=True,
        defer_build=True,
    )


class Write(Strict):
    """The fields that any body may have: the source and the key of the record there."""

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
    """A body that names its municipality (others get it from the record they hang on)."""

    municipality_id: Id | None = Field(
        None,
        description="Муниципалитет. Задаётся при создании и не меняется",
        sa_type=Identifier,
        foreign_key="municipalities.id",
        sa_column_kwargs=noted("Муниципалитет", exact=True),
    )


class Shareable(Owned):
    """A record of a municipality, or one of nobody's that all municipalities share."""

    municipality_id: Id | None = Field(
        None,
        description="Муниципалитет; null: запись общая, её ведёт администратор",
        sa_type=Identifier,
        foreign_key="municipalities.id",
        sa_column_kwargs=noted("Муниципалитет", exact=True, shared=True),
    )


class Record(SQLModel):
    """The columns that the store sets on every row."""

    model_config: ClassVar[Any] = COMPILED_LATER
    rights: ClassVar[Rights] = ROWS
    id: uuid.UUID = Field(primary_key=True, sa_type=Identifier)
    version: int = Field(sa_type=sa.Integer)
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)


class Tenant(SQLModel):
    """The municipality, which the store derives for each row."""

    model_config: ClassVar[Any] = COMPILED_LATER
    municipality_id: uuid.UUID = Field(
        sa_type=Identifier,
        foreign_key="municipalities.id",
        description="Муниципалитет. Его определяет сервис",
        sa_column_kwargs={"info": {"exact": True}},
    )


class Part(SQLModel):
    """A row that is read, written and versioned with its parent, in the order of the body.

    A subclass redeclares `owner_id` with `owner(…)`, which names the parent's table. The field
    stays before `place`, so that the primary key begins with the parent: parts are read by it.
    """

    model_config: ClassVar[Any] = COMPILED_LATER
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
    """The reference of a part to its parent, a record of `of`."""
    return Field(primary_key=True, sa_type=Identifier, foreign_key=f"{of}.id")


def constraints(*own: SchemaItem) -> tuple[SchemaItem, ...]:
    """The constraints and indexes of a kind: its own, and those of its municipality.

    In a municipality the source key is unique, and records are listed by id.
    """
    source_key = sa.UniqueConstraint("municipality_id", "source", "source_key")
    return (*own, source_key, listed_by("municipality_id"))


def listed_by(column: str) -> sa.Index:
    """The index in which a list of the records with one value of a column is in order.

    The column is declared with `index=False`. For kinds with so many records of a value that
    sorting them takes longer than reading a page.
    """
    return sa.Index(None, column, "id")


def date_order(first: str, last: str) -> sa.CheckConstraint:
    """The CHECK that a period does not end before it starts."""
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
    """A UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then random bits."""
    return next(new_ids(1))


def new_ids(count: int) -> Iterator[uuid.UUID]:
    """Several UUIDv7 of one millisecond; the system is asked for random bytes once."""
    moment, noise = time.time_ns() // 1_000_000 & (1 << 48) - 1, os.urandom(_NOISE * count)
    same = moment << 80 | 0x7 << 76 | 0x2 << 62
    for at in range(0, len(noise), _NOISE):
        yield uuid.UUID(int=same | int.from_bytes(noise[at : at + _NOISE], "big") & _FREE)


_NOISE = 10
"""Random bytes of an id."""
_FREE = (1 << 80) - 1 & ~(0xF << 76 | 0x3 << 62)
"""The random bits; the others hold the version and the variant."""
