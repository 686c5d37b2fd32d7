"""The proof that the audit trail is whole, or the first place where it is not."""

import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from app.acts import Head
from app.database.transaction import Transaction
from app.journal import cuts, trail
from app.journal.register import Register
from app.journal.trail import KINDS

AT_ONCE = 1_000
"""Rows in memory: the trail may be longer than memory."""


@dataclass(frozen=True)
class Proof:
    """What was found of the trail."""

    whole: bool
    first_broken: int | None
    """The number of the first entry that is missing, or is not what was written there."""
    entries: int
    """Entries in the database: those in archives do not count."""
    anchored: int | None
    """The last entry that the head outside the database vouches for; None: there is none."""
    archived: int = 0
    """The last entry that was cut off because an archive has it; 0: none was."""


def prove(database: Register) -> Proof:
    """Read the whole trail of a database and hold it against its hashes and the head outside."""
    ours = database.read(lambda tx: trail.head(tx.connection))
    # The file first: it is never ahead of what is committed, so never ahead of what is read next.
    outside = database.anchor.read(ours.database_id) if database.anchor else None
    lost = database.anchor.lost(ours.database_id) if database.anchor else None
    return database.read(lambda tx: verify(tx, outside, lost))


def verify(tx: Transaction, outside: Head | None = None, lost: int | None = None) -> Proof:
    """Hold the trail that a transaction sees against its hashes and the head outside."""
    count = tx.connection.exec_driver_sql("SELECT count(*) FROM audit_entries").scalar_one()
    places = [place for place in (lost, _first_broken(tx, outside)) if place is not None]
    first = min(places, default=None)
    archived = tx.execute(sa.select(sa.func.max(cuts.CUTS.c.last_seq))).scalar() or 0
    return Proof(first is None, first, count, outside.seq if outside else None, archived)


def is_ours(tx: Transaction) -> bool:
    """Whether the last entry was written under our secret, as the next one will be."""
    last = f"{_covered(tx)} ORDER BY seq DESC LIMIT 2"
    found = [list(each) for each in tx.connection.exec_driver_sql(last)]
    if not found:
        return True
    *values, kept = found[0]
    try:
        before = found[1][-1] if len(found) > 1 else cuts.latest(tx).mac
    except cuts.Forged:
        return False
    key = trail.key_of(tx.secret, trail.head(tx.connection).database_id)
    return hmac.compare_digest(kept, trail.link(key, before, values))


def _first_broken(tx: Transaction, outside: Head | None) -> int | None:
    head = trail.head(tx.connection)
    key = trail.key_of(tx.secret, head.database_id)
    heads = [head, outside] if outside else [head]
    try:
        cut = cuts.latest(tx)
    except cuts.Forged:
        return 1
    last, mac = cut.last, cut.mac
    if any(each.seq == last and each.mac != mac for each in heads):
        return last
    with _stream(tx, _entries(tx)) as kept_entries, _stream(tx, _SUBJECTS) as rows:
        subjects = _Subjects(rows)
        for seq, *values, kept in map(list, kept_entries):
            if seq != last + 1:
                return int(min(seq, last + 1))
            last, mac = seq, trail.link(key, mac, [seq, *values])
            vouched = all(each.mac == mac for each in heads if each.seq == seq)
            if kept != mac or not vouched or not subjects.agree(seq, values[_IDS]):
                return int(seq)
        # Beyond the last entry nothing is known of, and none is beyond the head.
        if head.seq < last:
            return head.seq + 1
        is_cut = any(each.seq > last for each in heads)
        return last + 1 if is_cut or subjects.remain() else None


_IDS = list(KINDS).index("ids") - 1

_SUBJECTS = "SELECT seq, record_id FROM audit_subjects ORDER BY seq"


def entries(tx: Transaction, first: int, last: int) -> Iterator[list[Any]]:
    """Entries by their numbers, each as the values that its hash covers, and the hash."""
    some = f"{_covered(tx)} WHERE seq BETWEEN {first:d} AND {last:d} ORDER BY seq"
    with _stream(tx, some) as found:
        yield from map(list, found)


class _Subjects:
    """The records of entries that tell of several, in the entries' order."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._groups = groupby(rows, itemgetter(0))
        self._next = next(self._groups, None)

    def agree(self, seq: int, ids: str) -> bool:
        """Whether these are the records of an entry, and none stands before it."""
        found: list[str] = []
        while self._next and self._next[0] <= seq:
            found += (str(row[1]) for row in self._next[1])
            self._next = next(self._groups, None)
        return sorted(found) == sorted(json.loads(ids))

    def remain(self) -> bool:
        """Whether there are records of no entry."""
        return self._next is not None


def _entries(tx: Transaction) -> str:
    return f"{_covered(tx)} ORDER BY seq"


def _covered(tx: Transaction) -> str:
    """Every column as the text that was bound, whatever somebody has put into its place."""
    said = {
        "number": "{}",
        "text": "{}",
        "id": "CAST({} AS VARCHAR(36))",
        "instant": tx.dialect.instant("{}"),
    }
    listed = ", ".join(said[kind].format(name) for name, kind in KINDS.items())
    return f"SELECT {listed}, mac FROM audit_entries"


def _stream(tx: Transaction, sql: str) -> sa.CursorResult[Any]:
    options = {"stream_results": True, "yield_per": AT_ONCE}
    return tx.connection.exec_driver_sql(sql, execution_options=options)
