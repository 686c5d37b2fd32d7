"""Endings: when keys were revoked or replaced, told outside the database too.

A copy that was made before does not know it, and once it is restored, a stolen key would open the
register again.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from app.access.keys import KEYS, ending
from app.acts import Act, Ended
from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.problems import Invalid

ENDS = ("revoked_at", "expires_at")
"""The columns that tell when a key was revoked, or when its successor takes its place."""

NO_ENDING = fault(
    "no_ending_of_a_key",
    "Это не запись о конце ключа (id {id}). Ничего не восстановлено.",
    "This does not tell the end of a key (id {id}). Nothing was restored.",
)


def replay(tx: Transaction, lines: Iterable[Ended]) -> int:
    """End the keys of a restored copy that ended after it was made; returns how many.

    Raises:
        Invalid: a line does not tell the end of a key.

    """
    ended: dict[uuid.UUID, dict[str, datetime]] = defaultdict(dict)
    for line in lines:
        key_id, ends = _parsed(line)
        for name, at in ends.items():
            column = KEYS.c[name]
            is_later = sa.or_(column.is_(None), column > at)
            of_key = sa.update(KEYS).where(KEYS.c.id == key_id, is_later)
            if tx.execute(of_key.values({name: at})).rowcount:
                ended[key_id][name] = at
    for key_id, ends in sorted(ended.items()):
        tx.acts.append(Act("revoke_key", "keys", (str(key_id),), tuple(sorted(ends))))
    return len(ended)


def complete(tx: Transaction, told: Iterable[Ended]) -> None:
    """Tell of every key that has ended, unless it was told: a disk may have been full then."""
    known = {(line.get("id"), name) for line in (*told, *tx.ended) for name in line}
    rows = tx.execute(sa.select(KEYS).order_by(KEYS.c.id)).mappings().all()
    replaced = {row["rotated_from"] for row in rows}
    for row in rows:
        ends = {"revoked_at"} if row["revoked_at"] else set[str]()
        ends |= {"expires_at"} if row["id"] in replaced else set()
        if new := {name: row[name] for name in ends if (str(row["id"]), name) not in known}:
            tx.ended.append(ending(row["id"], new))


def _parsed(line: Ended) -> tuple[uuid.UUID, Mapping[str, datetime]]:
    try:
        ends = {name: datetime.fromisoformat(str(line[name])) for name in ENDS if name in line}
        return uuid.UUID(str(line["id"])), ends
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid(Finding(NO_ENDING, values={"id": line.get("id", "-")})) from error
