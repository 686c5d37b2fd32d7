"""The standing of the register: how far its feed and its trail are, and who follows.

It is asked of the database, which may be away: then it is not known.
"""

import asyncio
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.database.database import Database
from app.database.dialects import SQLITE, Dialect
from app.database.reading import Reader
from app.problems import Problem

PATIENCE = 1.0
"""Seconds that the database may take: whoever watches must be told that it is away."""

MOST = 100
"""Followers that are told of; those that are furthest behind first."""


class Follower(NamedTuple):
    """A key that reads the feed."""

    key_id: str
    behind: int
    """Changes that it has not stored."""
    asked_at: datetime


class Standing(NamedTuple):
    """What the database says."""

    version: str
    """Of the database itself."""
    position: int
    """Of the last change."""
    changed_at: datetime | None
    database_id: str
    seq: int
    """The number of the trail's last entry."""
    archived: int
    """The number of the last entry that was moved to an archive."""
    followers: Sequence[Follower]


async def standing(database: Database, reader: Reader) -> Standing | None:
    """The standing now; None if the database does not tell it in time."""
    try:
        async with asyncio.timeout(PATIENCE):
            ((version, position, changed, ident, seq, archived),) = await reader.rows(
                _register(database.dialect), {}
            )
            rows = await reader.rows(_followers(database.dialect), {})
    except (Problem, TimeoutError):
        return None
    followers = [
        Follower(str(key), max(0, position - to), datetime.fromisoformat(asked))
        for key, to, asked in rows
    ]
    changed_at = datetime.fromisoformat(changed) if changed else None
    known = str(ident if isinstance(ident, uuid.UUID) else uuid.UUID(ident))
    return Standing(version, position, changed_at, known, seq, archived or 0, followers)


def _register(dialect: Dialect) -> str:
    version = "sqlite_version()" if dialect is SQLITE else "current_setting('server_version')"
    last = f"SELECT {dialect.instant('e.changed_at')} FROM journal_entries e"  # noqa: S608 - our own names
    return (
        f"SELECT {version}, (SELECT position FROM journal_heads),"  # noqa: S608 - as above
        f" ({last} ORDER BY e.position DESC LIMIT 1), h.database_id, h.seq,"
        " (SELECT max(a.last_seq) FROM audit_archives a) FROM audit_heads h"
    )


def _followers(dialect: Dialect) -> str:
    return (
        f"SELECT f.key_id, f.position, {dialect.instant('f.asked_at')}"  # noqa: S608 - as above
        " FROM followers f JOIN api_keys k ON k.id = f.key_id WHERE k.revoked_at IS NULL"
        f" ORDER BY f.position LIMIT {MOST}"
    )
