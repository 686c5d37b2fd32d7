"""Duplicates: rows of one file that say something of one record; the first of them counts."""

import marshal
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import starmap
from operator import itemgetter
from typing import Any

from app.intake.faults import ALREADY_IN_FILE
from app.intake.lines import Line, Outcome, Remark
from app.store.engines import sqlite

_HALF = 8
"""Bytes of half a hash."""

# All rows of a slice in one statement: with one for each, Python's lock would be given away and
# asked back thousands of times.
_PUT = """
INSERT OR IGNORE INTO first SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)
"""
_MET = """
SELECT value ->> 1, value ->> 2, number, said FROM json_each(?) JOIN first ON place = value ->> 0
WHERE number <> value ->> 1 ORDER BY 1
"""


def _notes() -> Any:
    """Notes of all rows in a nameless file of SQLite's: memory does not grow with the list."""
    notes = sqlite.connect("", isolation_level=None)
    for pragma in ("journal_mode = OFF", "locking_mode = EXCLUSIVE", "cache_size = -4096"):
        notes.execute(f"PRAGMA {pragma}")
    notes.execute("CREATE TABLE first (place INTEGER PRIMARY KEY, number INTEGER, said TEXT)")
    return notes


@dataclass
class Duplicates:
    """What is known of the rows that have gone by."""

    groups: dict[int, dict[str, Any]] = field(default_factory=dict)
    _notes: Any = field(default_factory=_notes)
    _fields: dict[tuple[str, ...], int] = field(default_factory=dict)
    """The lists of fields that rows have, by number."""

    def sift(self, rows: Sequence[tuple[Line, tuple[str | int, ...]]]) -> None:
        """Give up rows whose record, told by its identity, an earlier row was about."""
        # In the order of their places within the slice: a tree takes them sooner. Of two that are
        # about one record the earlier row goes first.
        notes = f"[{','.join(map(itemgetter(1), sorted(starmap(self._note, rows))))}]"
        if self._notes.execute(_PUT, (notes,)).rowcount == len(rows):
            return
        lines = {line.number: line for line, _ in rows}
        for number, said, earlier, before in self._notes.execute(_MET, (notes,)):
            if before[: 2 * _HALF] == said[: 2 * _HALF]:
                self._tell(lines[number], earlier, self._differing(before, said))

    def _note(self, line: Line, identity: tuple[str | int, ...]) -> tuple[int, str]:
        """A row as it is remembered: a list tells of persons, so that only hashes are kept.

        Its place is half of the hash of its identity. The text is JSON: the place, the row's
        number, and in hexadecimal the other half, the number of its fields' list and a hash for
        each field.
        """
        # Later versions of marshal tell which objects are shared, so that equal values differ.
        hashed = blake2b(marshal.dumps(identity, 0), digest_size=2 * _HALF).digest()
        place = int.from_bytes(hashed[:_HALF], "big", signed=True)
        fields = self._fields.setdefault(tuple(line.said), len(self._fields))
        hashes = array("q", _hashes(line.said.values())).tobytes()
        said = f"{hashed[_HALF:].hex()}{fields:016x}{hashes.hex()}"
        return place, f'[{place},{line.number},"{said}"]'

    def _differing(self, *noted: str) -> set[str]:
        """The fields that two rows tell differently; one may have more, those of its record."""
        one, other = (self._told(each) for each in noted)
        return {name for name in one.keys() & other.keys() if one[name] != other[name]}

    def _told(self, noted: str) -> dict[str, int]:
        number, hashes = noted[2 * _HALF : 4 * _HALF], bytes.fromhex(noted[4 * _HALF :])
        return dict(zip(list(self._fields)[int(number, 16)], array("q", hashes), strict=True))

    def _tell(self, line: Line, number: int, differing: set[str]) -> None:
        group = self.groups.setdefault(number, {"rows": [number], "kept": number, "differing": []})
        group["rows"].append(line.number)
        group["differing"] = sorted({*group["differing"], *differing})
        line.outcome = Outcome.DUPLICATE
        line.infos += (Remark(ALREADY_IN_FILE, values={"row": number}),)


def _hashes(values: Iterable[Any]) -> list[int]:
    try:
        return list(map(hash, values))
    except TypeError:
        return [hash(repr(each) if isinstance(each, list | dict) else each) for each in values]
