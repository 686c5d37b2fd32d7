"""Addresses: from where the register was asked, for as long as an incident may be looked into.

The audit trail never changes, so it holds a keyed hash only: equal addresses have equal hashes, and
nobody without the secret can find the address to one. The addresses themselves stand here, where
they can be deleted, and only if the administrator has decided so (`SN_ADDRESS_DAYS`).
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
    """When it was last told of; more exactly than by the hour nobody is told."""


ADDRESSES = SQLModel.metadata.tables["audit_addresses"]


def hashed(secret: bytes, address: str) -> str:
    """What stands for an address: 128 bits in hexadecimal."""
    return hmac.digest(secret, f"address {address}".encode(), "sha256").hex()[:32]


def keep(tx: Transaction, seen: Mapping[str, str]) -> None:
    """Keep the addresses of hashes, as seen now."""
    tx.execute(sa.delete(ADDRESSES).where(ADDRESSES.c.address_hash.in_(seen)))
    rows = [
        {"address_hash": name, "address": address, "seen_at": tx.now}
        for name, address in seen.items()
    ]
    tx.execute(sa.insert(ADDRESSES), rows)


def purge(tx: Transaction, days: int) -> None:
    """Forget the addresses that were not seen for so many days."""
    old = ADDRESSES.c.seen_at <= tx.now - timedelta(days=days)
    tx.execute(sa.delete(ADDRESSES).where(old))
