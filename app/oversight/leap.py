"""A clock that may have leapt ahead, as a gap in the audit trail tells."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.journal.trail import AuditEntry
from app.problems import Invalid

LEAPT = fault(
    "clock_leapt",
    "С {last} до {first} в журнале доступа нет ни одной записи. Если это часы машины ушли вперёд, "
    "данные были бы уничтожены раньше срока, и навсегда: проверьте часы. Если часы верны, "
    "повторите с {again}.",
    "The audit trail has no entry from {last} to {first}. If the machine's clock is ahead, data "
    "would be destroyed too early, and for ever: see the clock. If it is right, repeat "
    "with {again}.",
)

ENTRIES = SQLModel.metadata.tables[AuditEntry.__tablename__]

LEAP = timedelta(days=31)
"""So long without an entry says that the clock leapt: copies leave one every night."""


def demand_no_leap(tx: Transaction, again: str) -> None:
    """Refuse a clock that may have leapt ahead since the last month of the trail.

    `again` is what says that it is right.

    Raises:
        Invalid.

    """
    if gap := _leap(tx):
        last, first = (f"{at.astimezone(tx.zone):%d.%m.%Y %H:%M}" for at in gap)
        raise Invalid(Finding(LEAPT, values={"last": last, "first": first, "again": again}))


def _leap(tx: Transaction) -> tuple[datetime, datetime] | None:
    """The two moments between which the trail has nothing, if the later one is of this month."""
    at, month = ENTRIES.c.at, tx.now - LEAP
    last = tx.execute(sa.select(sa.func.max(at)).where(at <= month)).scalar()
    first = tx.execute(sa.select(sa.func.min(at)).where(at > month)).scalar() or tx.now
    return (last, first) if last is not None and first - last > LEAP else None
