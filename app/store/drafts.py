"""Drafts: records on their way in, beside what the store holds of them."""

import hashlib
import hmac
import uuid
from collections.abc import Collection, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.database.among import among, binding, is_alone, keyed
from app.database.slicing import MANY, slices
from app.database.transaction import Transaction
from app.model.columns import Set, fold_values
from app.model.declaration import table_of
from app.model.drafts import Draft, Stored
from app.model.record import PART_FIELDS, Part
from app.model.resource import Resource
from app.model.view import ALL, View, rows_in_view

__all__ = ["MANY", "slices"]


def lay_out(resource: Resource, draft: Draft, secret: bytes) -> None:
    """Spread a body over the columns and parts of the record, derived columns included."""
    body, plan = draft.body, _plan(resource)
    said, columns = body.__dict__, draft.columns
    columns |= {name: said[name] for name in plan.fields}
    for name in plan.sets:
        columns[name] = sorted(set(said[name]))
    for name in resource.parts:
        draft.parts[name] = [dict(item) for item in said[name]]
    for name in resource.remembers.keys() - body.model_fields_set if draft.stored else ():
        draft.parts[name] = resource.remembers[name](draft)
    for name, model in resource.embedded.items():
        inside = dict(said[name]) if said[name] is not None else {}
        columns |= {f"{name}_{inner}": inside.get(inner) for inner in model.model_fields}
    if draft.stored and body.source is None and "source" not in body.model_fields_set:
        columns |= {name: draft.stored.columns[name] for name in ("source", "source_key")}
    for name, hashed in plan.hashes:
        if hashed in body.model_fields_set:
            columns[name] = keyed_hash(secret, said[hashed])
        else:
            columns[name] = draft.was(name)


class _Plan(NamedTuple):
    """What a body's fields and a table's columns are to each other, found once for each kind."""

    fields: tuple[str, ...]
    """Those that have a column of their own."""
    sets: tuple[str, ...]
    hashes: tuple[tuple[str, str], ...]
    """Columns with the fields of which they keep the hash."""
    folds: tuple[tuple[str, tuple[str, ...], bool], ...]
    """Columns with the columns that they fold, and whether by a digest."""
    marks: tuple[tuple[str, str, str, tuple[str, ...]], ...]
    """Columns that note when, or by whom, another one reached one of some values."""
    entered_by: tuple[str, ...]


@cache
def _plan(resource: Resource) -> _Plan:
    columns = resource.table.columns
    own = [
        name
        for name in resource.write.model_fields
        if name not in resource.parts and name not in resource.embedded and name in columns
    ]
    return _Plan(
        tuple(name for name in own if name != "municipality_id"),
        tuple(name for name in own if isinstance(columns[name].type, Set)),
        tuple((each.name, each.info["hashes"]) for each in columns if "hashes" in each.info),
        # A key over long texts would not fit into a page of PostgreSQL's index.
        tuple(
            (each.name, each.info["folds"], bool(each.unique))
            for each in columns
            if "folds" in each.info
        ),
        tuple(
            (each.name, mark, *each.info[mark])
            for each in columns
            for mark in ("reached", "reached_by")
            if mark in each.info
        ),
        tuple(each.name for each in columns if "entered_by" in each.info),
    )


def changed_fields(resource: Resource, draft: Draft) -> tuple[str, ...]:
    """The fields that a draft gives a value, or another one than is stored."""
    before = draft.stored
    parts = [
        name for name, rows in draft.parts.items() if rows != (before.parts[name] if before else [])
    ]
    if before is None:
        columns = [name for name, value in draft.columns.items() if value is not None]
    else:
        was = before.columns
        columns = [name for name, value in draft.columns.items() if value != was.get(name)]
    fields = _fields_in(resource, tuple(columns))
    return (*fields, *parts) if parts else fields


