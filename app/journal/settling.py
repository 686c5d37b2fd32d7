"""Settling: writes the journal and the trail of a transaction as its last statements.

Both need locks that only one transaction holds at a time. A few changes, the usual case, therefore
take only two messages to PostgreSQL: each message would delay all other writers.
"""

import json
from collections.abc import Sequence
from itertools import chain

import sqlalchemy as sa

from app.acts import Entry, Head, Row
from app.database.dialects import POSTGRESQL
from app.database.transaction import Transaction
from app.database.volume import MANY
from app.journal import positions, trail
from app.journal.positions import ENTRIES, HEADS
from app.journal.trail import Holder


def settle(tx: Transaction, outside: Holder | None) -> Head | None:
    """Write the changes and acts of a transaction; returns the trail's head after the commit."""
    actor = tx.caller.actor
    of_acts = (trail.row(tx.now, actor, act) for act in tx.acts)
    rows = chain(tx.rows, trail.of_changes(tx.now, actor, tx.entries), of_acts)
    few = tx.entries and len(tx.entries) + len(tx.acts) + len(tx.rows) < MANY
    if few and tx.dialect is POSTGRESQL:
        listed = list(rows)
        if not any(map(trail.tells_of_several, listed)):
            return _few(tx, list(tx.entries), listed, outside)
        rows = chain(listed)
    positions.write(tx, tx.entries)
    return trail.write(tx, rows, outside)


def _few(
    tx: Transaction, entries: Sequence[Entry], rows: Sequence[Row], outside: Holder | None
) -> Head:
    latest = positions.latest_of(entries)
    taken = tx.execute(_TAKEN, {"count": len(latest)}).one()
    before = Head(str(taken.database_id), taken.seq, taken.mac)
    if outside:
        # Under the lock, where no other commit can move the head.
        outside.hold(before)
    after = trail.chained(trail.key_of(tx.secret, before.database_id), before, rows)
    values = {
        "changes": json.dumps(positions.positioned(latest, taken.position, tx.now), default=str),
        "acts": json.dumps(rows),
        "seq": after.seq,
        "mac": after.mac,
    }
    tx.connection.exec_driver_sql(_KEPT, values)
    return after


_POSITION = (
    sa.update(HEADS)
    .values(position=HEADS.c.position + sa.bindparam("count"))
    .returning(HEADS.c.position)
    .cte("taken")
)
_TAKEN = (
    sa.select(_POSITION.c.position, trail.HEADS.c.database_id, trail.HEADS.c.seq, trail.HEADS.c.mac)
    .select_from(_POSITION.join(trail.HEADS, sa.true()))
    .with_for_update(of=trail.HEADS)
)
"""Takes the journal's lock, then the trail's: FOR UPDATE locks rows after the join."""


def _listed(names: Sequence[str], form: str = "{0}") -> str:
    return ", ".join(form.format(name) for name in names)


_KEPT = f"""
    WITH changes AS (
        SELECT {_listed(ENTRIES.c.keys())}
        FROM json_populate_recordset(null::journal_entries, %(changes)s::json)
    ), entries AS (
        INSERT INTO journal_entries ({_listed(ENTRIES.c.keys())}) SELECT * FROM changes
        ON CONFLICT (collection, record_id) DO UPDATE
        SET {_listed(ENTRIES.c.keys(), "{0} = excluded.{0}")}
    ), states AS (
        INSERT INTO state_positions (municipality_id, position)
        SELECT municipality_id, max(position) FROM changes GROUP BY municipality_id
        ON CONFLICT (municipality_id) DO UPDATE SET position = excluded.position
    ), acts AS (
        INSERT INTO audit_entries ({_listed(trail.COLUMNS)})
        SELECT {_listed(trail.COLUMNS)}
        FROM json_populate_recordset(null::audit_entries, %(acts)s::json)
    )
    UPDATE audit_heads SET seq = %(seq)s, mac = %(mac)s
"""  # noqa: S608 - our own names
