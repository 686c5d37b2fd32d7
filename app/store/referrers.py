"""Referrers: the records that refer to a record and so prevent its deletion."""

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
    """Referring collections, each with the count and up to 20 ids of visible records."""
    entries = []
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
            first_ids = tx.execute(seen.order_by(holders.c.id).limit(20)).scalars().all()
            entries.append((collection, int(tx.execute(counted).scalar_one()), list(first_ids)))
    return _by_collection(entries)


def _by_collection(
    entries: Iterable[tuple[str, int, list[uuid.UUID]]],
) -> list[tuple[str, int, list[uuid.UUID]]]:
    """One entry for each collection, as a record may refer by several columns."""
    counts: Counter[str] = Counter()
    ids: dict[str, list[uuid.UUID]] = defaultdict(list)
    for collection, count, some_ids in entries:
        counts[collection] = max(counts[collection], count)
        ids[collection] += [key for key in some_ids if key not in ids[collection]]
    return [(name, max(count, len(ids[name])), ids[name][:20]) for name, count in counts.items()]
