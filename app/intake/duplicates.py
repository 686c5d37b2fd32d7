"""Duplicates: finds rows of one file about the same record."""

import json
import marshal
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from sqlite3 import Connection

from app.database.engines import sqlite
from app.intake.codes import RowOutcome
from app.intake.documents import RepeatedRows
from app.intake.faults import ALREADY_IN_FILE
from app.intake.lines import Line, Remark

Identity = tuple[str | int, ...]
"""A value that rows about one record share."""

_HALF = 8
"""Bytes of half a hash."""

# One statement for all rows of a slice: a statement each would release and take Python's lock
# thousands of times.
_PUT = """
INSERT OR IGNORE INTO kept SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)
"""
_MET = """
SELECT value ->> 1, value ->> 2, number, said FROM json_each(?) JOIN kept ON place = value ->> 0
"""


def _empty_notes() -> Connection:
    """An unnamed temporary SQLite database for notes of rows, so that memory does not grow."""
    notes: Connection = sqlite.connect("", isolation_level=None)
    for pragma in ("journal_mode = OFF", "locking_mode = EXCLUSIVE", "cache_size = -4096"):
        notes.execute(f"PRAGMA {pragma}")
    notes.execute("CREATE TABLE kept (place INTEGER PRIMARY KEY, number INTEGER, said TEXT)")
    return notes


@dataclass
class Duplicates:
    """Notes of the kept rows; later rows of the same record are duplicates."""

    groups: dict[int, RepeatedRows] = field(default_factory=dict)
    _has_notes: bool = False
    _fields: dict[tuple[str, ...], int] = field(default_factory=dict)
    """Numbers of the distinct lists of fields that rows have."""

    @cached_property
    def _notes(self) -> Connection:
        """The notes, which belong to the thread that makes the first one."""
        return _empty_notes()

    def reject_known(self, rows: Sequence[tuple[Line, Identity]]) -> None:
        """Mark rows as duplicates of rows kept in an earlier slice."""
        if not self._has_notes:
            return
        lines = {line.number: line for line, _ in rows}
        noted = json.dumps([self._note(*row) for row in rows])
        matches = self._notes.execute(_MET, (noted,)).fetchall()
        for number, hashes, kept, kept_hashes in sorted(matches):
            if kept_hashes[: 2 * _HALF] == hashes[: 2 * _HALF]:
                self._mark(lines[number], kept, self._differing(kept_hashes, hashes))

    def keep(self, rows: Iterable[tuple[Line, Identity, Iterable[Line]]]) -> None:
        """Note kept rows, and mark the rows of their slice that repeat them."""
        notes = []
        for kept, identity, others in rows:
            note = self._note(kept, identity)
            notes.append(note)
            for line in others:
                hashes = self._note(line, identity)[-1]
                self._mark(line, kept.number, self._differing(note[-1], hashes))
        # Inserted in key order, which is faster for the B-tree.
        self._notes.execute(_PUT, (json.dumps(sorted(notes)),))
        self._has_notes = self._has_notes or bool(notes)

    def _note(self, line: Line, identity: Identity) -> tuple[int, int, str]:
        """The note of a row; it holds only hashes, as lists contain personal data.

        Its key is half of the identity's hash. Then follow the row's number, and in hexadecimal the
        other half, the number of its list of fields, and a hash of each field.
        """
        # Later versions of marshal mark shared objects, so equal values would give different bytes.
        hashed = blake2b(marshal.dumps(identity, 0), digest_size=2 * _HALF).digest()
        place = int.from_bytes(hashed[:_HALF], "big", signed=True)
        fields = self._fields.setdefault(tuple(line.fields), len(self._fields))
        hashes = array("q", _hashes(line.fields.values())).tobytes()
        return place, line.number, f"{hashed[_HALF:].hex()}{fields:016x}{hashes.hex()}"

    def _differing(self, *hashes: str) -> set[str]:
        """The fields whose hashes differ; a row may have more fields than the other."""
        first, other = (self._by_field(row_hashes) for row_hashes in hashes)
        return {name for name in first.keys() & other.keys() if first[name] != other[name]}

    def _by_field(self, text: str) -> dict[str, int]:
        number, hashes = text[2 * _HALF : 4 * _HALF], bytes.fromhex(text[4 * _HALF :])
        return dict(zip(list(self._fields)[int(number, 16)], array("q", hashes), strict=True))

    def _mark(self, line: Line, kept: int, differing: set[str]) -> None:
        group = self.groups.setdefault(kept, {"rows": [kept], "kept": kept, "differing": []})
        group["rows"].append(line.number)
        group["differing"] = sorted({*group["differing"], *differing})
        line.outcome = RowOutcome.DUPLICATE
        line.infos += (Remark(ALREADY_IN_FILE, values={"row": kept}),)


def _hashes(values: Iterable[object]) -> list[int]:
    try:
        return list(map(hash, values))
    except TypeError:
        return [hash(repr(value) if isinstance(value, list | dict) else value) for value in values]
