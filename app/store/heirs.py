"""Heirs: which record a merged one was merged into, so that its source key still leads there."""

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import ClassVar, NamedTuple

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.among import among
from app.database.slicing import slices
from app.database.transaction import Transaction
from app.findings import Finding
from app.model.columns import Identifier, Instant
from app.model.drafts import Draft, Stored
from app.model.faults import KEY_TAKEN
from app.model.resource import Resource
from app.model.rights import ROWS, Rights

Pair = tuple[uuid.UUID, str, str]
"""Municipality, source and key."""


class MergedRecord(SQLModel, table=True):
    """A merged record: its heir, and the source key that it had."""

    __tablename__ = "merged_records"
    rights: ClassVar[Rights] = ROWS
    __table_args__ = (
        sa.Index(None, "collection", "source", "source_key"),
        sa.Index(None, "heir_id"),
    )
    id: uuid.UUID = Field(primary_key=True, sa_type=Identifier)
    collection: str = Field(sa_type=sa.String(40))
    municipality_id: uuid.UUID = Field(
        sa_type=Identifier, foreign_key="municipalities.id", index=True
    )
    source: str | None = Field(sa_type=sa.String(128))
    source_key: str | None = Field(sa_type=sa.String(128))
    heir_id: uuid.UUID = Field(sa_type=Identifier)
    """Not a foreign key: once the heir is deleted, the merged key leads nowhere."""
    merged_at: datetime = Field(sa_type=Instant)


MERGED = SQLModel.metadata.tables["merged_records"]


def remember(tx: Transaction, collection: str, merged: Stored, heir_id: uuid.UUID) -> None:
    """Record a merger; earlier mergers into the merged record now lead to its heir."""
    earlier = sa.update(MERGED).where(MERGED.c.heir_id == merged.id)
    tx.execute(earlier.values(heir_id=heir_id))
    row = {name: merged.columns[name] for name in ("id", "municipality_id", "source", "source_key")}
    row |= {"collection": collection, "heir_id": heir_id, "merged_at": tx.now}
    tx.execute(sa.insert(MERGED), [row])


class Merged(NamedTuple):
    """A merged record with its source key."""

    id: uuid.UUID
    municipality_id: uuid.UUID
    source: str | None
    source_key: str | None


def merged_into(tx: Transaction, heir_id: uuid.UUID) -> list[Merged]:
    """The records that were merged into an heir."""
    query = sa.select(*(MERGED.c[name] for name in Merged._fields))
    return [Merged._make(row) for row in tx.execute(query.where(MERGED.c.heir_id == heir_id))]


def forget(tx: Transaction, heir_id: uuid.UUID) -> None:
    """Delete the records of mergers into an heir."""
    tx.execute(sa.delete(MERGED).where(MERGED.c.heir_id == heir_id))


def of_keys(tx: Transaction, resource: Resource, keys: Sequence[str]) -> dict[Pair, uuid.UUID]:
    """The heirs of merged records by pair, for source keys."""
    heirs_of: dict[Pair, uuid.UUID] = {}
    if not resource.has_heirs:
        return heirs_of
    for part in slices(set(keys)):
        for row in tx.execute(_known_by(), {"collection": resource.name, "keys": part}):
            heirs_of[row.municipality_id, row.source, row.source_key] = row.heir_id
    return heirs_of


def of_pair(
    tx: Transaction, resource: Resource, pair: tuple[str, str], homes: Collection[uuid.UUID]
) -> list[uuid.UUID]:
    """The heirs of merged records with this pair."""
    by_pair = of_keys(tx, resource, [pair[1]]).items()
    return [
        heir for (home, *key_pair), heir in by_pair if home in homes and tuple(key_pair) == pair
    ]


def as_known(stored: Stored, pair: tuple[str, str]) -> Stored:
    """The heir as the system with this pair may write it: under that system's source."""
    return replace(stored, columns={**stored.columns, "source": pair[0]})


@cache
def _known_by() -> sa.Select[*tuple[object, ...]]:
    mine = MERGED.c.collection == sa.bindparam("collection")
    return sa.select(MERGED).where(mine, among(MERGED.c.source_key, "keys"))


def taken(
    tx: Transaction, resource: Resource, drafts: Sequence[Draft]
) -> Iterator[tuple[Finding, uuid.UUID | None]]:
    """Findings for drafts that would take a merged record's pair, which leads to its heir."""
    changed = [
        draft for draft in drafts if draft.columns["source"] and draft.moves("source", "source_key")
    ]
    by_pair = of_keys(tx, resource, [draft.columns["source_key"] for draft in changed])
    for draft in changed if by_pair else ():
        pair = (draft.municipality_id, draft.columns["source"], draft.columns["source_key"])
        heir = by_pair.get(pair)  # type: ignore[arg-type]
        if heir and heir != draft.id:
            yield draft.finds(KEY_TAKEN, "/source_key"), heir
