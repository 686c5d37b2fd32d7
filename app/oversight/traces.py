"""Traces: mentions of a person outside their own record, removed when their data is destroyed."""

import uuid
from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa

from app.acts import Entry
from app.database.transaction import Transaction
from app.journal import positions
from app.model.declaration import table_of
from app.model.resource import Resource, is_hidden
from app.model.text import fold_values
from app.model.values import digest
from app.registry.holders import Holder, holders
from app.registry.teachers import teachers
from app.store import answers, drafts, uploads
from app.store.mentions import Mentions

TAKEN_OUT = "—"
"""Stands for a text that named the person where a record cannot be without it."""


def clear(tx: Transaction, teacher_id: uuid.UUID, home: uuid.UUID, mentions: Mentions) -> None:
    """Remove a person from their records' texts, from uploads, drafts and stored answers."""
    ids = {str(teacher_id)}
    for holder in holders(teachers):
        ids |= set(_clear_records(tx, holder, teacher_id, mentions))
    uploads.forget(tx, home, mentions, ids)
    drafts.forget(tx, home)
    answers.forget(tx, ids, mentions)


def _clear_records(
    tx: Transaction, holder: Holder, teacher_id: uuid.UUID, mentions: Mentions
) -> Iterator[str]:
    """Empty texts that name the person, and hash source keys that contain their name."""
    resource = holder.resource
    rows = sa.select(resource.table).where(holder.holds([teacher_id])).with_for_update()
    for row in tx.execute(rows).mappings().all():
        yield str(row["id"])
        emptied = _emptied(resource.table, row, mentions)
        if row["source_key"] and mentions.in_text(row["source_key"]):
            emptied["source_key"] = positions.erased_key(
                tx.secret, row["source"], row["source_key"]
            )
        parts = [name for name in resource.parts if _clear_part(tx, resource, name, row, mentions)]
        if emptied or parts:
            _change(tx, resource, row, emptied, parts)


def _clear_part(
    tx: Transaction, resource: Resource, name: str, record: sa.RowMapping, mentions: Mentions
) -> bool:
    """Empty texts of a record's parts that name the person; whether there were any."""
    table, is_changed = table_of(resource.parts[name]), False
    rows = sa.select(table).where(table.c.owner_id == record["id"])
    for row in tx.execute(rows).mappings().all():
        if emptied := _emptied(table, row, mentions):
            this = (table.c.owner_id == row["owner_id"]) & (table.c.place == row["place"])
            tx.execute(sa.update(table).where(this).values(**emptied))
            is_changed = True
    return is_changed


def _emptied(table: sa.Table, row: sa.RowMapping, mentions: Mentions) -> dict[str, str | None]:
    """The texts of a row that name the person, and what becomes of them."""
    return {
        column.name: None if column.nullable else TAKEN_OUT
        for column in table.columns
        if _is_text(column) and row[column.name] and mentions.in_text(row[column.name])
    }


def _is_text(column: sa.Column[object]) -> bool:
    """Whether people write into the column: a line, or a text of several."""
    is_long = isinstance(column.type, sa.Text) and not is_hidden(column)
    return is_long or bool(column.info.get("line"))


def _change(
    tx: Transaction,
    resource: Resource,
    row: sa.RowMapping,
    emptied: Mapping[str, str | None],
    parts: Sequence[str],
) -> None:
    table, version = resource.table, row["version"] + 1
    after: dict[str, object] = {**row, **emptied}
    for column in table.columns:
        if folds := column.info.get("folds"):
            key = fold_values([after[name] for name in folds])
            after[column.name] = digest(key) if column.unique else key
    after |= {"version": version, "updated_at": tx.now}
    tx.execute(sa.update(table).where(table.c.id == row["id"]).values(**after))
    identity = (resource.name, str(row["id"]), str(row["municipality_id"]))
    entry = Entry(
        *identity, version, row["source"], row["source_key"], "update", (*emptied, *parts)
    )
    source_key = emptied.get("source_key", row["source_key"])
    positions.forget_key(tx.connection, entry, source_key)
    tx.entries.append(entry._replace(source_key=source_key))
