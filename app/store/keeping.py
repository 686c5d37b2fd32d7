"""Keeping: writes checked drafts as rows, with their parts and their journal entries."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import cache, lru_cache

import sqlalchemy as sa

from app.acts import Entry
from app.database.among import among
from app.database.slicing import slices
from app.database.transaction import Transaction
from app.journal import positions
from app.model.declaration import table_of
from app.model.drafts import Draft, Stored
from app.model.record import Part
from app.model.resource import Resource
from app.problems import Stale
from app.store import heirs


def keep(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> list[Draft]:
    """Write the changed drafts with their journal entries; returns those written."""
    changed = [draft for draft in drafts if draft.is_changed]
    made = [draft for draft in changed if draft.stored is None]
    for draft in changed:
        _stamp(tx, resource, draft)
        if draft.stored:
            draft.version += 1
    if len(made) == 1 and made[0].columns["source"] is not None:
        _insert_alone(tx, resource, made[0])
    elif made:
        _continue_versions(tx, resource, made)
        tx.insert(resource.table, [_row(draft, tx.now) for draft in made])
    _update(tx, resource.table, [draft for draft in changed if draft.stored])
    for name, part in resource.parts.items():
        _keep_parts(tx, name, part, changed)
    tx.entries.extend([_entry(resource, draft) for draft in changed])
    return changed


def remove(tx: Transaction, resource: Resource, stored: Stored) -> None:
    """Delete a record with its parts; the journal keeps its key and last version."""
    for part in resource.parts.values():
        table = table_of(part)
        tx.execute(sa.delete(table).where(table.c.owner_id == stored.id))
    tx.execute(sa.delete(resource.table).where(resource.table.c.id == stored.id))
    if resource.has_heirs:
        heirs.forget(tx, stored.id)
    tx.shares.clear()
    columns = stored.columns
    tx.entries.append(
        Entry(
            resource.name,
            str(stored.id),
            _text(columns["municipality_id"]),
            stored.version + 1,
            columns["source"],
            columns["source_key"],
            "delete",
        )
    )


def _stamp(tx: Transaction, resource: Resource, draft: Draft) -> None:
    """Set when a state was reached and by which key, and which organization entered the record."""
    key = tx.caller.actor.key_id
    for name, mark, reached, values in _marks(resource):
        if not draft.moves(reached):
            continue
        if draft.columns[reached] in values:
            by = str(key) if key else None
            draft.columns[name] = tx.now if mark == "reached" else by
        elif draft.stored is None:
            draft.columns[name] = None
    if draft.stored is None and (names := _entered_by(resource)):
        draft.columns |= dict.fromkeys(names, tx.caller.organization_id)


@cache
def _marks(resource: Resource) -> tuple[tuple[str, str, str, tuple[str, ...]], ...]:
    """Columns that record when, or by which key, another column reached one of some values."""
    return tuple(
        (column.name, mark, *column.info[mark])
        for column in resource.table.columns
        for mark in ("reached", "reached_by")
        if mark in column.info
    )


@cache
def _entered_by(resource: Resource) -> tuple[str, ...]:
    return tuple(column.name for column in resource.table.columns if "entered_by" in column.info)


def _continue_versions(tx: Transaction, resource: Resource, made: Sequence[Draft]) -> None:
    """Let a record made under a deleted record's key continue its version."""
    keyed = [draft for draft in made if draft.columns["source"]]
    if not keyed:
        return
    keys = [draft.pair for draft in keyed]
    versions = positions.deleted_versions(tx.connection, resource.name, keys, tx.secret)
    for draft in keyed:
        draft.version = versions.get(draft.pair, 0) + 1


def _insert_alone(tx: Transaction, resource: Resource, draft: Draft) -> None:
    """Insert one record with a source key; the same statement finds its version."""
    row = _row(draft, tx.now)
    del row["version"]
    result = tx.execute(
        _continuing(resource.table), row | positions.made_under(draft.pair, tx.secret)
    )
    draft.version = result.scalar_one()


@cache
def _continuing(table: sa.Table) -> sa.Insert:
    version = positions.next_version(table.name)
    return sa.insert(table).values(version=version).returning(table.c.version)


def _row(draft: Draft, now: datetime) -> dict[str, object]:
    kept = {"id": draft.id, "version": draft.version, "created_at": now, "updated_at": now}
    return draft.columns | kept


def _update(tx: Transaction, table: sa.Table, drafts: Sequence[Draft]) -> None:
    """Update rows whose versions are still those that were read.

    Raises:
        Stale: a version has changed.

    """
    # One statement for rows that set the same columns: some also set when a state was reached.
    alike: dict[frozenset[str], list[dict[str, object]]] = defaultdict(list)
    for draft in drafts:
        kept = {"version": draft.version, "updated_at": tx.now}
        identity = {"its_id": draft.id, "its_version": draft.version - 1}
        alike[frozenset(draft.columns)].append(draft.columns | kept | identity)
    for rows in alike.values():
        if tx.execute(_changing(table), rows).rowcount != len(rows):
            raise Stale


@cache
def _changing(table: sa.Table) -> sa.Update:
    return sa.update(table).where(
        table.c.id == sa.bindparam("its_id"), table.c.version == sa.bindparam("its_version")
    )


def _keep_parts(tx: Transaction, name: str, part: type[Part], drafts: Sequence[Draft]) -> None:
    table = table_of(part)
    moved = [draft for draft in drafts if not draft.stored or _moves_part(draft, name)]
    for part_of_ids in slices(draft.id for draft in moved if draft.stored):
        tx.execute(
            sa.delete(table).where(among(table.c.owner_id, "owners")), {"owners": part_of_ids}
        )
    rows = [
        {**item, "owner_id": draft.id, "place": at, "municipality_id": draft.municipality_id}
        for draft in moved
        for at, item in enumerate(draft.parts[name])
    ]
    if rows:
        tx.insert(table, rows)


def _moves_part(draft: Draft, name: str) -> bool:
    return draft.stored is not None and draft.stored.parts[name] != draft.parts[name]


def _entry(resource: Resource, draft: Draft) -> Entry:
    columns = draft.columns
    return Entry(
        resource.name,
        str(draft.id),
        _text(draft.municipality_id),
        draft.version,
        columns["source"],
        columns["source_key"],
        "update" if draft.stored else "create",
        _changed_fields(resource, draft),
    )


@lru_cache(1_000)
def _text(municipality_id: uuid.UUID | None) -> str | None:
    return str(municipality_id) if municipality_id else None


def _changed_fields(resource: Resource, draft: Draft) -> tuple[str, ...]:
    """The fields that a draft sets or changes."""
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
    """The fields stored in these columns; cached, as most records fill the same ones."""
    filled = set(columns)
    return tuple(name for name, kept in resource.kept_in.items() if filled & kept)
