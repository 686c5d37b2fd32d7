"""Duplicates: rows of one file that say something of one record; the first of them counts."""

import marshal
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple

from app.intake.faults import ALREADY_IN_FILE
from app.intake.lines import Line, Outcome, Remark
from app.store.engines import sqlite

_HALF = 8
"""Bytes of half a hash."""


def _notes() -> Any:
    """Notes of all rows in a nameless file of SQLite's: memory does not grow with the list."""
    notes = sqlite.connect("", isolation_level=None)
    for pragma in ("journal_mode = OFF", "locking_mode = EXCLUSIVE", "cache_size = -4096"):
        notes.execute(f"PRAGMA {pragma}")
    notes.execute("CREATE TABLE first (place INTEGER PRIMARY KEY, number INTEGER, said BLOB)")
    return notes


class Note(NamedTuple):
    """A row as it is remembered: a list tells of persons, so that only hashes are kept."""

    place: int
    """Half of the hash of its identity; the other half begins what it says."""
    number: int
    said: bytes


@dataclass
class Duplicates:
    """What is known of the rows that have gone by."""

    groups: dict[int, dict[str, Any]] = field(default_factory=dict)
    _notes: Any = field(default_factory=_notes)
    _fields: dict[tuple[str, ...], int] = field(default_factory=dict)
    """The lists of fields that rows have, by number."""

    def sift(self, rows: Sequence[tuple[Line, tuple[str | int, ...]]]) -> None:
        """Give up rows whose record, told by its identity, an earlier row was about."""
        notes = [self._note(line, identity) for line, identity in rows]
        put = "INSERT OR IGNORE INTO first VALUES (?, ?, ?)"
        # In the order of their places within the slice: a tree takes them sooner. Of two that are
        # about one record the earlier row goes first.
        if self._notes.executemany(put, sorted(notes)).rowcount == len(rows):
            return
        found = "SELECT number, said FROM first WHERE place = ?"
        for (line, _), note in zip(rows, notes, strict=True):
            number, before = self._notes.execute(found, (note.place,)).fetchone()
            if number != line.number and before[:_HALF] == note.said[:_HALF]:
                self._tell(line, number, self._differing(before, note.said))

    def _note(self, line: Line, identity: tuple[str | int, ...]) -> Note:
        """What a row says, by hashes: the number of its fields' list, then one for each of them."""
        # Later versions of marshal tell which objects are shared, so that equal values differ.
        hashed = blake2b(marshal.dumps(identity, 0), digest_size=2 * _HALF).digest()
        fields = self._fields.setdefault(tuple(line.said), len(self._fields))
        said = marshal.dumps((fields, *map(_hash, line.said.values())))
        place = int.from_bytes(hashed[:_HALF], "big", signed=True)
        return Note(place, line.number, hashed[_HALF:] + said)

    def _differing(self, *noted: bytes) -> set[str]:
        """The fields that two rows tell differently; one may have more, those of its record."""
        one, other = (self._told(each) for each in noted)
        return {name for name in one.keys() & other.keys() if one[name] != other[name]}

    def _told(self, noted: bytes) -> dict[str, int]:
        number, *hashes = marshal.loads(noted[_HALF:])  # noqa: S302 - our own
        return dict(zip(list(self._fields)[number], hashes, strict=True))

    def _tell(self, line: Line, number: int, differing: set[str]) -> None:
        group = self.groups.setdefault(number, {"rows": [number], "kept": number, "differing": []})
        group["rows"].append(line.number)
        group["differing"] = sorted({*group["differing"], *differing})
        line.outcome = Outcome.DUPLICATE
        line.infos.append(Remark(ALREADY_IN_FILE, values={"row": number}))


def _hash(value: Any) -> int:
    return hash(value if isinstance(value, str | uuid.UUID | tuple) else str(value))
