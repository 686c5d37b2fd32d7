"""References: who refers to whom, in which municipality, and what stands in the way of a delete."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.store.drafts import Draft, slices
from app.store.resource import Resource, table_of

if TYPE_CHECKING:
    from app.store.database import Transaction


def referrers(
    tx: "Transaction", resource: Resource, record_id: uuid.UUID
) -> list[tuple[str, int, list[uuid.UUID]]]:
    """Who refers to a record: collection, and of what the caller sees count and up to 20 ids."""
    found = []
    for collection, column in _references_to(resource.table):
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


def homes_of(
    tx: "Transaction", resource: Resource, drafts: Sequence[Draft]
) -> dict[tuple[str, uuid.UUID], uuid.UUID | None]:
    """The municipality of every record that the drafts refer to, one query per collection.

    A record that the caller does not see is as unknown as one that does not exist, but for a
    reference that is stored already: to who reads the row it is plain data.
    """
    wanted: dict[sa.Table, set[uuid.UUID]] = defaultdict(set)
    for draft in drafts:
        for _, column, value in references_of(resource, draft):
            wanted[target_of(column)].add(value)
    held = _held(resource, drafts)
    homes: dict[tuple[str, uuid.UUID], uuid.UUID | None] = {}
    for target, ids in wanted.items():
        seen = tx.seen(target.name, target)
        for some in slices(ids):
            known = seen | target.c.id.in_(held[target] & set(some)) if held[target] else seen
            # A share of the row: whoever deletes it meanwhile waits, and then finds the reference.
            rows = tx.execute(
                sa.select(target.c.id, target.c.municipality_id)
                .where(target.c.id.in_(some), known)
                .with_for_update(key_share=True, read=True, of=target)
            )
            homes |= {(target.name, row.id): row.municipality_id for row in rows}
    batch = {draft.id for draft in drafts}
    for draft in drafts:
        for _, column, value in references_of(resource, draft):
            if value in batch and target_of(column) is resource.table:
                homes.setdefault((resource.name, value), draft.municipality_id)
    return homes


def _held(resource: Resource, drafts: Sequence[Draft]) -> dict[sa.Table, set[uuid.UUID]]:
    """The references that the drafts' records hold already."""
    held: dict[sa.Table, set[uuid.UUID]] = defaultdict(set)
    for draft in drafts:
        if not draft.stored:
            continue
        for column in _reference_columns(resource.table):
            if value := draft.stored.columns[column.name]:
                held[target_of(column)].add(value)
        for name, part in resource.parts.items():
            for column in _reference_columns(table_of(part)):
                values = (item.get(column.name) for item in draft.stored.parts[name])
                held[target_of(column)] |= {value for value in values if value}
    return held


def references_of(
    resource: Resource, draft: Draft
) -> Iterator[tuple[str, sa.Column[Any], uuid.UUID]]:
    """Every reference that a draft makes: where it stands, its column, the id."""
    for column in _reference_columns(resource.table):
        if (value := draft.columns.get(column.name)) and _is_said(resource, column):
            yield f"/{column.name}", column, value
    for name, part in resource.parts.items():
        for column in _reference_columns(table_of(part)):
            for place_in_list, item in enumerate(draft.parts[name]):
                if value := item.get(column.name):
                    yield f"/{name}/{place_in_list}/{column.name}", column, value
    said = getattr(draft.body, "municipality_id", None)
    if said and resource.owns:
        yield "/municipality_id", resource.table.c.municipality_id, said


def _is_said(resource: Resource, column: sa.Column[Any]) -> bool:
    return column.name != "municipality_id" and column.name in resource.write.model_fields


@cache
def _reference_columns(table: sa.Table) -> tuple[sa.Column[Any], ...]:
    return tuple(
        column for column in table.columns if column.foreign_keys and column.name != "owner_id"
    )


def target_of(column: sa.Column[Any]) -> sa.Table:
    return next(iter(column.foreign_keys)).column.table


@cache
def _references_to(table: sa.Table) -> tuple[tuple[str, sa.Column[Any]], ...]:
    """Every column anywhere that refers to a table, with the collection it counts for."""
    found = []
    for other in SQLModel.metadata.sorted_tables:
        for column in other.columns:
            if column.name == "owner_id" and table is target_of(column):
                continue
            if column.foreign_keys and target_of(column) is table:
                owner = other.c.get("owner_id")
                found.append((target_of(owner).name if owner is not None else other.name, column))
    return tuple(found)


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
