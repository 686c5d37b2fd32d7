"""Duplicates: rows of one file about a record that an earlier row has become, or is about."""

import json
import marshal
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from sqlite3 import Connection

from app.database.engines import sqlite
from app.intake.codes import RowOutcome
from app.intake.documents import RepeatedRows
from app.intake.faults import ALREADY_IN_FILE
from app.intake.lines import Line, Remark

Identity = tuple[str | int, ...]
"""What is equal of rows about one record."""

_HALF = 8
"""Bytes of half a hash."""

# All rows of a slice in one statement: with one for each, Python's lock would be given away and
# asked back thousands of times.
_PUT = """
INSERT OR IGNORE INTO kept SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)
"""
_MET = """
SELECT value ->> 1, value ->> 2, number, said FROM json_each(?) JOIN kept ON place = value ->> 0
"""


def _notes() -> Connection:
    """Notes of all rows in a nameless file of SQLite's: memory does not grow with the list."""
    notes: Connection = sqlite.connect("", isolation_level=None)
    for pragma in ("journal_mode = OFF", "locking_mode = EXCLUSIVE", "cache_size = -4096"):
        notes.execute(f"PRAGMA {pragma}")
    notes.execute("CREATE TABLE kept (place INTEGER PRIMARY KEY, number INTEGER, said TEXT)")
    return notes


@dataclass
class Duplicates:
    """What is known of the rows that were kept: only they can be what others repeat."""

    groups: dict[int, RepeatedRows] = field(default_factory=dict)
    _notes: Connection = field(default_factory=_notes)
    _has_notes: bool = False
    _fields: dict[tuple[str, ...], int] = field(default_factory=dict)
    """The lists of fields that rows have, by number."""

    def give_up(self, rows: Sequence[tuple[Line, Identity]]) -> None:
        """Give up rows about a record that a kept row of an earlier slice is about."""
        if not self._has_notes:
            return
        lines = {line.number: line for line, _ in rows}
        noted = json.dumps([self._note(*row) for row in rows])
        found = self._notes.execute(_MET, (noted,)).fetchall()
        for number, said, kept, before in sorted(found):
            if before[: 2 * _HALF] == said[: 2 * _HALF]:
                self._tell(lines[number], kept, self._differing(before, said))

    def keep(self, rows: Iterable[tuple[Line, Identity, Iterable[Line]]]) -> None:
        """Remember kept rows, and give up those of their slice that repeat them."""
        notes = []
        for kept, identity, others in rows:
            note = self._note(kept, identity)
            notes.append(note)
            for line in others:
                said = self._note(line, identity)[-1]
                self._tell(line, kept.number, self._differing(note[-1], said))
        # In the order of their places within the slice: a tree takes them sooner.
        self._notes.execute(_PUT, (json.dumps(sorted(notes)),))
        self._has_notes = self._has_notes or bool(notes)

    def _note(self, line: Line, identity: Identity) -> tuple[int, int, str]:
        """A row as it is remembered: a list tells of persons, so that only hashes are kept.

        Its place is half of the hash of its identity. Then come the row's number, and in
        hexadecimal the other half, the number of its fields' list and a hash for each field.
        """
        # Later versions of marshal tell which objects are shared, so that equal values differ.
        hashed = blake2b(marshal.dumps(identity, 0), digest_size=2 * _HALF).digest()
        place = int.from_bytes(hashed[:_HALF], "big", signed=True)
        fields = self._fields.setdefault(tuple(line.said), len(self._fields))
        hashes = array("q", _hashes(line.said.values())).tobytes()
        return place, line.number, f"{hashed[_HALF:].hex()}{fields:016x}{hashes.hex()}"

    def _differing(self, *noted: str) -> set[str]:
        """The fields that two rows tell differently; one may have more, those of its record."""
        one, other = (self._told(each) for each in noted)
        return {name for name in one.keys() & other.keys() if one[name] != other[name]}

    def _told(self, noted: str) -> dict[str, int]:
        number, hashes = noted[2 * _HALF : 4 * _HALF], bytes.fromhex(noted[4 * _HALF :])
        return dict(zip(list(self._fields)[int(number, 16)], array("q", hashes), strict=True))

    def _tell(self, line: Line, kept: int, differing: set[str]) -> None:
        group = self.groups.setdefault(kept, {"rows": [kept], "kept": kept, "differing": []})
        group["rows"].append(line.number)
        group["differing"] = sorted({*group["differing"], *differing})
        line.outcome = RowOutcome.DUPLICATE
        line.infos += (Remark(ALREADY_IN_FILE, values={"row": kept}),)


def _hashes(values: Iterable[object]) -> list[int]:
    try:
        return list(map(hash, values))
    except TypeError:
        return [hash(repr(each) if isinstance(each, list | dict) else each) for each in values]
