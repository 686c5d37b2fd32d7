"""Settling: the journal and the trail of what a transaction did, its last statements.

Both are kept under locks that let one transaction through at a time, so a few changes on
PostgreSQL, which are most of what is written, travel in two messages: each would hold up all.
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
    """Put down the changes and who made them; the trail's head that the commit will make."""
    actor = tx.caller.actor
    done = (trail.row(tx.now, actor, act) for act in tx.acts)
    rows = chain(tx.rows, trail.of_changes(tx.now, actor, tx.entries), done)
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
    found = tx.execute(_TAKEN, {"count": len(latest)}).one()
    before = Head(str(found.database_id), found.seq, found.mac)
    if outside:
        # Under the lock, where no commit can come between the two heads.
        outside.hold(before)
    after = trail.chained(trail.key_of(tx.secret, before.database_id), before, rows)
    said = {
        "changes": json.dumps(positions.positioned(latest, found.position, tx.now), default=str),
        "acts": json.dumps(rows),
        "seq": after.seq,
        "mac": after.mac,
    }
    tx.connection.exec_driver_sql(_KEPT, said)
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
"""The journal's lock, then the trail's: rows are locked after what they are joined with."""


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
