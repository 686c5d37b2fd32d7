"""Referrers: who refers to a record, and so stands in the way of its delete."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.transaction import Transaction
from app.model.graph import references_to
from app.model.resource import Resource


def referrers(
    tx: Transaction, resource: Resource, record_id: uuid.UUID
) -> list[tuple[str, int, list[uuid.UUID]]]:
    """Who refers to a record: collection, and of what the caller sees count and up to 20 ids."""
    found = []
    for collection, column in references_to(resource.table):
        table = column.table
        owner = table.c["owner_id" if "owner_id" in table.c else "id"]
        condition = column == record_id
        if column.name == "municipality_id" and table is resource.table:
            condition &= table.c.id != record_id
        holders = SQLModel.metadata.tables[collection]
        rows = sa.select(owner).where(condition).distinct()
        seen = sa.select(holders.c.id).where(holders.c.id.in_(rows), tx.seen(collection, holders))
        if tx.execute(rows.limit(1)).first():
            counted = sa.select(sa.func.count()).select_from(seen.subquery())
            some = tx.execute(seen.order_by(holders.c.id).limit(20)).scalars().all()
            found.append((collection, int(tx.execute(counted).scalar_one()), list(some)))
    return _by_collection(found)


def _by_collection(
    found: Iterable[tuple[str, int, list[uuid.UUID]]],
) -> list[tuple[str, int, list[uuid.UUID]]]:
    """One entry per collection: a record may refer by several of its columns."""
    counts: Counter[str] = Counter()
    ids: dict[str, list[uuid.UUID]] = defaultdict(list)
    for collection, count, some in found:
        counts[collection] = max(counts[collection], count)
        ids[collection] += [key for key in some if key not in ids[collection]]
    return [(name, max(count, len(ids[name])), ids[name][:20]) for name, count in counts.items()]
