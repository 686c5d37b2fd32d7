"""The keyring: finds the holder of a key, and caches it for half a second."""

import hmac
import time
import uuid
from collections.abc import Sequence
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


class Keyring:
    """Finds the holders of keys."""

    def __init__(self, reader: Reader, dialect: Dialect) -> None:
        self._reader = reader
        self._sql = _lookup(dialect)
        self._cached: dict[str, tuple[float, KeyHolder]] = {}
        self._noted: dict[uuid.UUID, float] = {}
        self._used: dict[uuid.UUID, datetime] = {}

    async def holder(self, token: str) -> KeyHolder | None:
        """The holder of a key; None if it is malformed, unknown, expired or revoked."""
        if not (kid := read(token)):
            return None
        now = time.monotonic()
        cached = self._cached.get(token)
        if cached and now < cached[0]:
            return cached[1]
        self._cached.pop(token, None)
        rows = await self._reader.rows(self._sql, {"kid": kid})
        if not rows or not _is_valid(rows[0], token):
            return None
        holder = _holder(rows)
        if len(self._cached) >= MOST:
            self._cached.clear()
        self._cached[token] = (now + FRESH, holder)
        self._note(holder, now)
        return holder

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
        "SELECT k.token_hash, k.id, k.role, k.owner, k.municipality_id, k.organization_id,"
        f" k.source, {dialect.instant('k.expires_at')}, {dialect.instant('k.revoked_at')}, u.id"
        " FROM api_keys k LEFT JOIN organizations u ON u.parent_id = k.organization_id"
        f" WHERE k.kid = {dialect.bound('kid')}"
    )


def _is_valid(row: Sequence[object], token: str) -> bool:
    expires, revoked = row[7], row[8]
    is_same = hmac.compare_digest(str(row[0]), hash_of(token))
    return is_same and not revoked and datetime.fromisoformat(str(expires)) > datetime.now(UTC)


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
