"""Placing: spreads drafts over their columns, resolves references and finds the municipality."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.database.among import among
from app.database.slicing import slices
from app.database.transaction import Transaction
from app.findings import Finding
from app.model.declaration import table_of
from app.model.drafts import Draft
from app.model.faults import IMMUTABLE, MISSING, OTHER_MUNICIPALITY, UNKNOWN_REFERENCE
from app.model.graph import reference_columns, target_of
from app.model.match_keys import fold_columns
from app.model.resource import Resource
from app.model.view import View, rows_in_view
from app.store.layout import lay_out


class Spot(NamedTuple):
    """A place in a body that refers to another record."""

    pointer: str
    target: sa.Table
    is_bound: bool
    """Whether the record must be of the same municipality."""


Reference = tuple[Spot, uuid.UUID]
"""A reference of a draft. A plain tuple, as a list of thousands of rows makes three for each."""


LOST: Any = object()
"""The municipality of a record that does not exist or that the caller cannot see."""

Homes = dict[sa.Table, dict[uuid.UUID, uuid.UUID | None]]
"""Municipalities of records, by table and id."""


def place(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> list[Finding]:
    """Lay out the drafts and find their municipalities; returns findings (unknown references)."""
    for draft in drafts:
        lay_out(resource, draft, tx.secret)
    references_of = [_references_of(resource, draft) for draft in drafts]
    homes = _homes_of(tx, resource, drafts, references_of)
    settled = (
        _settle(tx, resource, draft, references, homes)
        for draft, references in zip(drafts, references_of, strict=True)
    )
    return list(chain.from_iterable(settled))


def _settle(
    tx: Transaction,
    resource: Resource,
    draft: Draft,
    references: Sequence[Reference],
    homes: Homes,
) -> Iterator[Finding]:
    homes_found = [homes[spot.target].get(record_id, LOST) for spot, record_id in references]
    lost = [spot for (spot, _), home in zip(references, homes_found, strict=True) if home is LOST]
    for spot in lost:
        yield draft.finds(UNKNOWN_REFERENCE, spot.pointer)
    if resource.owns:
        yield from _settle_where_said(tx, resource, draft)
    elif resource.hangs_on:
        _settle_where_it_hangs(resource, draft, references, homes_found)
    else:
        draft.municipality_id = draft.id
    draft.columns["municipality_id"] = draft.municipality_id
    fold_columns(resource, draft)
    yield from tx.caller.strays(resource, draft)
    if lost:
        return
    own = draft.municipality_id
    for (spot, _), home in zip(references, homes_found, strict=True):
        # Identity is checked first: it usually holds, and UUIDs are slow to compare.
        if home is not own and home != own and spot.is_bound:
            yield draft.finds(OTHER_MUNICIPALITY, spot.pointer)


def _settle_where_it_hangs(
    resource: Resource, draft: Draft, references: Sequence[Reference], homes_found: Sequence[Any]
) -> None:
    """Give a draft the municipality of the first parent that it names."""
    for name in resource.hangs_on:
        pointer = f"/{name}"
        for (spot, _), home in zip(references, homes_found, strict=True):
            if spot.pointer == pointer:
                draft.municipality_id = None if home is LOST else home
                return


def _settle_where_said(tx: Transaction, resource: Resource, draft: Draft) -> Iterator[Finding]:
    """Give a draft the municipality that it names or has, else the caller's."""
    named = getattr(draft.body, "municipality_id", None)
    was = draft.was("municipality_id")
    is_said = "municipality_id" in draft.body.model_fields_set
    draft.municipality_id = named or was or (None if is_said else tx.caller.home)
    if not draft.municipality_id and not resource.is_shareable:
        yield draft.finds(MISSING, "/municipality_id")
    elif draft.stored and named and named != was:
        yield draft.finds(IMMUTABLE, "/municipality_id")


