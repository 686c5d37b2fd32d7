"""The proof: verifies the audit trail, and finds its first broken entry."""

import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
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
"""Rows in memory at once: the trail may be larger than memory."""


@dataclass(frozen=True)
class Proof:
    """The result of a verification."""

    whole: bool
    first_broken: int | None
    """The number of the first entry that is missing or changed."""
    entries: int
    """Entries in the database, without those in archives."""
    anchored: int | None
    """The last entry that the head outside the database confirms; None without such a head."""
    archived: int = 0
    """The last entry moved to an archive; 0 if none was."""


def prove(database: Register) -> Proof:
    """Verify the whole trail of a database against its hashes and the head outside."""
    ours = database.read(lambda tx: trail.head(tx.connection))
    # The file is read first: it is never ahead of a commit, so never ahead of a later read.
    outside = database.anchor.read(ours.database_id) if database.anchor else None
    lost = database.anchor.lost(ours.database_id) if database.anchor else None
    return database.read(lambda tx: verify(tx, outside, lost))


def verify(tx: Transaction, outside: Head | None = None, lost: int | None = None) -> Proof:
    """Verify the trail that a transaction sees against its hashes and the head outside."""
    count = tx.connection.exec_driver_sql("SELECT count(*) FROM audit_entries").scalar_one()
    places = [place for place in (lost, _first_broken(tx, outside)) if place is not None]
    first = min(places, default=None)
    archived = tx.execute(sa.select(sa.func.max(cuts.CUTS.c.last_seq))).scalar() or 0
    return Proof(first is None, first, count, outside.seq if outside else None, archived)


def is_ours(tx: Transaction) -> bool:
    """Whether the last entry was written under this secret."""
    return next(_fitting(tx, 1), True)


LAST = 5
"""Entries of which somebody has changed some, but hardly all."""


def is_of_other_secret(tx: Transaction) -> bool:
    """Whether none of the last entries was written under this secret, so it is another one."""
    fitting = [*_fitting(tx, LAST)]
    return bool(fitting) and not any(fitting)


def _fitting(tx: Transaction, most: int) -> Iterator[bool]:
    """Whether each of the last entries was written under this secret, from the newest on."""
    last = f"{_covered(tx)} ORDER BY seq DESC LIMIT {most + 1}"
    rows = [list(each) for each in tx.connection.exec_driver_sql(last)]
    key = trail.key_of(tx.secret, trail.head(tx.connection).database_id)
    for at, (*values, kept) in enumerate(rows[:most]):
        try:
            before = rows[at + 1][-1] if at + 1 < len(rows) else cuts.latest(tx).mac
        except cuts.Forged:
            yield False
        else:
            yield hmac.compare_digest(kept, trail.link(key, before, values))


def _first_broken(tx: Transaction, outside: Head | None) -> int | None:
    head = trail.head(tx.connection)
    key = trail.key_of(tx.secret, head.database_id)
    heads = [head, outside] if outside else [head]
    try:
        cut = cuts.latest(tx)
    except cuts.Forged:
        return 1
    last, mac = cut.last, cut.mac
    if any(known.seq == last and known.mac != mac for known in heads):
        return last
    with _stream(tx, _entries(tx)) as kept_entries, _stream(tx, _SUBJECTS) as rows:
        subjects = _Subjects(rows)
        for seq, *values, kept in map(list, kept_entries):
            if seq != last + 1:
                return int(min(seq, last + 1))
            last, mac = seq, trail.link(key, mac, [seq, *values])
            vouched = all(known.mac == mac for known in heads if known.seq == seq)
            if kept != mac or not vouched or not subjects.agree(seq, values[_IDS]):
                return int(seq)
        # The head must not be behind the last entry.
        if head.seq < last:
            return head.seq + 1
        is_cut = any(known.seq > last for known in heads)
        return last + 1 if is_cut or subjects.remain() else None


_IDS = list(KINDS).index("ids") - 1

_SUBJECTS = "SELECT seq, record_id FROM audit_subjects ORDER BY seq"


def entries(tx: Transaction, first: int, last: int) -> Iterator[list[Any]]:
    """Entries by number, each as the values that its hash covers, and the hash."""
    query = f"{_covered(tx)} WHERE seq BETWEEN {first:d} AND {last:d} ORDER BY seq"
    with _stream(tx, query) as rows:
        yield from map(list, rows)


class _Subjects:
    """The records of entries about several, in the order of the entries."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._groups = groupby(rows, itemgetter(0))
        self._next = next(self._groups, None)

    def agree(self, seq: int, ids: str) -> bool:
        """Whether these are the records of an entry, with none left over before it."""
        records: list[str] = []
        while self._next and self._next[0] <= seq:
            records += (str(row[1]) for row in self._next[1])
            self._next = next(self._groups, None)
        return sorted(records) == sorted(json.loads(ids))

    def remain(self) -> bool:
        """Whether records without an entry are left."""
        return self._next is not None


def _entries(tx: Transaction) -> str:
    return f"{_covered(tx)} ORDER BY seq"


def _covered(tx: Transaction) -> str:
    """A SELECT of every column as the text that was bound, even if it was tampered with."""
    form = {
        "number": "{}",
        "text": "{}",
        "id": "CAST({} AS VARCHAR(36))",
        "instant": tx.dialect.instant("{}"),
    }
    listed = ", ".join(form[kind].format(name) for name, kind in KINDS.items())
    return f"SELECT {listed}, mac FROM audit_entries"


def _stream(tx: Transaction, sql: str) -> sa.CursorResult[Any]:
    options = {"stream_results": True, "yield_per": AT_ONCE}
    return tx.connection.exec_driver_sql(sql, execution_options=options)
