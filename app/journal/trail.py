"""The trail: an audit trail whose entries are chained by keyed hashes, so that changes show.

Each entry has an HMAC-SHA-256 of itself and of the entry before. Without the secret, which is not
in the database, nobody can compute the hash of a changed, inserted or moved entry. Entries are
added under one lock (the row of `audit_heads`, taken after that of `journal_heads`), so their
numbers have no gaps, and the database refuses to change or delete them.
"""

import hmac
import json
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import ClassVar, Protocol

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.acts import Act, Actor, Entry, Head, Row
from app.database.slicing import slices
from app.database.transaction import Transaction
from app.model.columns import Identifier, Instant
from app.model.rights import ADDED, HEAD, Rights
from app.model.values import spoken_instant

# On SQLite an integer primary key is the rowid. With any other key INSERT OR REPLACE by the hidden
# rowid could replace another entry without firing a trigger.
_Seq = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class AuditHead(SQLModel, table=True):
    """The last entry's number and hash, and the id of this database (one row)."""

    __tablename__ = "audit_heads"
    rights: ClassVar[Rights] = HEAD
    database_id: uuid.UUID = Field(primary_key=True, sa_type=Identifier)
    seq: int = Field(sa_type=sa.BigInteger)
    mac: str = Field(sa_type=sa.String(64))


class AuditEntry(SQLModel, table=True):
    """One act that was done or refused."""

    __tablename__ = "audit_entries"
    rights: ClassVar[Rights] = ADDED
    __table_args__ = (
        sa.Index("ix_audit_entries_record_id_seq", "record_id", "seq"),
        sa.Index("ix_audit_entries_key_id_seq", "key_id", "seq"),
        sa.Index("ix_audit_entries_at", "at"),
    )
    seq: int = Field(primary_key=True, sa_type=_Seq, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Instant)
    key_id: uuid.UUID | None = Field(sa_type=Identifier)
    owner: str | None = Field(sa_type=sa.Text)
    role: str = Field(sa_type=sa.String(40))
    action: str = Field(sa_type=sa.String(40))
    type: str | None = Field(sa_type=sa.String(40))
    record_id: uuid.UUID | None = Field(sa_type=Identifier)
    """The record, if it is exactly one."""
    ids: str = Field(sa_type=sa.Text)
    """A JSON list: the records, if they are several."""
    outcome: str = Field(sa_type=sa.String(40))
    request_id: str | None = Field(sa_type=sa.String(40))
    fields: str = Field(sa_type=sa.Text)
    """A JSON list of the names of fields, never of their values."""
    address_hash: str | None = Field(sa_type=sa.String(32))
    """A keyed hash of the client's address (`app.journal.addresses`)."""
    count: int = Field(sa_type=sa.Integer, sa_column_kwargs={"server_default": "1"})
    """How often it happened: refusals without a valid key share one entry a minute."""
    traceparent: str | None = Field(sa_type=sa.String(55))
    """The caller's trace that the request belongs to (W3C Trace Context)."""
    mac: str = Field(sa_type=sa.String(64))


class AuditSubject(SQLModel, table=True):
    """One record of an entry about several, so that the record's entries can be found."""

    __tablename__ = "audit_subjects"
    rights: ClassVar[Rights] = ADDED
    __table_args__ = {"sqlite_with_rowid": False}
    record_id: uuid.UUID = Field(primary_key=True, sa_type=Identifier)
    seq: int = Field(
        primary_key=True, sa_type=sa.BigInteger, sa_column_kwargs={"autoincrement": False}
    )


class Holder(Protocol):
    """A copy of the head outside the database, which detects a head that has gone back."""

    def hold(self, head: Head) -> None:
        """Compare the database's head with the copy outside."""


_ID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_IDS = re.compile(f"{_ID}(?:,{_ID})*")

KINDS = {
    "seq": "number",
    "at": "instant",
    "key_id": "id",
    "owner": "text",
    "role": "text",
    "action": "text",
    "type": "text",
    "record_id": "id",
    "ids": "text",
    "outcome": "text",
    "request_id": "text",
    "fields": "text",
    "address_hash": "text",
    "count": "number",
    "traceparent": "text",
}
"""The columns that an entry's hash covers, in order, and the kind of each."""

_covered = itemgetter(*KINDS)

HEADS, ENTRIES = (SQLModel.metadata.tables[name] for name in ("audit_heads", "audit_entries"))


def row(at: datetime, actor: Actor, act: Act) -> Row:
    """The entry of an act.

    Raises:
        ValueError: `ids` contains something else than ids.

    """
    ids = tuple(dict.fromkeys(_checked(act.ids)))
    alone = ids[0] if len(ids) == 1 else None
    return {
        "at": spoken_instant(at),
        "key_id": actor.key_id and str(actor.key_id),
        "owner": actor.owner,
        "role": actor.role,
        "action": act.action,
        "type": act.type,
        "record_id": alone,
        "ids": _listed(() if alone else ids),
        "outcome": act.outcome,
        "request_id": actor.request_id,
        "fields": _listed(tuple(act.fields)),
        "address_hash": actor.address_hash,
        "count": act.count,
        "traceparent": actor.traceparent,
    }


