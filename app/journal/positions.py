"""Positions: the place of every record's latest change in one sequence, for feed and caches.

The position is assigned at the end of a writing transaction under one lock (the row of
`journal_heads`), so positions become visible in order: a follower that has seen position n never
meets a smaller one later.
"""

import hashlib
import hmac
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from app.acts import Entry
from app.database.among import binding, is_alone, keyed
from app.database.slicing import slices
from app.database.transaction import Transaction
from app.database.volume import MANY, Spool
from app.model.columns import Identifier, Instant
from app.model.rights import HEAD, LASTING, ROWS, Rights

SHARED = uuid.UUID(int=0)
"""The nil UUID, in the place of a municipality for shared records, which concern all."""

_SHARED = str(SHARED)

KEPT = timedelta(days=180)
"""How long a delete stays in the feed."""


class JournalHead(SQLModel, table=True):
    """The last assigned position, and the epoch that followers compare (one row)."""

    __tablename__ = "journal_heads"
    rights: ClassVar[Rights] = HEAD
    epoch: uuid.UUID = Field(primary_key=True, sa_type=Identifier)
    position: int = Field(sa_type=sa.BigInteger)
    purged_to: int = Field(
        0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": sa.text("0")}
    )
    """The last purged delete; a follower from before it has to start again."""


