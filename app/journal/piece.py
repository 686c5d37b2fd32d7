"""Pieces: a part of the audit trail in a file that can be verified with the secret alone.

The first line describes the piece (its database, its first and last entry, the hashes before it and
at its end) and is signed with HMAC. Each further line is one entry as hashed, with its hash. As the
hashes are chained, the signed line vouches for all others: a changed, missing, moved or inserted
line is detected. Somebody with the secret could forge a piece, so the secret must be kept safe.
"""

import fcntl
import hmac
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from app.findings import Fault, Finding, fault
from app.journal import trail
from app.problems import Invalid

FORMAT = 1
LONGEST = 16 * 1024 * 1024
"""Bytes of a line at most; an entry with 100,000 records has some 4 MB."""

WIDTHS = (len(trail.COLUMNS) - 1, len(trail.COLUMNS))
"""Columns of an entry: an archive that was made before entries had a trace has one less."""

TAKEN = fault(
    "archive_exists",
    "Файл {path} уже есть и не является архивом этого журнала. Назовите другой.",
    "{path} exists already and is not an archive of this trail. Name another file.",
)
BUSY = fault(
    "archive_under_way",
    "Архив {path} сейчас пишет другая команда.",
    "Another command is writing {path}.",
)
NO_PIECE = fault(
    "archive_unreadable",
    "{path}: не архив журнала доступа, или начало файла повреждено.",
    "{path} is not an archive of an audit trail, or its beginning is damaged.",
)
FOREIGN = fault(
    "archive_foreign",
    "{path}: архив другой базы или сделан с другим секретом, или его первую строку изменили.",
    "{path} belongs to another database or another secret, or its first line was changed.",
)
BROKEN = fault(
    "archive_broken",
    "{path}: запись {seq} отсутствует или не та, что была записана.",
    "{path}: entry {seq} is missing, or differs from what was written.",
)
LONGER = fault(
    "archive_longer",
    "{path}: после записи {seq}, последней в архиве, в файле есть что-то ещё.",
    "{path} contains more after entry {seq}, the last one of the archive.",
)


Mark = tuple[int, str]
"""An entry's number and hash."""


@dataclass(frozen=True)
class Piece:
    """The content of a file's first line."""

    id: str
    database_id: str
    first: int
    last: int
    before: str
    """The entries are from before this moment."""
    mac_before: str
    mac: str
    format: int = FORMAT


def write(path: Path, secret: bytes, piece: Piece, entries: Iterable[list[Any]]) -> None:
    """Write and flush a whole piece, or nothing; the entries are verified on the way.

    Raises:
        Invalid: the file exists, another command writes it, or the trail is broken in this part.
        OSError.

    """
    with _drafted(path) as file:
        head = {"archive": asdict(piece), "seal": _seal(secret, piece)}
        file.write(_line(head))
        for entry in _proven(path, secret, piece, entries):
            file.write(_line(entry))


def read(path: Path, secret: bytes, database_id: str, every: int = 0) -> tuple[Piece, list[Mark]]:
    """Verify a file completely; returns number and hash after each `every` entries and at the end.

    Raises:
        Invalid: it is no archive, foreign, changed, cut short or longer.
        OSError.

    """
    marks: list[Mark] = []
    with path.open("rb") as file:
        piece = _head(path, secret, database_id, file)
        for entry in _proven(path, secret, piece, _entries(path, piece, file)):
            is_mark = every and (entry[0] - piece.first + 1) % every == 0
            if is_mark or entry[0] == piece.last:
                marks.append((entry[0], entry[-1]))
        if file.read(1):
            raise _refused(LONGER, path, piece.last)
    return piece, marks


def _head(path: Path, secret: bytes, database_id: str, file: BinaryIO) -> Piece:
    try:
        content = json.loads(file.readline(LONGEST))
        piece, seal = Piece(**content["archive"]), str(content["seal"])
    except (ValueError, TypeError, KeyError) as error:
        raise _refused(NO_PIECE, path) from error
    is_ours = hmac.compare_digest(_seal(secret, piece).encode(), seal.encode())
    if not is_ours or piece.database_id != database_id or piece.format != FORMAT:
        raise _refused(FOREIGN, path)
    return piece


def _entries(path: Path, piece: Piece, file: BinaryIO) -> Iterator[list[Any]]:
    for seq in range(piece.first, piece.last + 1):
        try:
            entry = json.loads(file.readline(LONGEST))
        except ValueError as error:
            raise _refused(BROKEN, path, seq) from error
        if not isinstance(entry, list) or len(entry) not in WIDTHS:
            raise _refused(BROKEN, path, seq)
        if not all(isinstance(value, str | int | None) for value in entry):
            raise _refused(BROKEN, path, seq)
        yield [*entry[:-1], *[None] * (WIDTHS[-1] - len(entry)), entry[-1]]


def _proven(
    path: Path, secret: bytes, piece: Piece, entries: Iterable[list[Any]]
) -> Iterator[list[Any]]:
    """Entries that are chained from the piece's beginning to its end."""
    key, seq, mac = trail.key_of(secret, piece.database_id), piece.first - 1, piece.mac_before
    for entry in entries:
        seq += 1
        *values, kept = entry
        mac = trail.link(key, mac, values)
        if values[0] != seq or kept != mac:
            raise _refused(BROKEN, path, seq)
        yield entry
    if (seq, mac) != (piece.last, piece.mac):
        raise _refused(BROKEN, path, min(seq + 1, piece.last))


def _seal(secret: bytes, piece: Piece) -> str:
    key = trail.key_of(secret, piece.database_id)
    key.update(json.dumps(["archive", asdict(piece)], sort_keys=True).encode())
    return key.hexdigest()


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


@contextmanager
def _drafted(path: Path) -> Iterator[BinaryIO]:
    """A new file for its owner alone, which gets its name only when it is whole and flushed."""
    part = path.with_name(f"{path.name}.part")
    _clear(path, part)
    with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            os.link(part, path)  # unlike a rename, a link never replaces a file
        except FileExistsError as error:
            raise _refused(TAKEN, path) from error
        finally:
            part.unlink()
    _settle(path.parent)


def _clear(path: Path, part: Path) -> None:
    """Delete the draft of a killed command, unless a running command has locked it.

    Raises:
        Invalid: another command is writing it.

    """
    with suppress(FileNotFoundError), part.open("rb") as draft:
        try:
            fcntl.flock(draft, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _refused(BUSY, path) from error
        part.unlink()


def _settle(folder: Path) -> None:
    """Flush the folder, so that the new name survives a power loss."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _refused(why: Fault, path: Path, seq: int = 0) -> Invalid:
    return Invalid(Finding(why, values={"path": path, "seq": seq}))
