"""The trail: who did what, chained so that it cannot be bent unseen.

Each entry carries a keyed hash (HMAC-SHA-256) of itself and of the entry before. Without the
secret, which is not in the database, nobody can make the hash of an entry that was changed, put
in or moved. Entries are added under one lock (the row of `audit_heads`, taken after that of
`journal_heads`), so their numbers have no gap, and the database refuses to change or delete any.
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
from typing import Any, ClassVar, Protocol

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.acts import Act, Actor, Entry, Head, Row
from app.database.slicing import slices
from app.database.transaction import Transaction
from app.model.columns import Identifier, Instant
from app.model.rights import ADDED, HEAD, Rights
from app.model.values import spoken_instant

# On SQLite an integer key is the row itself; beside any other key there would be a hidden number
# by which INSERT OR REPLACE could put a row in another's place, past every trigger.
_Seq = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class AuditHead(SQLModel, table=True):
    """The last entry's number and hash, and the id of this database (one row)."""

    __tablename__ = "audit_heads"
    rights: ClassVar[Rights] = HEAD
    database_id: uuid.UUID = Field(primary_key=True, sa_type=Identifier)
    seq: int = Field(sa_type=sa.BigInteger)
    mac: str = Field(sa_type=sa.String(64))


class AuditEntry(SQLModel, table=True):
    """One thing that was done or refused."""

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
    """A keyed hash of where the request came from (`app.journal.addresses`)."""
    count: int = Field(sa_type=sa.Integer, sa_column_kwargs={"server_default": "1"})
    """How often it happened: refusals without a valid key are one entry a minute."""
    mac: str = Field(sa_type=sa.String(64))


class AuditSubject(SQLModel, table=True):
    """One record of an entry that tells of several, so that a record's entries are found."""

    __tablename__ = "audit_subjects"
    rights: ClassVar[Rights] = ADDED
    __table_args__ = {"sqlite_with_rowid": False}
    record_id: uuid.UUID = Field(primary_key=True, sa_type=Identifier)
    seq: int = Field(
        primary_key=True, sa_type=sa.BigInteger, sa_column_kwargs={"autoincrement": False}
    )


class Holder(Protocol):
    """What stands outside the database and notices a head that has gone back."""

    def hold(self, head: Head) -> None:
        """Compare the database's head with the one outside."""


_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

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
}
"""The columns that an entry's hash covers, in its order, and how each is bound."""

_covered = itemgetter(*KINDS)

HEADS, ENTRIES = (SQLModel.metadata.tables[name] for name in ("audit_heads", "audit_entries"))


def row(at: datetime, actor: Actor, act: Act) -> Row:
    """What an act leaves in the trail.

    Raises:
        ValueError: something in `ids` is no id.

    """
    ids = tuple(dict.fromkeys(map(_id, act.ids)))
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
    }


def of_changes(at: datetime, actor: Actor, entries: Iterable[Entry]) -> Iterator[Row]:
    """What changes leave in the trail: one entry for each record."""
    same = row(at, actor, Act(""))
    for each in entries:
        yield same | {
            "action": each.act,
            "type": each.collection,
            "record_id": each.record_id,
            "fields": _listed(each.fields),
        }


def write(tx: Transaction, rows: Iterable[Row], outside: Holder | None = None) -> Head | None:
    """Add entries at the chain's end; the head that the commit will make is what comes back."""
    left = slices(rows)
    if not (some := next(left, [])):
        return None
    before = head(tx.connection, locked=True)
    if outside:
        # Under the lock, where no commit can come between the two heads.
        outside.hold(before)
    key, after, several = key_of(tx.secret, before.database_id), before, False
    for each in chain([some], left):
        after = chained(key, after, each)
        tx.send("audit_entries", COLUMNS, map(itemgetter(*COLUMNS), each))
        several = several or any(map(tells_of_several, each))
    tx.execute(_MOVED, {"seq": after.seq, "mac": after.mac})
    if several:
        tx.connection.exec_driver_sql(_SPREAD[tx.dialect.name], {"seq": before.seq})
    return after


def chained(key: hmac.HMAC, before: Head, rows: Sequence[Row]) -> Head:
    """Give entries their numbers and hashes; the head that they make."""
    mac = before.mac
    for seq, each in enumerate(rows, before.seq + 1):
        each["seq"] = seq
        each["mac"] = mac = link(key, mac, _covered(each))
    return Head(before.database_id, before.seq + len(rows), mac)


def tells_of_several(entry: Row) -> bool:
    """Whether an entry is found by more records than the one in its own column."""
    return bool(entry["ids"] != "[]")


def head(connection: sa.Connection, *, locked: bool = False) -> Head:
    """The head that the database holds, for oneself alone if it is to be moved."""
    found = connection.execute(_LOCKED if locked else _ASKED).one()
    return Head(str(found.database_id), found.seq, found.mac)


_ASKED = sa.select(HEADS.c.database_id, HEADS.c.seq, HEADS.c.mac)
_LOCKED = _ASKED.with_for_update()
_MOVED = sa.update(HEADS)


def key_of(secret: bytes, database_id: str) -> hmac.HMAC:
    """What a database's chain is hashed with: entries of another one do not fit into it."""
    key = hmac.digest(secret, f"audit trail {database_id}".encode(), "sha256")
    return hmac.new(key, digestmod="sha256")


def link(key: hmac.HMAC, before: str, values: Sequence[Any]) -> str:
    """The hash of an entry: of the hash before it, and of every column."""
    # ASCII, compact, strings quoted: two entries never make the same bytes. All but the number and
    # the record is the same for many entries, and is written once.
    seq, *first, record, ids, outcome, request, fields, address, count = values
    last: tuple[Any, ...] = (ids, outcome, request, fields)
    # An entry from before there were addresses and counts keeps the hash that it was given.
    if address is not None or count != 1:
        last += (address, count)
    said = f"[{_json(before)},{seq},{_words(tuple(first))},{_json(record)},{_words(last)}]"
    hashed = key.copy()
    hashed.update(said.encode())
    return hashed.hexdigest()


_json = json.JSONEncoder(separators=(",", ":"), default=repr).encode


@lru_cache(1_000)
def _words(values: tuple[str | int | None, ...]) -> str:
    """Values as they stand inside of a JSON list."""
    return _json(values)[1:-1]


def _id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError("an act names what is no id")
    return text.lower()


@lru_cache(1_000)
def _listed(names: tuple[str, ...]) -> str:
    return json.dumps(list(names), ensure_ascii=False, separators=(",", ":"))


COLUMNS = (*KINDS, "mac")
"""An entry as it is kept."""

_SPREAD = {
    "sqlite": "INSERT INTO audit_subjects (record_id, seq) SELECT i.value, e.seq"
    " FROM audit_entries e, json_each(e.ids) i WHERE e.seq > :seq",
    "postgresql": "INSERT INTO audit_subjects (record_id, seq) SELECT i.value::uuid, e.seq"
    " FROM audit_entries e, json_array_elements_text(e.ids::json) i(value)"
    " WHERE e.seq > %(seq)s",
}
"""The records of the new entries that tell of several."""
