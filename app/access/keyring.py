"""The keyring: finds the holder of a key, and caches it for half a second."""

import hmac
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.access.callers import KeyHolder
from app.access.roles import Role
from app.access.tokens import hash_of, read
from app.acts import Actor
from app.database.dialects import Dialect
from app.database.reading import Reader

FRESH = 0.5
"""Seconds that a holder is cached: a revoked key is refused after this time."""

MOST = 10_000
"""Holders cached at once."""

SEEN_EVERY = 60.0
"""Seconds between two notes of a key's last use."""


@dataclass(frozen=True)
class Session:
    """An open session of the pages."""

    holder: KeyHolder
    id_hash: str
    message: str | None
    """A text that the next page shows once."""


class Keyring:
    """Finds the holders of keys and of sessions."""

    def __init__(self, reader: Reader, dialect: Dialect) -> None:
        self._reader = reader
        self._sql = _lookup(dialect)
        self._session_sql = _session_lookup(dialect)
        self._cached: dict[str, tuple[float, KeyHolder]] = {}
        self._noted: dict[uuid.UUID, float] = {}
        self._used: dict[uuid.UUID, datetime] = {}

    async def holder(self, token: str) -> KeyHolder | None:
        """The holder of a key; None if it is malformed, unknown, expired or revoked."""
        now = time.monotonic()
        cached = self._cached.get(token)
        if cached and now < cached[0]:
            return cached[1]
        self._cached.pop(token, None)
        if not (kid := read(token)):
            return None
        rows = await self._reader.rows(self._sql, {"kid": kid})
        if not rows or not _is_valid(rows[0], token):
            return None
        holder = _holder(rows)
        if len(self._cached) >= MOST:
            self._cached.clear()
        self._cached[token] = (now + FRESH, holder)
        self._note(holder, now)
        return holder

    async def session(self, secret: str) -> Session | None:
        """The session with this secret; None if it has ended or its key is no longer valid.

        It is never cached: a revoked key ends it with the next request.
        """
        id_hash = hash_of(secret)
        rows = await self._reader.rows(self._session_sql, {"id_hash": id_hash})
        if not rows or not _is_ahead(rows[0][10]) or not _is_active(rows[0]):
            return None
        holder = _holder(rows)
        self._note(holder, time.monotonic())
        return Session(holder, id_hash, str(rows[0][11]) if rows[0][11] else None)

    def used(self) -> dict[uuid.UUID, datetime]:
        """The keys used since the last call, with the time of use."""
        used, self._used = self._used, {}
        return used

    def _note(self, holder: KeyHolder, now: float) -> None:
        key_id = holder.actor.key_id
        if key_id and now >= self._noted.get(key_id, 0.0):
            self._noted[key_id] = now + SEEN_EVERY
            self._used[key_id] = datetime.now(UTC)


def _lookup(dialect: Dialect) -> str:
    """One row for the key, and one more for each structural unit of its organization."""
    return (
        f"SELECT {_columns(dialect)} FROM api_keys k {_UNITS} WHERE k.kid = {dialect.bound('kid')}"
    )


def _session_lookup(dialect: Dialect) -> str:
    """The same for the key of a session, with the session's end and message."""
    return (
        f"SELECT {_columns(dialect)}, {dialect.instant('s.ends_at')}, s.message"
        f" FROM page_sessions s JOIN api_keys k ON k.id = s.key_id {_UNITS}"
        f" WHERE s.id_hash = {dialect.bound('id_hash')}"
    )


_UNITS = "LEFT JOIN organizations u ON u.parent_id = k.organization_id"


def _columns(dialect: Dialect) -> str:
    return (
        "k.token_hash, k.id, k.role, k.owner, k.municipality_id, k.organization_id,"
        f" k.source, {dialect.instant('k.expires_at')}, {dialect.instant('k.revoked_at')}, u.id"
    )


def _is_valid(row: Sequence[object], token: str) -> bool:
    return hmac.compare_digest(str(row[0]), hash_of(token)) and _is_active(row)


def _is_active(row: Sequence[object]) -> bool:
    expires, revoked = row[7], row[8]
    return not revoked and _is_ahead(expires)


def _is_ahead(instant: object) -> bool:
    return datetime.fromisoformat(str(instant)) > datetime.now(UTC)


def _holder(rows: Sequence[Sequence[object]]) -> KeyHolder:
    _, key_id, role, owner, home, organization, source = rows[0][:7]
    own = {_id(organization), *(_id(row[9]) for row in rows)} - {None}
    return KeyHolder(
        Actor(str(role), _id(key_id), str(owner)),
        Role[str(role).upper()],
        _id(home),
        _id(organization),
        frozenset(organization_id for organization_id in own if organization_id),
        str(source) if source else None,
    )


def _id(value: object) -> uuid.UUID | None:
    return uuid.UUID(str(value)) if value else None
