"""The replica: a file that is at any moment one page of the feed, never half of one."""

import json
import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

from app.remote import Refused

_TABLE = """CREATE TABLE IF NOT EXISTS {name} (
    type TEXT, id TEXT, version INTEGER, source TEXT, source_key TEXT, data TEXT,
    PRIMARY KEY (type, id)
);"""

# WAL: who reads the file and who keeps it do not wait for each other. FULL: what was told to be
# kept is kept, whatever happens to the machine. secure_delete: of what was deleted no bytes stay.
_SCHEMA = f"""
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
{_TABLE.format(name="records")}
{_TABLE.format(name="arriving")}
CREATE TABLE IF NOT EXISTS place (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    url TEXT, types TEXT, cursor TEXT, is_loading INTEGER, has_more INTEGER, changed_at TEXT
);
"""


class Place(NamedTuple):
    """How far the replica has come."""

    cursor: str | None
    is_loading: int
    """Whether a whole new load is being gathered in `arriving`."""
    has_more: int
    """Whether there were more changes when the last page was read."""
    changed_at: str | None
    """When the last change that was applied had happened, by the clock of the service."""


class Row(NamedTuple):
    """A record as the replica keeps it."""

    version: int
    source: str | None
    source_key: str | None
    data: str

    @classmethod
    def of(cls, record: dict[str, Any]) -> "Row":
        """The row of a record that the service shows."""
        text = json.dumps(record, ensure_ascii=False, sort_keys=True)
        return cls(record["version"], record["source"], record["source_key"], text)


class Replica:
    """The file, for the one process that keeps it."""

    def __init__(self, path: Path, url: str, types: str) -> None:
        # Names of people are inside: the file is its owner's, who may open it to others.
        path.touch(mode=0o600)
        self._file = sqlite3.connect(path, timeout=60)
        self._file.executescript(_SCHEMA)
        with self._file:
            begun = "INSERT OR IGNORE INTO place VALUES (1, ?, ?, NULL, 1, 1, NULL)"
            self._file.execute(begun, (url, types))
        if (held := self._one("SELECT url, types FROM place")) != (url, types):
            raise Refused(
                f"{path} follows {' '.join(held).strip()}: name another file, or remove it."
            )

    @property
    def place(self) -> Place:
        """Where the replica stands."""
        return Place(*self._one("SELECT cursor, is_loading, has_more, changed_at FROM place"))

    def keep(self, place: Place, page: dict[str, Any]) -> None:
        """Apply the page that was read at a place and move on: both, or neither."""
        items, has_more = page["items"], page["has_more"]
        changed_at = items[-1]["changed_at"] if items else place.changed_at
        is_loading = place.is_loading and has_more
        with self._file:
            self._move(place, Place(page["next_cursor"], is_loading, has_more, changed_at))
            for item in items:
                self._apply("arriving" if place.is_loading else "records", item)
            if place.is_loading and not is_loading:
                self._file.execute("DELETE FROM records")
                self._file.execute("INSERT INTO records SELECT * FROM arriving")
                self._file.execute("DELETE FROM arriving")
        if any(item["op"] == "delete" for item in items):
            # The log has what was deleted too. A reader may be in the way; then the next time.
            self._file.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def begin_anew(self, place: Place) -> None:
        """Gather a whole new load; until it is complete the old records stay as they are."""
        with self._file:
            self._move(place, place._replace(cursor=None, is_loading=1, has_more=1))
            self._file.execute("DELETE FROM arriving")

    def rows(self, kind: str) -> dict[str, Row]:
        """The records of a type by their ids."""
        found = self._file.execute(
            "SELECT id, version, source, source_key, data FROM records WHERE type = ?", (kind,)
        )
        return {record_id: Row(*row) for record_id, *row in found}

    def row(self, kind: str, record_id: str) -> Row | None:
        """One record."""
        found = self._one(
            "SELECT version, source, source_key, data FROM records WHERE type = ? AND id = ?",
            kind,
            record_id,
        )
        return Row(*found) if found else None

    def __len__(self) -> int:
        return int(self._one("SELECT count(*) FROM records")[0])

    def _move(self, place: Place, to: Place) -> None:
        moved = self._file.execute(
            "UPDATE place SET cursor = ?, is_loading = ?, has_more = ?, changed_at = ?"
            " WHERE cursor IS ? AND is_loading = ?",
            (*to, place.cursor, place.is_loading),
        )
        if not moved.rowcount:
            raise Refused("Another process keeps the same file: let one of them do it.")

    def _apply(self, table: str, item: dict[str, Any]) -> None:
        """Apply a change; one that comes again, or comes late, does no harm."""
        name = (item["type"], item["id"])
        if item["op"] == "delete":
            gone = f"DELETE FROM {table} WHERE type = ? AND id = ? AND version <= ?"
            self._file.execute(gone, (*name, item["version"]))
            return
        self._file.execute(
            f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (type, id) DO UPDATE SET version = excluded.version,"
            " source = excluded.source, source_key = excluded.source_key, data = excluded.data"
            " WHERE excluded.version >= version",
            (*name, *Row.of(item["data"])),
        )

    def _one(self, sql: str, *values: str) -> Any:
        return self._file.execute(sql, values).fetchone()
