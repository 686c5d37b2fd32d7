"""Archiving: the oldest part of the audit trail moved into a file, and cut from the database.

First the file is written whole and flushed, then the entries are cut in slices, each in a
transaction with the entry that tells of it. Killed anywhere, the command is run again and goes on.
"""

import time
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError

from app.database.database import Database
from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.journal import cuts, piece, proof, trail
from app.journal.cuts import Cut
from app.journal.piece import Piece
from app.journal.trail import Act
from app.model.record import new_id
from app.model.values import spoken_instant
from app.problems import Invalid

SLICE = 20_000
"""Entries that are cut in one transaction: others who write wait for it, less than a second."""

PAUSE = 0.1
"""Seconds between two slices: on SQLite whoever waits to write looks that often."""

ENTRIES = trail.ENTRIES

NOTHING = fault(
    "nothing_to_archive",
    "В журнале нет записей до этого дня: архивировать нечего.",
    "The trail has no entries from before that day: there is nothing to archive.",
)
NOT_OWNER = fault(
    "not_the_owner",
    "Вырезать записи журнала может только владелец схемы (та роль, под которой выполняют migrate).",
    "Only the owner of the schema (the role that runs migrate) can cut entries of the trail.",
)
UNFIT = fault(
    "archive_does_not_fit",
    "{path}: архив не продолжает этот журнал (в архиве записи {first}-{last}, вырезано до {cut}).",
    "{path} does not continue this trail: it holds entries {first} to {last}, and those up to "
    "{cut} are cut.",
)
FORGED = fault(
    "cut_forged",
    "Отметка о вырезанных записях подделана или сделана с другим секретом: audit verify.",
    "What tells of the entries that were cut is forged or of another secret: audit verify.",
)


def archive(database: Database, before: datetime, path: Path) -> Piece:
    """Move every entry up to the last one before the first of that moment into a file.

    Raises:
        Invalid: there is nothing, the trail or the file is broken, or the role may not cut.
        Unavailable, OSError.

    """
    if not path.exists():
        _write(database, before, path)
    database_id = database.read(lambda tx: trail.head(tx.connection).database_id)
    found, marks = piece.read(path, database.secret, database_id, SLICE)
    cut = database.read(_latest)
    if not found.first - 1 <= cut.last <= found.last:
        said = {"path": path, "first": found.first, "last": found.last, "cut": cut.last}
        raise Invalid(Finding(UNFIT, values=said))
    for seq, mac in marks:
        if seq > cut.last:
            _cut(database, found, seq, mac)
            time.sleep(PAUSE if seq < found.last else 0)
    return found


def _write(database: Database, before: datetime, path: Path) -> None:
    """One state of the trail to a file, proven on its way."""
    with database.reading() as tx:
        cut, head = _latest(tx), trail.head(tx.connection)
        # By numbers, not by times: an entry that waited may be older than the one before it.
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


def _cut(database: Database, found: Piece, last: int, mac: str) -> None:
    """Cut a slice off, if the table holds what the file does."""

    def work(tx: Transaction) -> None:
        held = tx.execute(sa.select(ENTRIES.c.mac).where(ENTRIES.c.seq == last)).scalar()
        if held != mac:
            values = {"path": found.id, "first": found.first, "last": last, "cut": last}
            raise Invalid(Finding(UNFIT, values=values))
        cuts.make(tx, found.id, datetime.fromisoformat(found.before), last, mac)
        tx.acts.append(Act("archive", ids=(found.id,)))

    try:
        database.write(work)
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) == "42501":
            raise Invalid(Finding(NOT_OWNER)) from error
        raise
