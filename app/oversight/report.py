"""The report of `audit verify`: whether the audit trail is whole, as text for the terminal."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa

from app.database.transaction import Transaction
from app.journal import cuts, piece, trail
from app.journal.anchor import Anchor
from app.journal.piece import Piece
from app.journal.proof import Proof, prove
from app.journal.register import Register
from app.oversight.archiving import SLICE
from app.problems import Invalid
from app.words import Words, grouped, trouble

ENTRIES = Words("Записей: {count}", "Entries: {count}")
ARCHIVED = Words("Записи в архивах: с 1 по {last}", "Entries in archives: 1 to {last}")
WHOLE = Words("Журнал цел: да", "Whole: yes")
BROKEN = Words(
    "Журнал цел: НЕТ\nПервая испорченная запись: {seq} (её нет, или она не та, что была записана)",
    "Whole: NO\nFirst broken entry: {seq} (it is missing, or is not what was written)",
)
NO_HEAD = Words(
    "Отметка вне базы: нет, поэтому обрезанный конец не заметить",
    "Head outside the database: none, so a truncated end cannot be detected",
)
HEAD = Words("Отметка вне базы: {seq}, в {folder}", "Head outside the database: {seq}, in {folder}")
OTHER_HEAD = Words(
    "Отметка другой базы: {id}, запись {seq}", "Head of another database: {id} at {seq}"
)
UNREAD = Words(
    "Архивы не проверены: назовите их файлы в --archive",
    "Archives: not verified, name their files with --archive",
)
ARCHIVE_WHOLE = Words(
    "Архив {path}: цел, записи с {first} по {last}",
    "Archive {path}: whole, entries {first} to {last}",
)
ARCHIVE_BROKEN = Words("Архив {path}: НЕ ЦЕЛ: {why}", "Archive {path}: NOT WHOLE: {why}")
DIFFERS = Words(
    "запись {seq} не та, что последней вырезали из базы",
    "entry {seq} differs from the last one that the database removed",
)
IN_NONE = Words(
    "Ни в одном из названных архивов: записи с {first} по {last}",
    "In no archive that was named: entries {first} to {last}",
)
TORN = Words(
    "Архивы: НЕ ЦЕЛЫ: два соседних не сходятся",
    "Archives: NOT WHOLE: two consecutive ones do not join",
)


def report(database: Register, archives: Sequence[Path] = ()) -> int:
    """Print the verification of the trail and its archives; returns 0 if all are whole, else 1."""
    proof = prove(database)
    ours = database.read(lambda tx: trail.head(tx.connection))
    pieces = {path: _read(database, ours.database_id, path) for path in archives}
    whole = [archive for archive in pieces.values() if isinstance(archive, Piece)]
    lines = [*_lines(proof, database.anchor, ours.database_id), *map(_line, pieces.items())]
    gaps = [*_gaps(whole, proof.archived)] if archives else []
    if proof.archived and not archives:
        lines.append(UNREAD.said())
    print("\n".join([*lines, *gaps]))
    return 0 if proof.whole and len(whole) == len(pieces) and not _torn(whole) else 1


def _read(database: Register, database_id: str, path: Path) -> Piece | str:
    """The archive, or the sentence that says what is wrong with it."""
    try:
        archive, marks = piece.read(path, database.secret, database_id, SLICE)
    except (Invalid, OSError) as error:
        return trouble(error) if isinstance(error, OSError) else _words(error)
    for seq, mac in marks:
        if database.read(lambda tx, seq=seq: _kept(tx, seq)) not in {None, mac}:  # type: ignore[misc]
            return DIFFERS.said(seq=seq)
    return archive


def _words(refusal: Invalid) -> str:
    return " ".join(finding.fault.words.said(**finding.values) for finding in refusal.findings)


def _kept(tx: Transaction, seq: int) -> str | None:
    """The hash of an entry in the database: in the mark of a cut, or in the entry itself."""
    cut = sa.select(cuts.CUTS.c.mac).where(cuts.CUTS.c.last_seq == seq)
    here = sa.select(trail.ENTRIES.c.mac).where(trail.ENTRIES.c.seq == seq)
    return tx.execute(cut).scalar() or tx.execute(here).scalar()


def _line(checked: tuple[Path, Piece | str]) -> str:
    path, archive = checked
    if isinstance(archive, str):
        return ARCHIVE_BROKEN.said(path=path, why=archive)
    return ARCHIVE_WHOLE.said(path=path, first=archive.first, last=archive.last)


def _torn(pieces: Sequence[Piece]) -> bool:
    """Whether two consecutive archives do not join."""
    ends = {archive.last: archive.mac for archive in pieces}
    return any(
        ends.get(archive.first - 1, archive.mac_before) != archive.mac_before for archive in pieces
    )


def _gaps(pieces: Sequence[Piece], archived: int) -> Iterator[str]:
    """Lines for removed entries that none of the given archives holds."""
    covered = 0
    for archive in sorted(pieces, key=lambda archive: archive.first):
        if archive.first > covered + 1:
            yield IN_NONE.said(first=covered + 1, last=archive.first - 1)
        covered = max(covered, archive.last)
    if covered < archived:
        yield IN_NONE.said(first=covered + 1, last=archived)
    if _torn(pieces):
        yield TORN.said()


def _lines(proof: Proof, anchor: Anchor | None, database_id: str) -> list[str]:
    lines = [ENTRIES.said(count=grouped(proof.entries))]
    if proof.archived:
        lines.append(ARCHIVED.said(last=proof.archived))
    if proof.whole:
        lines.append(WHOLE.said())
    else:
        lines.append(BROKEN.said(seq=proof.first_broken))
    if anchor is None or proof.anchored is None:
        # A new database has no head yet, nor has one whose id was tampered with.
        lines.append(NO_HEAD.said())
    else:
        lines.append(HEAD.said(seq=proof.anchored, folder=anchor.folder))
    others = anchor.others(database_id) if anchor else []
    lines += [OTHER_HEAD.said(id=head.database_id, seq=head.seq) for head in others]
    return lines
