"""Natural keys: finds drafts whose key another record has."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import sqlalchemy as sa

from app.database.among import among, binding, is_alone, keyed
from app.database.slicing import slices
from app.database.transaction import Transaction
from app.findings import Finding
from app.model.drafts import Draft
from app.model.faults import (
    CONFLICT_ELSEWHERE,
    KEY_TAKEN,
    TWICE_IN_BATCH,
)
from app.model.resource import NaturalKey, Resource


def taken(
    tx: Transaction,
    resource: Resource,
    key: NaturalKey,
    drafts: Sequence[Draft],
    *,
    is_asked: bool = True,
) -> Iterator[tuple[Finding, uuid.UUID | None]]:
    """Findings for drafts whose key is taken, with the holder's id if the caller can see it.

    With `is_asked` false no query is made, as the keys were looked up just before.
    """
    moved = (draft for draft in drafts if draft.moves(*key.columns))
    wanting = [(draft, values) for draft in moved if (values := _values(draft, key))]
    if not wanting:
        return
    held = _holders(tx, resource, key, wanting) if is_asked else {}
    drafted = {draft.id for draft in drafts} if held else set()
    seen = _seen(tx, resource, held.values())
    spot = _spot(resource, key)
    first: dict[tuple[object, ...], uuid.UUID] = {}
    for draft, values in wanting:
        holder = held.get(draft.id) if held else None
        if holder and holder != draft.id and holder not in drafted:
            if holder in seen:
                yield draft.finds(KEY_TAKEN, spot), holder
            else:
                yield draft.finds(CONFLICT_ELSEWHERE, spot), None
        elif first.setdefault(values, draft.id) is not draft.id:
            yield draft.finds(TWICE_IN_BATCH, spot), first[values]


def holders(
    tx: Transaction, resource: Resource, key: NaturalKey, drafts: Sequence[Draft]
) -> dict[uuid.UUID, uuid.UUID]:
    """The ids of the records with the drafts' natural keys, by draft and regardless of view."""
    wanting = [(draft, values) for draft in drafts if (values := _values(draft, key))]
    return _holders(tx, resource, key, wanting)


def _holders(
    tx: Transaction,
    resource: Resource,
    key: NaturalKey,
    wanting: Sequence[tuple[Draft, tuple[object, ...]]],
) -> dict[uuid.UUID, uuid.UUID]:
    ids: dict[tuple[object, ...], uuid.UUID] = {}
    for part in slices(values for _, values in wanting):
        values = dict(zip(key.columns, map(set, zip(*part, strict=True)), strict=True))
        rows = tx.execute(_holding(resource.table, key, is_alone(values)), binding(values))
        ids |= {tuple(row[1:]): row.id for row in rows}
    if not ids:
        return {}
    return {draft.id: ids[values] for draft, values in wanting if values in ids}


@cache
def _holding(
    table: sa.Table,
    key: NaturalKey,
    alone: bool,  # noqa: FBT001 - a cache knows arguments by their place
) -> sa.Select[*tuple[object, ...]]:
    columns = [table.c[name] for name in key.columns]
    # All columns are compared, so that the key's index is used; the caller compares whole keys.
    query = sa.select(table.c.id, *columns).where(keyed(table, key.columns, alone=alone))
    return query.where(table.c[key.unless].is_(None)) if key.unless else query


def _seen(tx: Transaction, resource: Resource, ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    table = resource.table
    ids_seen: set[uuid.UUID] = set()
    for part in slices(ids):
        rows = sa.select(table.c.id).where(among(table.c.id, "ids"), tx.seen(resource.name, table))
        ids_seen |= set(tx.execute(rows, {"ids": part}).scalars())
    return ids_seen


def _values(draft: Draft, key: NaturalKey) -> tuple[object, ...] | None:
    """The draft's values of a natural key; None if it is exempt or a value is absent."""
    columns = draft.columns
    if key.unless and columns[key.unless] is not None:
        return None
    for name in key.columns:
        if columns[name] is None:
            return None
    return tuple([columns[name] for name in key.columns])


def _spot(resource: Resource, key: NaturalKey) -> str:
    folds = resource.table.c[key.columns[-1]].info.get("folds", key.columns)
    hashed = resource.table.c[key.columns[-1]].info.get("hashes")
    return f"/{hashed or folds[-1]}"
