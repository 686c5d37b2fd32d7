"""Cuts: marks where entries of the audit trail were moved to an archive, signed with the secret.

The trail is append-only. Only the owner of the schema can move its oldest entries into a file and
delete them; each such cut leaves a row with the number and the hash of the last entry removed. The
row is signed with the secret, so somebody who holds only the database cannot cut unnoticed.
"""

import hmac
import json
import uuid
from datetime import datetime
from typing import ClassVar, NamedTuple

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.transaction import Transaction
from app.journal import trail
from app.model.columns import Identifier, Instant
from app.model.rights import READ, Rights
from app.model.values import spoken_instant


class AuditArchive(SQLModel, table=True):
    """A cut: every entry up to `last_seq` is in archives."""

    __tablename__ = "audit_archives"
    rights: ClassVar[Rights] = READ
    last_seq: int = Field(
        primary_key=True,
        sa_type=sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        sa_column_kwargs={"autoincrement": False},
    )
    archive_id: uuid.UUID = Field(sa_type=Identifier)
    before_at: datetime = Field(sa_type=Instant)
    """The archive holds the entries from before this moment."""
    mac: str = Field(sa_type=sa.String(64))
    """The hash of the last removed entry, to which the next one is chained."""
    seal: str = Field(sa_type=sa.String(64))


CUTS = SQLModel.metadata.tables["audit_archives"]


class Cut(NamedTuple):
    """The end of the removed entries; the table begins after it."""

    last: int = 0
    mac: str = ""
    before_at: datetime | None = None


class Forged(Exception):  # noqa: N818 - what was found
    """The newest cut is not signed with this secret."""


def latest(tx: Transaction) -> Cut:
    """The newest cut; without one the trail begins with entry 1.

    Raises:
        Forged: the cut's signature is wrong.

    """
    newest = sa.select(CUTS).order_by(CUTS.c.last_seq.desc()).limit(1)
    row = tx.execute(newest).first()
    if row is None:
        return Cut()
    seal = _sealed(tx, str(row.archive_id), row.last_seq, row.mac, row.before_at)
    if not hmac.compare_digest(seal, row.seal):
        raise Forged
    return Cut(row.last_seq, row.mac, row.before_at)


def make(tx: Transaction, archive_id: str, before_at: datetime, last: int, mac: str) -> None:
    """Delete all entries up to a number; they must be in an archive already.

    Raises:
        DBAPIError: the role does not own the trail.

    """
    # The head is locked before the table, as in `trail.write`: another order could deadlock.
    trail.head(tx.connection, locked=True)
    closing = _open(tx)
    for statement in _REMOVED[tx.dialect.name]:
        tx.connection.exec_driver_sql(statement, {"last": last})
    for statement in closing:
        tx.connection.exec_driver_sql(statement)
    values = {
        "last_seq": last,
        "archive_id": uuid.UUID(archive_id),
        "before_at": before_at,
        "mac": mac,
        "seal": _sealed(tx, archive_id, last, mac, before_at),
    }
    tx.execute(sa.insert(CUTS).values(values))


def _sealed(tx: Transaction, archive_id: str, last: int, mac: str, before: datetime) -> str:
    key = trail.key_of(tx.secret, trail.head(tx.connection).database_id)
    # An entry's hashed text begins with a hash or is empty, so no entry's hash can be a seal.
    key.update(json.dumps(["cut", archive_id, last, mac, spoken_instant(before)]).encode())
    return key.hexdigest()


_TABLES = ("audit_subjects", "audit_entries")


def _open(tx: Transaction) -> list[str]:
    """Allow deletion in this transaction; returns the statements that forbid it again."""
    connection = tx.connection
    if tx.dialect.name == "postgresql":
        for table in _TABLES:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_change")
        return [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change" for table in _TABLES]
    names = {"names": json.dumps([f"{table}_no_delete" for table in _TABLES])}
    kept = connection.exec_driver_sql(_TRIGGERS, names).all()
    for name, _ in kept:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    return [text for _, text in kept]


_TRIGGERS = (
    "SELECT name, sql FROM sqlite_master"
    " WHERE type = 'trigger' AND name IN (SELECT value FROM json_each(:names))"
)

_REMOVED: dict[str, tuple[str, ...]] = {
    # Deleted by the primary key of audit_subjects, which begins with the record.
    "sqlite": (
        (
            "DELETE FROM audit_subjects WHERE (record_id, seq) IN (SELECT i.value, e.seq"
            " FROM audit_entries e, json_each(e.ids) i WHERE e.seq <= :last)"
        ),
        "DELETE FROM audit_entries WHERE seq <= :last",
    ),
    "postgresql": (
        (
            "DELETE FROM audit_subjects s USING (SELECT i.value::uuid AS record_id, e.seq"
            " FROM audit_entries e, json_array_elements_text(e.ids::json) i(value)"
            " WHERE e.seq <= %(last)s) gone"
            " WHERE s.record_id = gone.record_id AND s.seq = gone.seq"
        ),
        "DELETE FROM audit_entries WHERE seq <= %(last)s",
    ),
}
