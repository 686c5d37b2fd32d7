"""Sessions: sign-ins to the pages; only a hash of a session's secret is stored.

A session names the key that opened it. Its rights are read from the key at each request, so a
revoked key ends all of its sessions at once.
"""

import secrets
import uuid
from datetime import datetime, timedelta
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.access.tokens import hash_of
from app.acts import Act
from app.database.transaction import Transaction
from app.model.columns import Identifier, Instant
from app.model.rights import ROWS, Rights

REMEMBERED = timedelta(days=30)
"""How long a session lasts whose holder asked to be remembered."""

VISIT = timedelta(hours=24)
"""How long any other session lasts at most; it ends with the browser."""


class PageSession(SQLModel, table=True):
    """A sign-in to the pages."""

    __tablename__ = "page_sessions"
    rights: ClassVar[Rights] = ROWS
    id_hash: str = Field(primary_key=True, sa_type=sa.String(64))
    """SHA-256 of the secret in the cookie."""
    key_id: uuid.UUID = Field(sa_type=Identifier, foreign_key="api_keys.id", index=True)
    opened_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant, index=True)
    message: str | None = Field(sa_type=sa.Text)
    """What the next page shows once: a message, then the warnings of the write, each in a line."""


SESSIONS = SQLModel.metadata.tables["page_sessions"]


def start(tx: Transaction, key_id: uuid.UUID, *, remembered: bool) -> str:
    """Open a session; returns its secret, which is not stored."""
    secret = secrets.token_urlsafe(32)
    lasts = REMEMBERED if remembered else VISIT
    row = {
        "id_hash": hash_of(secret),
        "key_id": key_id,
        "opened_at": tx.now,
        "ends_at": tx.now + lasts,
        "message": None,
    }
    tx.execute(sa.insert(SESSIONS), [row])
    tx.acts.append(Act("sign_in", "keys", (str(key_id),)))
    return secret


def end(tx: Transaction, id_hash: str) -> None:
    """Close a session; closing it again changes nothing."""
    tx.execute(sa.delete(SESSIONS).where(SESSIONS.c.id_hash == id_hash))


def end_all(tx: Transaction) -> None:
    """Close every session: nobody knows which of a restored copy were closed after it was made."""
    tx.execute(sa.delete(SESSIONS))


def tell(tx: Transaction, id_hash: str, message: str) -> None:
    """Set the text that the next page shows."""
    tx.execute(sa.update(SESSIONS).where(SESSIONS.c.id_hash == id_hash).values(message=message))


def heard(tx: Transaction, id_hash: str, message: str) -> None:
    """Take away the text that a page has shown, unless a form has set another one meanwhile."""
    is_same = (SESSIONS.c.id_hash == id_hash) & (SESSIONS.c.message == message)
    tx.execute(sa.update(SESSIONS).where(is_same).values(message=None))


def purge(tx: Transaction) -> None:
    """Delete the sessions that have ended."""
    tx.execute(sa.delete(SESSIONS).where(SESSIONS.c.ends_at <= tx.now))
