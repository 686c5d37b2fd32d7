"""Duplicates: rows of one file that say something of one record; the first of them counts."""

import marshal
import uuid
from collections.abc import Hashable
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

    def meets(self, line: Line, identity: Hashable) -> bool:
        """Whether an earlier row was about the same record."""
        # Only hashes are noted: a list tells of persons.
        key = blake2b(repr(identity).encode(errors="surrogatepass"), digest_size=16).digest()
        said = {name: _hash(value) for name, value in line.said.items()}
        noted = (key, line.number, marshal.dumps(said))
        if self._notes.execute("INSERT OR IGNORE INTO first VALUES (?, ?, ?)", noted).rowcount:
            return False
        found = "SELECT number, said FROM first WHERE identity = ?"
        number, before = self._notes.execute(found, (key,)).fetchone()
        self._tell(line, number, said.items() ^ marshal.loads(before).items())  # noqa: S302 - our own
        return True

    def _tell(self, line: Line, number: int, differing: set[tuple[str, int]]) -> None:
        group = self.groups.setdefault(number, {"rows": [number], "kept": number, "differing": []})
        group["rows"].append(line.number)
        group["differing"] = sorted({*group["differing"], *(name for name, _ in differing)})
        line.outcome = Outcome.DUPLICATE
        line.infos.append(Remark(ALREADY_IN_FILE, values={"row": number}))


def _hash(value: Any) -> int:
    return hash(value if isinstance(value, str | uuid.UUID) else str(value))
