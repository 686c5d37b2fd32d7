"""The machine's clock, beside the times that the audit trail already has."""

import sys
from datetime import timedelta

import sqlalchemy as sa

from app.database.transaction import Transaction
from app.journal.register import Register
from app.oversight.leap import ENTRIES
from app.words import Words

BEHIND = Words(
    "Часы машины отстают: на них {now}, а в журнале доступа уже есть запись от {latest}. "
    "Сегодняшний день, сроки ключей и время записей будут неверны. Исправьте часы.",
    "The machine's clock is behind: it says {now}, and the audit trail has an entry of {latest}. "
    "Today, the ends of keys and the times of records will be wrong. Set the clock.",
)

SLACK = timedelta(days=1)
"""An entry so far ahead says nothing yet: another machine's clock may have been ahead."""


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
