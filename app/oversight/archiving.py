"""Archiving: moves the oldest part of the audit trail into a file.

First the file is written whole and flushed; then the entries are deleted in slices, each in one
transaction with the entry that records it. A killed command continues when it is run again.
"""

import time
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError

from app.acts import Act
from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.journal import cuts, piece, proof, trail
from app.journal.cuts import Cut
from app.journal.piece import Piece
from app.journal.register import Register
from app.model.record import new_id
from app.model.values import spoken_instant
from app.problems import Invalid

SLICE = 20_000
"""Entries deleted in one transaction: other writers wait for it, less than a second."""

PAUSE = 0.1
"""Seconds between two slices: SQLite's waiting writers poll at about this interval."""

ENTRIES = trail.ENTRIES

NOTHING = fault(
    "nothing_to_archive",
    "В журнале нет записей до этого дня: архивировать нечего.",
    "The trail has no entries from before that day: there is nothing to archive.",
)
NOT_OWNER = fault(
    "not_the_owner",
    "Вырезать записи журнала может только владелец схемы (та роль, под которой выполняют migrate).",
    "Only the owner of the schema (the role that runs migrate) can delete entries of the trail.",
)
UNFIT = fault(
    "archive_does_not_fit",
    "{path}: архив не продолжает этот журнал (в архиве записи {first}-{last}, вырезано до {cut}).",
    "{path} does not continue this trail: it holds entries {first} to {last}, and entries up to "
    "{cut} are already archived.",
)
FORGED = fault(
    "cut_forged",
    "Отметка о вырезанных записях подделана или сделана с другим секретом: audit verify.",
    "The mark of the archived entries is forged or was made with another secret: audit verify.",
)


def archive(database: Register, before: datetime, path: Path) -> Piece:
    """Move all entries before the first one at or after `before` into a file.

    Raises:
        Invalid: there are none, the trail or the file is broken, or the role may not delete them.
        Unavailable, OSError.

    """
    if not path.exists():
        _write(database, before, path)
    database_id = database.read(lambda tx: trail.head(tx.connection).database_id)
    archived, marks = piece.read(path, database.secret, database_id, SLICE)
    cut = database.read(_latest)
    if not archived.first - 1 <= cut.last <= archived.last:
        values = {"path": path, "first": archived.first, "last": archived.last, "cut": cut.last}
        raise Invalid(Finding(UNFIT, values=values))
    for seq, mac in marks:
        if seq > cut.last:
            _cut(database, archived, seq, mac)
            time.sleep(PAUSE if seq < archived.last else 0)
    return archived


def _write(database: Register, before: datetime, path: Path) -> None:
    """Write one state of the trail to a file, verifying it on the way."""
    with database.reading() as tx:
        cut, head = _latest(tx), trail.head(tx.connection)
        # Cut by number: an entry that waited for its commit may be older than the one before it.
        later = sa.select(sa.func.min(ENTRIES.c.seq)).where(ENTRIES.c.at >= before)
        last = (tx.execute(later).scalar() or head.seq + 1) - 1
        if last <= cut.last:
            raise Invalid(Finding(NOTHING))
        mac = tx.execute(sa.select(ENTRIES.c.mac).where(ENTRIES.c.seq == last)).scalar()
        made = Piece(
            id=str(new_id()),
            database_id=head.database_id,
            first=cut.last + 1,
            last=last,
            before=spoken_instant(before),
            mac_before=cut.mac,
            mac=mac or "",
        )
        piece.write(path, tx.secret, made, proof.entries(tx, made.first, last))


def _latest(tx: Transaction) -> Cut:
    try:
        return cuts.latest(tx)
    except cuts.Forged as error:
        raise Invalid(Finding(FORGED)) from error


def _cut(database: Register, archived: Piece, last: int, mac: str) -> None:
    """Delete a slice, if the table holds the same entries as the file."""

    def work(tx: Transaction) -> None:
        mac_here = tx.execute(sa.select(ENTRIES.c.mac).where(ENTRIES.c.seq == last)).scalar()
        if mac_here != mac:
            values = {"path": archived.id, "first": archived.first, "last": last, "cut": last}
            raise Invalid(Finding(UNFIT, values=values))
        cuts.make(tx, archived.id, datetime.fromisoformat(archived.before), last, mac)
        tx.acts.append(Act("archive", ids=(archived.id,)))

    try:
        database.write(work)
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) == "42501":
            raise Invalid(Finding(NOT_OWNER)) from error
        raise
