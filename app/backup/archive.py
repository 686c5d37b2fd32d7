"""Archive: the file format of a copy, the same for both databases.

A ZIP archive with `manifest.json` and a member for each table, whose lines are rows as JSON lists;
identifiers, days and instants as in the API. The archive's comment, its last 64 bytes, is the
SHA-256 of all bytes before it, so any damage is detected.
"""

import errno
import hashlib
import hmac
import json
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, cast
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from app.findings import Finding, fault
from app.model.values import spoken_instant
from app.problems import Invalid

FORMAT = 1
SEAL = 64
"""Bytes of the comment."""
BUFFER = 1 << 20

TAKEN = fault(
    "copy_exists",
    "Файл {path} уже есть. Назовите другой.",
    "{path} exists already. Name another file.",
)
DAMAGED = fault(
    "copy_damaged",
    "{path}: повреждено, обрезано или не копия реестра. Ничего не восстановлено.",
    "{path} is damaged, cut short, or not a copy of a register. Nothing was restored.",
)
NO_ROOM = fault(
    "copy_disk_full",
    "Копия не сделана: на диске, где должен быть файл {path}, не хватает места.",
    "No copy was made: there is not enough room on the disk for {path}.",
)
NEWER_FORMAT = fault(
    "copy_of_newer_format",
    "{path} сделан более новой программой (формат {format}).",
    "{path} was made by a newer program (format {format}).",
)


@dataclass(frozen=True)
class Table:
    """The content of one table in a copy."""

    name: str
    columns: list[str]
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """The description of a copy."""

    id: str
    made_at: str
    database: str
    """The kind of database that was copied."""
    revision: str
    secret: str
    """The fingerprint of the secret that keyed hashes and the audit trail need."""
    database_id: str
    last_entry: int
    """The last entry of the audit trail."""
    tables: list[Table] = field(default_factory=list)
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(table.rows for table in self.tables)


def fingerprint(secret: bytes) -> str:
    """A hash that distinguishes secrets without revealing them."""
    return hmac.digest(secret, b"copy of a register", "sha256").hex()[:16]


@contextmanager
def drafted(path: Path) -> Iterator[ZipFile]:
    """A new archive that gets its name only when it is whole; only its owner may read it.

    Raises:
        Invalid: the file exists, another copy is being made under this name, or the disk is full.
        OSError.

    """
    part = path.with_name(f"{path.name}.part")
    if path.exists():
        raise Invalid(Finding(TAKEN, values={"path": path}))
    try:
        number = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Invalid(Finding(TAKEN, values={"path": part})) from error
    try:
        with os.fdopen(number, "r+b") as file:
            with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=5) as archive:
                archive.comment = bytes(SEAL)
                yield archive
            _seal(file)
        part.rename(path)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise Invalid(Finding(NO_ROOM, values={"path": path})) from error
    finally:
        part.unlink(missing_ok=True)
    _settle(path.parent)


def add(archive: ZipFile, name: str, columns: list[str], rows: Iterable[Iterable[object]]) -> Table:
    """Write and count the rows of a table."""
    count, digest = 0, hashlib.sha256()
    with archive.open(_member(name), "w", force_zip64=True) as member:
        for row in rows:
            line = json.dumps([*row], ensure_ascii=False, separators=(",", ":"), default=_spoken)
            text = f"{line}\n".encode()
            member.write(text)
            digest.update(text)
            count += 1
    return Table(name, columns, count, digest.hexdigest())


def sign(archive: ZipFile, manifest: Manifest) -> None:
    """Write the manifest, the last member."""
    archive.writestr("manifest.json", json.dumps(asdict(manifest), indent=1))


@dataclass(frozen=True)
class Copy:
    """An opened and verified copy."""

    path: Path
    archive: ZipFile
    manifest: Manifest

    def rows(self, table: Table) -> Iterator[list[Any]]:
        """The rows of a table.

        Raises:
            Invalid: at the end, if they differ from the manifest.

        """
        count, digest = 0, hashlib.sha256()
        with self.archive.open(_member(table.name)) as member:
            for line in BufferedReader(cast("Any", member), BUFFER):
                digest.update(line)
                count += 1
                yield json.loads(line)
        if (count, digest.hexdigest()) != (table.rows, table.sha256):
            raise Invalid(Finding(DAMAGED, values={"path": self.path}))


@contextmanager
def opened(path: Path) -> Iterator[Copy]:
    """A copy, opened after its seal was verified.

    Raises:
        Invalid: it is damaged, or was made by a newer program.
        OSError.

    """
    with path.open("rb") as file:
        whole, seal = _sum(file), file.read(SEAL)
        if whole.encode() != seal:
            raise Invalid(Finding(DAMAGED, values={"path": path}))
        try:
            archive = ZipFile(file)
            description = json.loads(archive.read("manifest.json"))
        except (BadZipFile, KeyError, ValueError) as error:
            raise Invalid(Finding(DAMAGED, values={"path": path})) from error
        if description["format"] != FORMAT:
            raise Invalid(Finding(NEWER_FORMAT, values={"path": path, **description}))
        tables = [Table(**entry) for entry in description["tables"]]
        yield Copy(path, archive, Manifest(**{**description, "tables": tables}))


def _member(name: str) -> str:
    return f"tables/{name}.jsonl"


def _spoken(value: object) -> str:
    """A value without a JSON type, as in the API."""
    if isinstance(value, datetime):
        return spoken_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    raise TypeError(f"a column of a new kind: {type(value).__name__}")


def _seal(file: BinaryIO) -> None:
    whole = _sum(file)
    file.seek(-SEAL, os.SEEK_END)
    file.write(whole.encode())
    file.flush()
    os.fsync(file.fileno())


def _sum(file: BinaryIO) -> str:
    """The hash of all but the last bytes; leaves the file positioned before them."""
    remaining = file.seek(0, os.SEEK_END) - SEAL
    file.seek(0)
    digest = hashlib.sha256()
    while remaining > 0 and (piece := file.read(min(remaining, BUFFER))):
        digest.update(piece)
        remaining -= len(piece)
    return digest.hexdigest()


def _settle(folder: Path) -> None:
    """Flush the folder, so that the new name survives a power loss."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
