"""Placing: a draft laid out over its columns, in the municipality that it belongs to."""

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
from app.model.resource import Resource
from app.model.view import View, rows_in_view
from app.store.layout import fold_columns, lay_out


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


def place(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> list[Finding]:
    """Lay the drafts out and give each its municipality; unknown references are the findings."""
    for draft in drafts:
        lay_out(resource, draft, tx.secret)
    said = [_references_of(resource, draft) for draft in drafts]
    homes = _homes_of(tx, resource, drafts, said)
    settled = (
        _settle(tx, resource, draft, references, homes)
        for draft, references in zip(drafts, said, strict=True)
    )
    return list(chain.from_iterable(settled))


def _settle(
    tx: Transaction,
    resource: Resource,
    draft: Draft,
    references: Sequence[Reference],
    homes: Homes,
) -> Iterator[Finding]:
    found = [homes[spot.target].get(record_id, LOST) for spot, record_id in references]
    lost = [spot for (spot, _), home in zip(references, found, strict=True) if home is LOST]
    for spot in lost:
        yield draft.finds(UNKNOWN_REFERENCE, spot.pointer)
    if resource.owns:
        yield from _settle_where_said(tx, resource, draft)
    elif resource.hangs_on:
        _settle_where_it_hangs(resource, draft, references, found)
    else:
        draft.municipality_id = draft.id
    draft.columns["municipality_id"] = draft.municipality_id
    fold_columns(resource, draft)
    yield from tx.caller.strays(resource, draft)
    if lost:
        return
    own = draft.municipality_id
    for (spot, _), home in zip(references, found, strict=True):
        # Most often it is the very same object; ids are slow to compare.
        if home is not own and home != own and spot.is_bound:
            yield draft.finds(OTHER_MUNICIPALITY, spot.pointer)


def _settle_where_it_hangs(
    resource: Resource, draft: Draft, references: Sequence[Reference], found: Sequence[Any]
) -> None:
    """Give a record the municipality of the first of its parents that it names."""
    for name in resource.hangs_on:
        pointer = f"/{name}"
        for (spot, _), home in zip(references, found, strict=True):
            if spot.pointer == pointer:
                draft.municipality_id = None if home is LOST else home
                return


def _settle_where_said(tx: Transaction, resource: Resource, draft: Draft) -> Iterator[Finding]:
    """Give a record the municipality that it names, or has, or else the caller's own."""
    said = getattr(draft.body, "municipality_id", None)
    was = draft.was("municipality_id")
    is_said = "municipality_id" in draft.body.model_fields_set
    draft.municipality_id = said or was or (None if is_said else tx.caller.home)
    if not draft.municipality_id and not resource.is_shareable:
        yield draft.finds(MISSING, "/municipality_id")
    elif draft.stored and said and said != was:
        yield draft.finds(IMMUTABLE, "/municipality_id")


def _homes_of(
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
def _sharing(target: sa.Table, view: View) -> sa.Select[*tuple[object, ...]]:
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


def _references_of(resource: Resource, draft: Draft) -> list[Reference]:
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


def _spot(column: sa.Column[object], within: str = "") -> Spot:
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
