"""Keys: temporary."""

import hashlib
import secrets
import uuid
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.access.roles import Role
from app.store.columns import Identifier, Instant
from app.store.database import Transaction
from app.store.record import new_id


class ApiKey(SQLModel, table=True):
    __tablename__ = "api_keys"
    id: uuid.UUID = Field(primary_key=True, sa_type=Identifier)
    kid: str = Field(unique=True)
    token_hash: str
    role: str
    owner: str
    municipality_id: uuid.UUID | None = Field(
        None, sa_type=Identifier, foreign_key="municipalities.id"
    )
    organization_id: uuid.UUID | None = Field(
        None, sa_type=Identifier, foreign_key="organizations.id"
    )
    source: str | None = None
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(None, sa_type=Instant)
    last_used_at: datetime | None = Field(None, sa_type=Instant)
    rotated_from: uuid.UUID | None = Field(None, sa_type=Identifier)


@dataclass
class Wanted:
    role: Role
    owner: str
    municipality_id: uuid.UUID | None = None
    organization_id: uuid.UUID | None = None
    source: str | None = None


def read(token: str) -> str | None:
    parts = token.split("_")
    if (
        len(parts) != 3
        or parts[0] != "sn"
        or f"{zlib.crc32(token[:-8].encode()):08x}" != token[-8:]
    ):
        return None
    return parts[1]


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue(tx: Transaction, wanted: Wanted) -> tuple[Any, str]:
    kid = secrets.token_hex(6)
    body = f"sn_{kid}_{secrets.token_hex(20)}"
    token = f"{body}{zlib.crc32(body.encode()):08x}"
    home = wanted.municipality_id
    if wanted.organization_id:
        t = SQLModel.metadata.tables["organizations"]
        home = tx.execute(
            sa.select(t.c.municipality_id).where(t.c.id == wanted.organization_id)
        ).scalar_one()
    row = dict(
        id=new_id(),
        kid=kid,
        token_hash=hash_of(token),
        role=str(wanted.role),
        owner=wanted.owner,
        municipality_id=home,
        organization_id=wanted.organization_id,
        source=wanted.source,
        created_at=tx.now,
        expires_at=tx.now + timedelta(days=365),
    )
    tx.execute(sa.insert(SQLModel.metadata.tables["api_keys"]), [row])
    return row, token


def owners_of(tx: Transaction, ids: Iterable[Any]) -> dict[str, str]:
    table = SQLModel.metadata.tables["api_keys"]
    wanted = {uuid.UUID(each) for each in ids if each}
    rows = tx.execute(sa.select(table.c.id, table.c.owner).where(table.c.id.in_(wanted)))
    return {str(row.id): row.owner for row in rows}