class JournalEntry(SQLModel, table=True):
    """The latest change of one record; for a deleted one its key and version."""

    __tablename__ = "journal_entries"
    rights: ClassVar[Rights] = ROWS
    __table_args__ = (
        sa.UniqueConstraint("collection", "record_id"),
        # Followers of a municipality read in order what is theirs alone.
        sa.Index(None, "municipality_id", "position", "collection"),
        sa.Index(
            "ix_journal_entries_gone",
            "collection",
            "municipality_id",
            "source",
            "source_key",
            sqlite_where=sa.text("deleted = 1"),
            postgresql_where=sa.text("deleted"),
        ),
    )
    position: int = Field(
        primary_key=True, sa_type=sa.BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    collection: str = Field(sa_type=sa.String(40))
    record_id: uuid.UUID = Field(sa_type=Identifier)
    municipality_id: uuid.UUID = Field(sa_type=Identifier)
    deleted: bool = Field(sa_type=sa.Boolean)
    version: int = Field(sa_type=sa.Integer)
    source: str | None = Field(sa_type=sa.String(128))
    source_key: str | None = Field(sa_type=sa.String(128))
    changed_at: datetime = Field(sa_type=Instant)


class StatePosition(SQLModel, table=True):
    """The position of a municipality's last change; purging does not lower it."""

    __tablename__ = "state_positions"
    rights: ClassVar[Rights] = LASTING
    municipality_id: uuid.UUID = Field(primary_key=True, sa_type=Identifier)
    position: int = Field(sa_type=sa.BigInteger)


HEADS, ENTRIES, STATES = (
    SQLModel.metadata.tables[name]
    for name in ("journal_heads", "journal_entries", "state_positions")
)


def write(tx: Transaction, entries: Spool[Entry]) -> None:
    """Assign a position to each change; runs last in a writing transaction.

    A record that changed twice gets the position of its last change; the other one stays unused.
    """
    if not entries:
        return
    last = tx.execute(_TAKEN, {"count": len(entries)}).scalar_one() - len(entries)
    states: dict[object, object] = {}
    for part in slices(entries):
        last += len(part)
        latest = latest_of(part)
        rows = positioned(latest, last, tx.now)
        states |= {row["municipality_id"]: row["position"] for row in rows}
        # A new record has no entry yet, so a plain insert suffices.
        if len(rows) >= MANY and all(entry.act == "create" for entry in latest):
            tx.insert(ENTRIES, rows)
        else:
            tx.execute(_upsert(tx.dialect.name, ENTRIES, ("collection", "record_id")), rows)
    tx.execute(
        _upsert(tx.dialect.name, STATES, ("municipality_id",)),
        [{"municipality_id": key, "position": position} for key, position in states.items()],
    )


def latest_of(entries: Iterable[Entry]) -> list[Entry]:
    """The last change of each record."""
    return list({(entry.collection, entry.record_id): entry for entry in entries}.values())


def positioned(entries: Sequence[Entry], last: int, now: datetime) -> list[dict[str, object]]:
    """The rows of changes, the last of which gets the position `last`."""
    return [
        {
            "position": position,
            "collection": entry.collection,
            "record_id": entry.record_id,
            "municipality_id": entry.municipality_id or _SHARED,
            "deleted": entry.deleted,
            "version": entry.version,
            "source": entry.source,
            "source_key": entry.source_key,
            "changed_at": now,
        }
        for position, entry in enumerate(entries, last - len(entries) + 1)
    ]


_TAKEN = (
    sa.update(HEADS)
    .values(position=HEADS.c.position + sa.bindparam("count"))
    .returning(HEADS.c.position)
)


Gone = tuple[uuid.UUID | None, str, str]
"""The key of a deleted record: municipality, source and source key."""


def deleted_versions(
    connection: sa.Connection, collection: str, keys: Sequence[Gone], secret: bytes
) -> dict[Gone, int]:
    """The last versions of deleted records, including those whose key was erased."""
    plain = {(home, source, key): (home, source, key) for home, source, key in keys}
    erased = {(key[0], key[1], str(erased_key(secret, *key[1:]))): key for key in plain}
    versions_found = _deleted(connection, collection, [*plain, *erased])
    versions: dict[Gone, int] = {}
    for key, version in versions_found.items():
        plain_key = plain.get(key) or erased[key]
        versions[plain_key] = max(version, versions.get(plain_key, 0))
    return versions


def _deleted(connection: sa.Connection, collection: str, keys: Sequence[Gone]) -> dict[Gone, int]:
    keys_wanted = {(municipality or SHARED, source, key) for municipality, source, key in keys}
    if not keys_wanted:
        return {}
    values = dict(zip(_KEY, map(set, zip(*keys_wanted, strict=True)), strict=True))
    bound = {"collection": collection, **binding(values)}
    rows = connection.execute(_gone(is_alone(values)), bound)
    return {
        (None if municipality == SHARED else municipality, source, key): version
        for municipality, source, key, version in rows
        if (municipality, source, key) in keys_wanted
    }


_KEY = ("municipality_id", "source", "source_key")


@cache
def _gone(alone: bool) -> sa.Select[uuid.UUID, str, str, int]:  # noqa: FBT001 - a cache knows arguments by their place
    key = [ENTRIES.c[name] for name in _KEY]
    of_kind = ENTRIES.c.collection == sa.bindparam("collection")
    query = sa.select(*key, sa.func.max(ENTRIES.c.version)).group_by(*key)
    return query.where(of_kind, ENTRIES.c.deleted, keyed(ENTRIES, _KEY, alone=alone))


def next_version(collection: str) -> sa.ColumnElement[int]:
    """The version of a record that is made; its parameters are those of `made_under`."""
    bound = {"municipality_id": "gone_home", "source": "gone_source"}
    key = [ENTRIES.c[name] == sa.bindparam(parameter) for name, parameter in bound.items()]
    key.append(ENTRIES.c.source_key.in_([sa.bindparam("gone_key"), sa.bindparam("gone_hash")]))
    last = sa.select(sa.func.max(ENTRIES.c.version)).where(
        ENTRIES.c.collection == collection, ENTRIES.c.deleted, *key
    )
    return sa.func.coalesce(last.scalar_subquery(), 0) + 1


def made_under(key: Gone, secret: bytes) -> dict[str, object]:
    """The parameters of `next_version` for a source key, under which a record may be deleted."""
    home, *pair = key
    names = ("gone_home", "gone_source", "gone_key", "gone_hash")
    return dict(zip(names, (home or SHARED, *pair, erased_key(secret, *pair)), strict=True))


def erased_key(secret: bytes, source: str | None, source_key: str | None) -> str | None:
    """The keyed hash that replaces an erased source key, so that it cannot be recovered.

    It has the form of a key; a record made again under the key continues its version.
    """
    if source is None or source_key is None:
        return None
    text = f"{source}\n{source_key}".encode()
    return f"erased~{hmac.new(secret, text, hashlib.sha256).hexdigest()}"


def forget_key(connection: sa.Connection, entry: Entry, hashed: str | None) -> None:
    """Replace a key in older deletes of the same kind by its hash."""
    older = (
        ENTRIES.c.collection == entry.collection,
        ENTRIES.c.municipality_id == uuid.UUID(entry.municipality_id or _SHARED),
        ENTRIES.c.source == entry.source,
        ENTRIES.c.source_key == entry.source_key,
        ENTRIES.c.deleted,
    )
    connection.execute(sa.update(ENTRIES).where(*older).values(source_key=hashed))


def purge(connection: sa.Connection, before: datetime) -> int:
    """Delete the deletes from before a moment; returns how many there were."""
    old = sa.delete(ENTRIES).where(ENTRIES.c.deleted, ENTRIES.c.changed_at < before)
    gone = connection.execute(old.returning(ENTRIES.c.position)).scalars().all()
    if gone:
        head_before = sa.update(HEADS).where(HEADS.c.purged_to < max(gone))
        connection.execute(head_before.values(purged_to=max(gone)))
    return len(gone)


@cache
def _upsert(dialect: str, table: sa.Table, key: tuple[str, ...]) -> sa.Insert:
    """An insert that replaces rows with the same key."""
    statement = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    kept = {column.name: column for column in statement.excluded if column.name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=kept)
