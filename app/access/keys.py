"""Keys: what a caller shows to be let in, and what is kept of it (never the key itself)."""

import hashlib
import hmac
import re
import secrets
import string
import uuid
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.access.roles import Role
from app.store.columns import Identifier, Instant, choice

if TYPE_CHECKING:
    from app.store.dialects import Dialect
    from app.store.reading import Reader

_ALPHABET = string.ascii_letters + string.digits
_KID, _SECRET, _SUM = 12, 32, 8
"""Characters; 32 of 62 kinds are 190 bits, so no slow hash is needed to keep them."""
_LENGTH = len("sn_") + _KID + len("_") + _SECRET + _SUM
_FORM = re.compile(
    rf"(?P<body>sn_(?P<kid>[A-Za-z0-9]{{{_KID}}})_[A-Za-z0-9]{{{_SECRET}}})"
    rf"(?P<sum>[0-9a-f]{{{_SUM}}})"
)


class ApiKey(SQLModel, table=True):
    """A key: whose it is, what for, how far it reaches and until when; it is never deleted."""

    __tablename__ = "api_keys"
    __table_args__ = (
        sa.CheckConstraint(
            "(role = 'org') = (organization_id IS NOT NULL)", name="organization_of_org"
        ),
        sa.CheckConstraint("role = 'sync' OR source IS NULL", name="source_of_sync"),
        sa.CheckConstraint(
            "role NOT IN ('admin', 'auditor') OR municipality_id IS NULL", name="scope_of_role"
        ),
        sa.CheckConstraint(
            "organization_id IS NULL OR municipality_id IS NOT NULL", name="home_of_organization"
        ),
    )
    id: uuid.UUID = Field(primary_key=True, sa_type=Identifier)
    kid: str = Field(unique=True, sa_type=sa.String(_KID))
    token_hash: str = Field(sa_type=sa.String(64))
    role: Role = choice("Роль", Role)
    owner: str = Field(sa_type=sa.String(200))
    municipality_id: uuid.UUID | None = Field(
        sa_type=Identifier, foreign_key="municipalities.id", index=True
    )
    organization_id: uuid.UUID | None = Field(
        sa_type=Identifier, foreign_key="organizations.id", index=True
    )
    source: str | None = Field(sa_type=sa.String(128))
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(sa_type=Instant)
    last_used_at: datetime | None = Field(sa_type=Instant)
    rotated_from: uuid.UUID | None = Field(
        sa_type=Identifier, foreign_key="api_keys.id", index=True
    )

    def is_active(self, now: datetime) -> bool:
        """Whether the key still works."""
        return self.revoked_at is None and now < self.expires_at

    def opens(self, token: str, now: datetime) -> bool:
        """Whether this is the key that was shown, and it still works."""
        # Both are looked at in every case: the time taken tells nothing about the reason.
        same = hmac.compare_digest(self.token_hash, hash_of(token))
        return same & self.is_active(now)


KEYS = SQLModel.metadata.tables["api_keys"]


def mint() -> tuple[str, str]:
    """A new key and its public part: `sn_<kid>_<secret><crc32>`."""
    kid = _noise(_KID)
    body = f"sn_{kid}_{_noise(_SECRET)}"
    return body + _checksum(body), kid


def read(token: str) -> str | None:
    """The public part of what looks like a key, or None; no database is asked for this."""
    # The length first: a header of a megabyte costs no more than a real key.
    found = _FORM.fullmatch(token) if len(token) == _LENGTH else None
    if found is None or found["sum"] != _checksum(found["body"]):
        return None
    return found["kid"]


def hash_of(token: str) -> str:
    """What is kept of a key: the SHA-256 of all of it, in hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


async def find(reader: "Reader", dialect: "Dialect", kid: str) -> ApiKey | None:
    """The key with this public part, on the reading lane; whether it opens is another question."""
    names = ", ".join(KEYS.c.keys())
    sql = f"SELECT {names} FROM api_keys WHERE kid = {dialect.bound('kid')}"  # noqa: S608 - names of our own columns; the value is bound
    rows = await reader.rows(sql, {"kid": kid})
    return _as_key(rows[0], dialect) if rows else None


def _as_key(row: Sequence[Any], dialect: "Dialect") -> ApiKey:
    """A raw row of the driver as SQLAlchemy would have given it."""
    said = cast("sa.Dialect", dialect)  # the types below ask it for its name only
    values = dict(zip(KEYS.c.keys(), row, strict=True))
    for name, column in KEYS.c.items():
        if isinstance(column.type, Identifier | Instant):
            values[name] = column.type.process_result_value(values[name], said)
    return ApiKey(**{**values, "role": Role[values["role"].upper()]})


def _noise(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):0{_SUM}x}"