def _homes_of(
    tx: Transaction,
    resource: Resource,
    drafts: Sequence[Draft],
    references_of: Sequence[Sequence[Reference]],
) -> Homes:
    """The municipalities of all referenced records, one query for each collection.

    A record outside the caller's view counts as unknown, unless the stored record refers to it
    already: whoever reads that record knows the reference.
    """
    ids_of: dict[sa.Table, set[uuid.UUID]] = defaultdict(set)
    for spot, record_id in chain.from_iterable(references_of):
        ids_of[spot.target].add(record_id)
    held = _held(resource, drafts)
    homes = {target: _shared(tx, target, ids, held[target]) for target, ids in ids_of.items()}
    if (own := homes.get(resource.table)) is not None:
        mentioned = ids_of[resource.table]
        for draft in drafts:
            if draft.id in mentioned:
                own.setdefault(draft.id, draft.municipality_id)
    return homes


def _shared(
    tx: Transaction, target: sa.Table, ids: set[uuid.UUID], held: set[uuid.UUID]
) -> dict[uuid.UUID, uuid.UUID | None]:
    """The municipalities of records of a table, share-locked until the end of the transaction.

    Locked records cannot change before the end, and the next rows of a list mostly refer to the
    same ones, so they are cached.
    """
    cached = tx.shares.setdefault(target.name, {})
    if len(cached) > _KEPT:
        cached.clear()
    awaited = tx.awaited.get(target.name, {})
    known = {key: cached[key] for key in ids & cached.keys()}
    known |= {key: awaited[key] for key in ids & awaited.keys()}
    same = {home: home for home in known.values()}
    statement = _sharing(target, tx.caller.view(target.name))
    for part in slices(ids - known.keys()):
        bound = {**tx.caller.bindings, "ids": part, "held": held.intersection(part)}
        rows: Any = tx.execute(statement, bound)
        known |= {key: same.setdefault(home, home) for key, home in rows}
    # Records visible only through stored references are not cached for other rows, and awaited
    # ones, which may never be created, are not cached at all.
    private = held | awaited.keys()
    cached |= known if not private else {key: known[key] for key in known.keys() - private}
    return known


_KEPT = 10_000
"""Records of a table that are cached at most."""


@cache
def _sharing(target: sa.Table, view: View) -> sa.Select[*tuple[object, ...]]:
    is_known = rows_in_view(target, view, {}) | among(target.c.id, "held")
    # A share lock: deleting the record waits for this transaction and then finds the reference.
    return (
        sa.select(target.c.id, target.c.municipality_id)
        .where(among(target.c.id, "ids"), is_known)
        .with_for_update(key_share=True, read=True, of=target)
    )


def _held(resource: Resource, drafts: Sequence[Draft]) -> dict[sa.Table, set[uuid.UUID]]:
    """The references that the drafts' stored records have already."""
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


def _references_of(resource: Resource, draft: Draft) -> list[Reference]:
    """All references of a draft."""
    columns = draft.columns
    references = [(spot, value) for name, spot in _spots(resource) if (value := columns.get(name))]
    for name, part in resource.parts.items():
        for column in reference_columns(table_of(part)):
            for place_in_list, item in enumerate(draft.parts[name]):
                if value := item.get(column.name):
                    references.append((_spot(column, f"/{name}/{place_in_list}"), value))
    if resource.owns and (municipality_id := getattr(draft.body, "municipality_id", None)):
        references.append((_spot(resource.table.c.municipality_id), municipality_id))
    return references


def _spot(column: sa.Column[object], within: str = "") -> Spot:
    is_bound = column.name != "municipality_id" and not column.info.get("beyond")
    return Spot(f"{within}/{column.name}", target_of(column), is_bound)


@cache
def _spots(resource: Resource) -> tuple[tuple[str, Spot], ...]:
    """The columns of a row that refer to other records, with their places in the body."""
    return tuple(
        (column.name, _spot(column))
        for column in reference_columns(resource.table)
        if column.name != "municipality_id" and column.name in resource.write.model_fields
    )
