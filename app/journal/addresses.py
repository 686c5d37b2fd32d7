"""Addresses: clients' addresses behind the hashes in the audit trail, kept for a limited time.

The audit trail never changes, so it holds only keyed hashes: equal addresses have equal hashes, and
without the secret nobody can find the address of a hash. The addresses themselves are stored here,
where they can be deleted, and only if the administrator allows it (`SN_ADDRESS_DAYS`).
"""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.transaction import Transaction
from app.model.columns import Instant
from app.model.rights import REPLACED, Rights


class AuditAddress(SQLModel, table=True):
    """The address behind a hash of the audit trail."""

    __tablename__ = "audit_addresses"
    rights: ClassVar[Rights] = REPLACED
    address_hash: str = Field(primary_key=True, sa_type=sa.String(32))
    address: str = Field(sa_type=sa.String(64))
    seen_at: datetime = Field(sa_type=Instant)
    """When it was last stored; updated at most once an hour."""


ADDRESSES = SQLModel.metadata.tables["audit_addresses"]


def hashed(secret: bytes, address: str) -> str:
    """The stored form of an address: 128 bits in hexadecimal."""
    return hmac.digest(secret, f"address {address}".encode(), "sha256").hex()[:32]


def keep(tx: Transaction, seen: Mapping[str, str]) -> None:
    """Store the addresses of hashes as seen now."""
    tx.execute(sa.delete(ADDRESSES).where(ADDRESSES.c.address_hash.in_(seen)))
    rows = [
        {"address_hash": name, "address": address, "seen_at": tx.now}
        for name, address in seen.items()
    ]
    tx.execute(sa.insert(ADDRESSES), rows)


def purge(tx: Transaction, days: int) -> None:
    """Delete the addresses not seen for `days` days."""
    old = ADDRESSES.c.seen_at <= tx.now - timedelta(days=days)
    tx.execute(sa.delete(ADDRESSES).where(old))
