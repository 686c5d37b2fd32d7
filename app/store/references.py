"""References: who refers to whom, in which municipality, and what stands in the way of a delete."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.among import among
from app.database.slicing import slices
from app.database.transaction import Transaction
from app.model.declaration import table_of
from app.model.drafts import Draft
from app.model.graph import reference_columns, references_to, target_of
from app.model.resource import Resource
from app.model.view import View, rows_in_view


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


class Spot(NamedTuple):
    """A place in a body that refers to another record."""

    pointer: str
    target: sa.Table
    is_bound: bool
    """Whether it must lead to a record of the same municipality."""


Reference = tuple[Spot, uuid.UUID]
"""A record that a draft refers to. Plain: a list of thousands of rows makes three of each."""


LOST: Any = object()
"""The home of what does not exist, or not for the caller."""

Homes = dict[sa.Table, dict[uuid.UUID, uuid.UUID | None]]
"""By table and id: the municipalities of records."""


def homes_of(
    tx: Transaction,
    resource: Resource,
    drafts: Sequence[Draft],
    said: Sequence[Sequence[Reference]],
) -> Homes:
    """The municipality of every record that the drafts refer to, one query per collection.

    A record that the caller does not see is as unknown as one that does not exist, but for a
    reference that is stored already: to who reads the row it is plain data.
    """
    wanted: dict[sa.Table, set[uuid.UUID]] = defaultdict(set)
    for spot, record_id in chain.from_iterable(said):
        wanted[spot.target].add(record_id)
    held = _held(resource, drafts)
    homes = {target: _shared(tx, target, ids, held[target]) for target, ids in wanted.items()}
    if (own := homes.get(resource.table)) is not None:
        mentioned = wanted[resource.table]
        for draft in drafts:
            if draft.id in mentioned:
                own.setdefault(draft.id, draft.municipality_id)
    return homes


def _shared(
    tx: Transaction, target: sa.Table, ids: set[uuid.UUID], held: set[uuid.UUID]
) -> dict[uuid.UUID, uuid.UUID | None]:
    """The municipalities of records of a table, of which the transaction takes a share.

    What it has a share of stays as it is until its end, and the next rows of a list are mostly
    about the same records.
    """
    kept = tx.shares.setdefault(target.name, {})
    if len(kept) > _KEPT:
        kept.clear()
    awaited = tx.awaited.get(target.name, {})
    found = {key: kept[key] for key in ids & kept.keys()}
    found |= {key: awaited[key] for key in ids & awaited.keys()}
    same = {home: home for home in found.values()}
    statement = _sharing(target, tx.caller.view(target.name))
    for some in slices(ids - found.keys()):
        bound = {**tx.caller.bindings, "ids": some, "held": held.intersection(some)}
        rows: Any = tx.execute(statement, bound)
        found |= {key: same.setdefault(home, home) for key, home in rows}
    # What is known only to those who hold it already is not kept for the others, and what may
    # never be made is not kept at all.
    private = held | awaited.keys()
    kept |= found if not private else {key: found[key] for key in found.keys() - private}
    return found


_KEPT = 10_000
"""Records of a table that are remembered until the next ones are looked for."""


@cache
def _sharing(target: sa.Table, view: View) -> sa.Select[Any]:
    known = rows_in_view(target, view, {}) | among(target.c.id, "held")
    # A share of the row: whoever deletes it meanwhile waits, and then finds the reference.
    return (
        sa.select(target.c.id, target.c.municipality_id)
        .where(among(target.c.id, "ids"), known)
        .with_for_update(key_share=True, read=True, of=target)
    )


def _held(resource: Resource, drafts: Sequence[Draft]) -> dict[sa.Table, set[uuid.UUID]]:
    """The references that the drafts' records hold already."""
    held: dict[sa.Table, set[uuid.UUID]] = defaultdict(set)
    for draft in drafts:
        if not draft.stored:
            continue
        for column in reference_columns(resource.table):
            if value := draft.stored.columns[column.name]:
                held[target_of(column)].add(value)
        for name, part in resource.parts.items():
            for column in reference_columns(table_of(part)):
                values = (item.get(column.name) for item in draft.stored.parts[name])
                held[target_of(column)] |= {value for value in values if value}
    return held


def references_of(resource: Resource, draft: Draft) -> list[Reference]:
    """Every reference that a draft makes."""
    columns = draft.columns
    found = [(spot, value) for name, spot in _spots(resource) if (value := columns.get(name))]
    for name, part in resource.parts.items():
        for column in reference_columns(table_of(part)):
            for place_in_list, item in enumerate(draft.parts[name]):
                if value := item.get(column.name):
                    found.append((_spot(column, f"/{name}/{place_in_list}"), value))
    if resource.owns and (said := getattr(draft.body, "municipality_id", None)):
        found.append((_spot(resource.table.c.municipality_id), said))
    return found


def _spot(column: sa.Column[Any], within: str = "") -> Spot:
    is_bound = column.name != "municipality_id" and not column.info.get("beyond")
    return Spot(f"{within}/{column.name}", target_of(column), is_bound)


@cache
def _spots(resource: Resource) -> tuple[tuple[str, Spot], ...]:
    """The columns of a row by which a body refers to other records, with what they are in it."""
    return tuple(
        (column.name, _spot(column))
        for column in reference_columns(resource.table)
        if column.name != "municipality_id" and column.name in resource.write.model_fields
    )


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
