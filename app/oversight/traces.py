"""Traces: what tells of a person beside their own record; it goes when their data is destroyed."""

import uuid
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from app.database.transaction import Transaction
from app.journal import positions
from app.model.columns import fold_values
from app.model.resource import Resource
from app.registry.employments import employments
from app.registry.participations import participations
from app.store import answers, uploads
from app.store.mentions import Mentions

HELD = (employments, participations)
"""What refers to a teacher, and stays without telling who it is."""


def clear(tx: Transaction, teacher_id: uuid.UUID, home: uuid.UUID, mentions: Mentions) -> None:
    """Take a person out of what stays of their records, of uploads and of kept answers."""
    ids = {str(teacher_id)}
    for resource in HELD:
        ids |= set(_clear_records(tx, resource, teacher_id, mentions))
    uploads.forget(tx, home, mentions, ids)
    answers.forget(tx, ids, mentions)


def _clear_records(
    tx: Transaction, resource: Resource, teacher_id: uuid.UUID, mentions: Mentions
) -> Iterator[str]:
    """Empty texts that name the person, and keys that are put together of theirs."""
    table = resource.table
    rows = sa.select(table).where(table.c.teacher_id == teacher_id).with_for_update()
    for found in tx.execute(rows).mappings().all():
        yield str(found["id"])
        if emptied := _emptied(resource, found, mentions, tx.secret):
            _change(tx, resource, found, emptied)


def _emptied(
    resource: Resource, found: Any, mentions: Mentions, secret: bytes
) -> dict[str, str | None]:
    named = {
        column.name: None
        for column in resource.table.columns
        if column.info.get("line") and found[column.name] and mentions.in_text(found[column.name])
    }
    if found["source_key"] and mentions.in_text(found["source_key"]):
        hashed = positions.erased_key(secret, found["source"], found["source_key"])
        return {**named, "source_key": hashed}
    return dict(named)


def _change(
    tx: Transaction, resource: Resource, found: Any, emptied: dict[str, str | None]
) -> None:
    table, version = resource.table, found["version"] + 1
    after = {**found, **emptied}
    for column in table.columns:
        if folds := column.info.get("folds"):
            after[column.name] = fold_values([after[each] for each in folds])
    after |= {"version": version, "updated_at": tx.now}
    tx.execute(sa.update(table).where(table.c.id == found["id"]).values(**after))
    which = (resource.name, str(found["id"]), str(found["municipality_id"]))
    entry = positions.Entry(
        *which, version, found["source"], found["source_key"], "update", tuple(emptied)
    )
    positions.forget_key(tx.connection, entry, after["source_key"])
    tx.entries.append(entry._replace(source_key=after["source_key"]))