@lru_cache(1_000)
def _fields_in(resource: Resource, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The fields that are kept in some of these columns; most records fill the same ones."""
    filled = set(columns)
    return tuple(name for name, kept in resource.kept_in.items() if filled & kept)


def fold_columns(resource: Resource, draft: Draft) -> None:
    """Keep the match keys of the draft's fields."""
    for name, folded, is_digest in _plan(resource).folds:
        key = fold_values([draft.columns[each] for each in folded])
        draft.columns[name] = digest(key) if is_digest else key


def digest(key: str) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(key.encode()).hexdigest()


def stamp(tx: Transaction, resource: Resource, draft: Draft) -> None:
    """Put down when a state was reached and by which key, and which organization entered it."""
    plan, key = _plan(resource), tx.caller.actor.key_id
    for name, mark, reached, values in plan.marks:
        if not draft.moves(reached):
            continue
        if draft.columns[reached] in values:
            by = str(key) if key else None
            draft.columns[name] = tx.now if mark == "reached" else by
        elif draft.stored is None:
            draft.columns[name] = None
    if draft.stored is None and plan.entered_by:
        draft.columns |= dict.fromkeys(plan.entered_by, tx.caller.organization_id)


def keyed_hash(secret: bytes, value: str | None) -> str | None:
    """HMAC-SHA-256 in hexadecimal; without the secret it tells nothing of the value."""
    if value is None:
        return None
    return hmac.new(secret, value.encode(), hashlib.sha256).hexdigest()


def load(tx: Transaction, resource: Resource, condition: sa.ColumnElement[bool]) -> list[Stored]:
    """The stored records in the caller's view that meet a condition, locked until the end."""
    seen = tx.seen(resource.name, resource.table)
    return _loaded(tx, resource, tx.execute(_locked(resource, condition, seen)))


def load_by(tx: Transaction, resource: Resource, **values: Collection[Any]) -> list[Stored]:
    """The stored records in the caller's view whose columns are among the values, locked."""
    wanted = _by(resource, tx.caller.view(resource.name), tuple(values), is_alone(values))
    return _loaded(tx, resource, tx.execute(wanted, {**tx.caller.bindings, **binding(values)}))


def load_whole(tx: Transaction, resource: Resource, **values: Collection[Any]) -> list[Stored]:
    """As `load_by`, in whoever's view the records are."""
    wanted = _by(resource, ALL, tuple(values), is_alone(values))
    return _loaded(tx, resource, tx.execute(wanted, binding(values)))


def altered(stored: Stored, **columns: Any) -> Draft:
    """A draft that changes some columns of a stored record, and keeps all others."""
    draft = Draft(_NO_BODY, stored)
    kept = {name: value for name, value in stored.columns.items() if name not in _OWN}
    draft.columns, draft.parts = kept | columns, dict(stored.parts)
    draft.municipality_id = stored.columns["municipality_id"]
    return draft


_OWN = frozenset({"id", "version", "created_at", "updated_at"})
"""Columns that writing a draft fills."""
_NO_BODY: Any = None


@cache
def _by(
    resource: Resource,
    view: View,
    names: tuple[str, ...],
    alone: bool,  # noqa: FBT001 - a cache knows arguments by their place
) -> sa.Select[Any]:
    condition = keyed(resource.table, names, alone=alone)
    return _locked(resource, condition, rows_in_view(resource.table, view, {}))


def _locked(
    resource: Resource, condition: sa.ColumnElement[bool], seen: sa.ColumnElement[bool]
) -> sa.Select[Any]:
    wanted = sa.select(resource.table).where(condition, seen).order_by(resource.table.c.id)
    return wanted.with_for_update(of=resource.table)


def _loaded(tx: Transaction, resource: Resource, found: sa.CursorResult[Any]) -> list[Stored]:
    names = resource.table.c.keys()
    rows = {row.id: dict(zip(names, row, strict=True)) for row in found}
    parts = {name: _load_parts(tx, part, list(rows)) for name, part in resource.parts.items()}
    return [
        Stored(columns, {name: lists.get(key, []) for name, lists in parts.items()})
        for key, columns in rows.items()
    ]


def _load_parts(
    tx: Transaction, part: type[Part], owners: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[dict[str, Any]]]:
    lists: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for some in slices(owners):
        rows = tx.execute(_parts_of(table_of(part)), {"owners": some}).mappings()
        for row in rows:
            item = {name: value for name, value in row.items() if name not in PART_FIELDS}
            lists.setdefault(row["owner_id"], []).append(item)
    return lists


@cache
def _parts_of(table: sa.Table) -> sa.Select[Any]:
    owned = sa.select(table).where(among(table.c.owner_id, "owners"))
    return owned.order_by(table.c.owner_id, table.c.place)
