"""The report of the command `audit verify`: whether the audit trail is whole, in plain words."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa

from app.database.database import Database
from app.database.transaction import Transaction
from app.journal import cuts, piece, trail
from app.journal.anchor import Anchor
from app.journal.piece import Piece
from app.journal.proof import Proof, prove
from app.oversight.archiving import SLICE
from app.problems import Invalid


def report(database: Database, archives: Sequence[Path] = ()) -> int:
    """Print what was found of the trail and its archives; 0 if all are whole, else 1."""
    found = prove(database)
    ours = database.read(lambda tx: trail.head(tx.connection))
    pieces = {path: _read(database, ours.database_id, path) for path in archives}
    whole = [each for each in pieces.values() if isinstance(each, Piece)]
    told = [*_lines(found, database.anchor, ours.database_id), *map(_told, pieces.items())]
    gaps = [*_gaps(whole, found.archived)] if archives else []
    if found.archived and not archives:
        told.append("archives: not proven, name their files with --archive")
    print("\n".join([*told, *gaps]))
    return 0 if found.whole and len(whole) == len(pieces) and not _torn(whole) else 1


def _read(database: Database, database_id: str, path: Path) -> Piece | str:
    """A whole archive, or what is wrong with it."""
    try:
        found, marks = piece.read(path, database.secret, database_id, SLICE)
    except (Invalid, OSError) as error:
        return str(error) if isinstance(error, OSError) else _words(error)
    for seq, mac in marks:
        if database.read(lambda tx, seq=seq: _kept(tx, seq)) not in {None, mac}:  # type: ignore[misc]
            return f"entry {seq} is not the one that the database was cut behind"
    return found


def _words(refusal: Invalid) -> str:
    return " ".join(each.fault.words.fill("en", each.values) for each in refusal.findings)


def _kept(tx: Transaction, seq: int) -> str | None:
    """The hash that the database has of an entry: of one at a cut, or of one that is there."""
    cut = sa.select(cuts.CUTS.c.mac).where(cuts.CUTS.c.last_seq == seq)
    here = sa.select(trail.ENTRIES.c.mac).where(trail.ENTRIES.c.seq == seq)
    return tx.execute(cut).scalar() or tx.execute(here).scalar()


def _told(named: tuple[Path, Piece | str]) -> str:
    path, found = named
    if isinstance(found, str):
        return f"archive {path}: NOT WHOLE: {found}"
    return f"archive {path}: whole, entries {found.first} to {found.last}"


def _torn(pieces: Sequence[Piece]) -> bool:
    """Whether two archives that follow one another do not join."""
    ends = {each.last: each.mac for each in pieces}
    return any(ends.get(each.first - 1, each.mac_before) != each.mac_before for each in pieces)


def _gaps(pieces: Sequence[Piece], archived: int) -> Iterator[str]:
    """What was cut and is in none of the archives that were named."""
    known = 0
    for each in sorted(pieces, key=lambda each: each.first):
        if each.first > known + 1:
            yield f"in no archive that was named: entries {known + 1} to {each.first - 1}"
        known = max(known, each.last)
    if known < archived:
        yield f"in no archive that was named: entries {known + 1} to {archived}"
    if _torn(pieces):
        yield "archives: NOT WHOLE: two that follow one another do not join"


def _lines(found: Proof, anchor: Anchor | None, database_id: str) -> list[str]:
    lines = [f"entries: {found.entries}"]
    if found.archived:
        lines.append(f"entries in archives: 1 to {found.archived}")
    if found.whole:
        lines.append("whole: yes")
    else:
        lines += [
            "whole: NO",
            f"first broken entry: {found.first_broken} (it is missing, or is not what was written)",
        ]
    if anchor is None or found.anchored is None:
        # A new database has none yet; nor has one whose id somebody has changed.
        lines.append("head outside the database: none, so an end that was cut off would not show")
    else:
        lines.append(f"head outside the database: {found.anchored}, in {anchor.folder}")
    others = anchor.others(database_id) if anchor else []
    lines += [f"head of another database: {each.database_id} at {each.seq}" for each in others]
    return lines
