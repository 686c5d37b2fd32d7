"""Duplicates: rows of one file that say something of one record; the first of them counts."""

import marshal
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from app.intake.faults import ALREADY_IN_FILE
from app.intake.lines import Line, Outcome, Remark
from app.store.engines import sqlite


def _notes() -> Any:
    """Notes of all rows in a nameless file of SQLite's: memory does not grow with the list."""
    notes = sqlite.connect("", isolation_level=None)
    notes.execute("PRAGMA journal_mode = OFF")
    notes.execute(
        "CREATE TABLE first (identity BLOB PRIMARY KEY, number INTEGER, said BLOB) WITHOUT ROWID"
    )
    return notes


@dataclass
class Duplicates:
    """What is known of the rows that have gone by."""

    groups: dict[int, dict[str, Any]] = field(default_factory=dict)
    _notes: Any = field(default_factory=_notes)

    def sift(self, rows: Sequence[tuple[Line, tuple[str | int, ...]]]) -> None:
        """Give up rows whose record, told by its identity, an earlier row was about."""
        # Only hashes are noted: a list tells of persons.
        noted = [
            (
                blake2b(marshal.dumps(identity), digest_size=16).digest(),
                line.number,
                marshal.dumps(_hashes(line)),
            )
            for line, identity in rows
        ]
        put = "INSERT OR IGNORE INTO first VALUES (?, ?, ?)"
        if self._notes.executemany(put, noted).rowcount == len(rows):
            return
        found = "SELECT number, said FROM first WHERE identity = ?"
        for (line, _), (key, *_) in zip(rows, noted, strict=True):
            number, before = self._notes.execute(found, (key,)).fetchone()
            if number != line.number:
                self._tell(line, number, _hashes(line).items() ^ marshal.loads(before).items())  # noqa: S302 - our own

    def _tell(self, line: Line, number: int, differing: set[tuple[str, int]]) -> None:
        group = self.groups.setdefault(number, {"rows": [number], "kept": number, "differing": []})
        group["rows"].append(line.number)
        group["differing"] = sorted({*group["differing"], *(name for name, _ in differing)})
        line.outcome = Outcome.DUPLICATE
        line.infos.append(Remark(ALREADY_IN_FILE, values={"row": number}))


def _hashes(line: Line) -> dict[str, int]:
    """What a row says, by field."""
    return {
        name: hash(value if isinstance(value, _SIMPLE) else str(value))
        for name, value in line.said.items()
    }


_SIMPLE = (str, uuid.UUID, tuple)