def of_changes(at: datetime, actor: Actor, entries: Iterable[Entry]) -> Iterator[Row]:
    """The entries of changes, one for each record."""
    same = row(at, actor, Act(""))
    for entry in entries:
        yield same | {
            "action": entry.act,
            "type": entry.collection,
            "record_id": entry.record_id,
            "fields": _listed(entry.fields),
        }


def write(tx: Transaction, rows: Iterable[Row], outside: Holder | None = None) -> Head | None:
    """Append entries to the chain; returns the head after the commit."""
    batches = slices(rows)
    if not (first := next(batches, [])):
        return None
    before = head(tx.connection, locked=True)
    if outside:
        # Under the lock, where no other commit can move the head.
        outside.hold(before)
    key, after, several = key_of(tx.secret, before.database_id), before, False
    for batch in chain([first], batches):
        after = chained(key, after, batch)
        tx.send("audit_entries", COLUMNS, map(itemgetter(*COLUMNS), batch))
        several = several or any(map(tells_of_several, batch))
    tx.execute(_MOVED, {"seq": after.seq, "mac": after.mac})
    if several:
        tx.connection.exec_driver_sql(_SPREAD[tx.dialect.name], {"seq": before.seq})
    return after


def chained(key: hmac.HMAC, before: Head, rows: Sequence[Row]) -> Head:
    """Number and hash entries; returns the head after them."""
    mac = before.mac
    for seq, entry in enumerate(rows, before.seq + 1):
        entry["seq"] = seq
        entry["mac"] = mac = link(key, mac, _covered(entry))
    return Head(before.database_id, before.seq + len(rows), mac)


def tells_of_several(entry: Row) -> bool:
    """Whether an entry is about several records."""
    return bool(entry["ids"] != "[]")


def head(connection: sa.Connection, *, locked: bool = False) -> Head:
    """The head in the database; locked FOR UPDATE when `locked`."""
    row = connection.execute(_LOCKED if locked else _ASKED).one()
    return Head(str(row.database_id), row.seq, row.mac)


_ASKED = sa.select(HEADS.c.database_id, HEADS.c.seq, HEADS.c.mac)
_LOCKED = _ASKED.with_for_update()
_MOVED = sa.update(HEADS)


def key_of(secret: bytes, database_id: str) -> hmac.HMAC:
    """The HMAC of a database's chain: entries of another database do not fit into it."""
    key = hmac.digest(secret, f"audit trail {database_id}".encode(), "sha256")
    return hmac.new(key, digestmod="sha256")


def link(key: hmac.HMAC, before: str, values: Sequence[object]) -> str:
    """The hash of an entry: of the hash before it and of every column."""
    # ASCII, compact, strings quoted, so different entries never give the same bytes. Everything but
    # the number and the record repeats among entries, so its text is cached.
    seq, *first, record, ids, outcome, request, fields, address, count, trace = values
    last: tuple[object, ...] = (ids, outcome, request, fields)
    # Entries older than addresses and counts, or than traces, keep the hash that they had.
    if trace is not None:
        last += (address, count, trace)
    elif address is not None or count != 1:
        last += (address, count)
    text = f"[{_json(before)},{seq},{_words(tuple(first))},{_json(record)},{_words(last)}]"
    hashed = key.copy()
    hashed.update(text.encode())
    return hashed.hexdigest()


_json = json.JSONEncoder(separators=(",", ":"), default=repr).encode


@lru_cache(1_000)
def _words(values: tuple[str | int | None, ...]) -> str:
    """Values as they stand inside a JSON list."""
    return _json(values)[1:-1]


def _checked(ids: Sequence[str]) -> Sequence[str]:
    text = ",".join(ids)
    if ids and not _IDS.fullmatch(text):
        raise ValueError("an act names what is no id")
    return text.lower().split(",") if ids else ()


@lru_cache(1_000)
def _listed(names: tuple[str, ...]) -> str:
    return json.dumps(list(names), ensure_ascii=False, separators=(",", ":"))


COLUMNS = (*KINDS, "mac")
"""The columns of an entry in its stored order."""

_SPREAD = {
    "sqlite": "INSERT INTO audit_subjects (record_id, seq) SELECT i.value, e.seq"
    " FROM audit_entries e, json_each(e.ids) i WHERE e.seq > :seq",
    "postgresql": "INSERT INTO audit_subjects (record_id, seq) SELECT i.value::uuid, e.seq"
    " FROM audit_entries e, json_array_elements_text(e.ids::json) i(value)"
    " WHERE e.seq > %(seq)s",
}
"""Insert the records of new entries about several."""
