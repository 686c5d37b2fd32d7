"""Traces: mentions of a person outside their own record, removed when their data is destroyed."""

import uuid
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from app.acts import Entry
from app.database.transaction import Transaction
from app.journal import positions
from app.model.columns import fold_values
from app.model.resource import Resource
from app.registry.employments import employments
from app.registry.participations import participations
from app.store import answers, uploads
from app.store.mentions import Mentions

HELD = (employments, participations)
"""Kinds that refer to a teacher, and stay after their data is destroyed."""


def clear(tx: Transaction, teacher_id: uuid.UUID, home: uuid.UUID, mentions: Mentions) -> None:
    """Remove a person from their records' texts, from uploads and from stored answers."""
    ids = {str(teacher_id)}
    for resource in HELD:
        ids |= set(_clear_records(tx, resource, teacher_id, mentions))
    uploads.forget(tx, home, mentions, ids)
    answers.forget(tx, ids, mentions)


def _clear_records(
    tx: Transaction, resource: Resource, teacher_id: uuid.UUID, mentions: Mentions
) -> Iterator[str]:
    """Empty texts that name the person, and hash source keys that contain their name."""
    table = resource.table
    rows = sa.select(table).where(table.c.teacher_id == teacher_id).with_for_update()
    for row in tx.execute(rows).mappings().all():
        yield str(row["id"])
        if emptied := _emptied(resource, row, mentions, tx.secret):
            _change(tx, resource, row, emptied)


def _emptied(
    resource: Resource, row: Any, mentions: Mentions, secret: bytes
) -> dict[str, str | None]:
    texts = {
        column.name: None
        for column in resource.table.columns
        if column.info.get("line") and row[column.name] and mentions.in_text(row[column.name])
    }
    if row["source_key"] and mentions.in_text(row["source_key"]):
        hashed = positions.erased_key(secret, row["source"], row["source_key"])
        return {**texts, "source_key": hashed}
    return dict(texts)


def _change(tx: Transaction, resource: Resource, row: Any, emptied: dict[str, str | None]) -> None:
    table, version = resource.table, row["version"] + 1
    after = {**row, **emptied}
    for column in table.columns:
        if folds := column.info.get("folds"):
            after[column.name] = fold_values([after[name] for name in folds])
    after |= {"version": version, "updated_at": tx.now}
    tx.execute(sa.update(table).where(table.c.id == row["id"]).values(**after))
    identity = (resource.name, str(row["id"]), str(row["municipality_id"]))
    entry = Entry(*identity, version, row["source"], row["source_key"], "update", tuple(emptied))
    positions.forget_key(tx.connection, entry, after["source_key"])
    tx.entries.append(entry._replace(source_key=after["source_key"]))
