"""Followers: how far each key has read the change feed, for whoever watches the exchange."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar, NamedTuple

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.transaction import Transaction
from app.model.columns import Identifier, Instant
from app.model.rights import ROWS, Rights


class Follower(SQLModel, table=True):
    """The place to which a key has read the feed."""

    __tablename__ = "followers"
    rights: ClassVar[Rights] = ROWS
    key_id: uuid.UUID = Field(primary_key=True, sa_type=Identifier, foreign_key="api_keys.id")
    position: int = Field(sa_type=sa.BigInteger)
    """The last change before the cursor with which the key came: it has stored all until there."""
    asked_at: datetime = Field(sa_type=Instant)
    """When it came."""


FOLLOWERS = SQLModel.metadata.tables["followers"]


class Place(NamedTuple):
    """A place in the feed, and when a key asked for what follows it."""

    position: int
    asked_at: datetime


class Followers:
    """Notes in memory where keys read, until a chore stores them."""

    def __init__(self) -> None:
        self._seen: dict[uuid.UUID, Place] = {}

    def note(self, key_id: uuid.UUID | None, position: int) -> None:
        """Remember that a key asked for what follows a position."""
        if key_id:
            self._seen[key_id] = Place(position, datetime.now(UTC))

    def take(self) -> dict[uuid.UUID, Place]:
        """What was noted since the last call."""
        seen, self._seen = self._seen, {}
        return seen


def keep(tx: Transaction, seen: Mapping[uuid.UUID, Place]) -> None:
    """Store where keys read; an older note never replaces a newer one."""
    # A fixed order: two processes that update the same keys wait instead of deadlocking.
    for key_id, place in sorted(seen.items()):
        known = FOLLOWERS.c.key_id == key_id
        row = {"position": place.position, "asked_at": place.asked_at}
        changed = tx.execute(
            sa.update(FOLLOWERS).where(known, FOLLOWERS.c.asked_at <= place.asked_at).values(**row)
        )
        if not changed.rowcount and tx.execute(sa.select(FOLLOWERS).where(known)).first() is None:
            tx.execute(sa.insert(FOLLOWERS), [{"key_id": key_id, **row}])
