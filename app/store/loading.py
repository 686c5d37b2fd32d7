"""Loading: reads stored records with their parts, and locks them until the end."""

import uuid
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from app.database.among import among, binding, is_alone, keyed
from app.database.slicing import slices
from app.database.transaction import Transaction
from app.model.declaration import table_of
from app.model.drafts import Stored
from app.model.record import PART_FIELDS, Part
from app.model.resource import Resource
from app.model.view import ALL, View, rows_in_view


def load(tx: Transaction, resource: Resource, condition: sa.ColumnElement[bool]) -> list[Stored]:
    """The records in the caller's view that meet a condition, locked until the end."""
    seen = tx.seen(resource.name, resource.table)
    return _loaded(tx, resource, tx.execute(_locked(resource, condition, seen)))


def load_by(tx: Transaction, resource: Resource, **values: Collection[object]) -> list[Stored]:
    """The records in the caller's view with these values in their columns, locked."""
    query = _by(resource, tx.caller.view(resource.name), tuple(values), is_alone(values))
    return _loaded(tx, resource, tx.execute(query, {**tx.caller.bindings, **binding(values)}))


def load_whole(tx: Transaction, resource: Resource, **values: Collection[object]) -> list[Stored]:
    """Like `load_by`, but regardless of the caller's view."""
    query = _by(resource, ALL, tuple(values), is_alone(values))
    return _loaded(tx, resource, tx.execute(query, binding(values)))


@cache
def _by(
    resource: Resource,
    view: View,
    names: tuple[str, ...],
    alone: bool,  # noqa: FBT001 - a cache knows arguments by their place
) -> sa.Select[*tuple[object, ...]]:
    condition = keyed(resource.table, names, alone=alone)
    return _locked(resource, condition, rows_in_view(resource.table, view, {}))


def _locked(
    resource: Resource, condition: sa.ColumnElement[bool], seen: sa.ColumnElement[bool]
) -> sa.Select[*tuple[object, ...]]:
    query = sa.select(resource.table).where(condition, seen).order_by(resource.table.c.id)
    return query.with_for_update(of=resource.table)


def _loaded(tx: Transaction, resource: Resource, result: sa.CursorResult[Any]) -> list[Stored]:
    names = resource.table.c.keys()
    rows = {row.id: dict(zip(names, row, strict=True)) for row in result}
    parts = {name: _load_parts(tx, part, list(rows)) for name, part in resource.parts.items()}
    return [
        Stored(columns, {name: lists.get(key, []) for name, lists in parts.items()})
        for key, columns in rows.items()
    ]


def _load_parts(
    tx: Transaction, part: type[Part], owners: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[dict[str, object]]]:
    lists: dict[uuid.UUID, list[dict[str, object]]] = {}
    for part_of_owners in slices(owners):
        rows = tx.execute(_parts_of(table_of(part)), {"owners": part_of_owners}).mappings()
        for row in rows:
            item = {name: value for name, value in row.items() if name not in PART_FIELDS}
            lists.setdefault(row["owner_id"], []).append(item)
    return lists


@cache
def _parts_of(table: sa.Table) -> sa.Select[*tuple[object, ...]]:
    owned = sa.select(table).where(among(table.c.owner_id, "owners"))
    return owned.order_by(table.c.owner_id, table.c.place)
