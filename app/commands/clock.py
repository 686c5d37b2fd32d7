"""The machine's clock, beside the times that the audit trail already has."""

import sys
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.journal.register import Register
from app.journal.trail import AuditEntry
from app.problems import Invalid
from app.words import Words

BEHIND = Words(
    "Часы машины отстают: на них {now}, а в журнале доступа уже есть запись от {latest}. "
    "Сегодняшний день, сроки ключей и время записей будут неверны. Исправьте часы.",
    "The machine's clock is behind: it says {now}, and the audit trail has an entry of {latest}. "
    "Today, the ends of keys and the times of records will be wrong. Set the clock.",
)

LEAPT = fault(
    "clock_leapt",
    "С {last} до {first} в журнале доступа нет ни одной записи. Если это часы машины ушли вперёд, "
    "данные были бы уничтожены раньше срока, и навсегда: проверьте часы. Если часы верны, "
    "повторите с --clock-is-right.",
    "The audit trail has no entry from {last} to {first}. If the machine's clock is ahead, data "
    "would be destroyed too early, and for ever: see the clock. If it is right, repeat "
    "with --clock-is-right.",
)

ENTRIES = SQLModel.metadata.tables[AuditEntry.__tablename__]

SLACK = timedelta(days=1)
"""An entry so far ahead says nothing yet: another machine's clock may have been ahead."""

LEAP = timedelta(days=31)
"""So long without an entry says that the clock leapt: copies leave one every night."""


def demand_no_leap(database: Register) -> None:
    """Refuse a clock that may have leapt ahead since the last month of the trail.

    Raises:
        Invalid.

    """
    if gap := database.read(_leap):
        last, first = (f"{at.astimezone(database.zone):%d.%m.%Y %H:%M}" for at in gap)
        raise Invalid(Finding(LEAPT, values={"last": last, "first": first}))


def _leap(tx: Transaction) -> tuple[datetime, datetime] | None:
    """The two moments between which the trail has nothing, if the later one is of this month."""
    at, month = ENTRIES.c.at, tx.now - LEAP
    last = tx.execute(sa.select(sa.func.max(at)).where(at <= month)).scalar()
    first = tx.execute(sa.select(sa.func.min(at)).where(at > month)).scalar() or tx.now
    return (last, first) if last is not None and first - last > LEAP else None


def compare(database: Register) -> None:
    """Warn on stderr if the clock is behind the newest entry; whoever wants to goes on."""
    if told := database.read(_behind):
        print(told, file=sys.stderr)


def _behind(tx: Transaction) -> str:
    latest = tx.execute(sa.select(sa.func.max(ENTRIES.c.at))).scalar()
    if latest is None or latest <= tx.now + SLACK:
        return ""
    days = {"now": tx.now.astimezone(tx.zone), "latest": latest.astimezone(tx.zone)}
    return BEHIND.said(**{name: f"{at:%d.%m.%Y %H:%M}" for name, at in days.items()})
