"""The replica: an SQLite file that always holds whole pages of the feed."""

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

from app.remote import Refused
from app.words import Words

_TABLE = """CREATE TABLE IF NOT EXISTS {name} (
    type TEXT, id TEXT, version INTEGER, source TEXT, source_key TEXT, data TEXT,
    PRIMARY KEY (type, id)
);"""

# WAL: readers of the file and its writer do not block each other. FULL: a commit survives a power
# loss. secure_delete: deleted data is overwritten in the file.
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

OTHER_FEED = Words(
    "{path} ведётся по {followed}: назовите другой файл или удалите этот.",
    "{path} follows {followed}: name another file, or remove it.",
)
TWO_WRITERS = Words(
    "В этот файл пишет другой процесс: запускайте для него только одну копию.",
    "Another process writes the same file: run only one mirror for it.",
)


class Place(NamedTuple):
    """How far the replica has come."""

    cursor: str | None
    is_loading: int
    """Whether a new full load is being gathered in `arriving`."""
    has_more: int
    """Whether there were more changes when the last page was read."""
    changed_at: str | None
    """When the last applied change happened, by the clock of the service."""


class Row(NamedTuple):
    """A record as the replica keeps it."""

    version: int
    source: str | None
    source_key: str | None
    data: str

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Row":
        """The row of a record that the service shows."""
        text = json.dumps(record, ensure_ascii=False, sort_keys=True)
        return cls(record["version"], record["source"], record["source_key"], text)


class Change(TypedDict):
    """A change as the feed tells it."""

    type: str
    id: str
    op: str
    version: int
    changed_at: str
    data: dict[str, Any] | None


class FeedPage(TypedDict):
    """A page of the feed."""

    items: list[Change]
    next_cursor: str
    has_more: bool


class Replica:
    """The file; only one process may write it."""

    def __init__(self, path: Path, url: str, types: str) -> None:
        # The file holds names of people: readable by its owner only, who may open it to others.
        path.touch(mode=0o600)
        self._file = sqlite3.connect(path, timeout=60)
        self._file.executescript(_SCHEMA)
        with self._file:
            insert = "INSERT OR IGNORE INTO place VALUES (1, ?, ?, NULL, 1, 1, NULL)"
            self._file.execute(insert, (url, types))
        if (followed := self._one("SELECT url, types FROM place")) != (url, types):
            raise Refused(OTHER_FEED.said(path=path, followed=" ".join(followed).strip()))

    @property
    def place(self) -> Place:
        """Where the replica stands."""
        return Place(*self._one("SELECT cursor, is_loading, has_more, changed_at FROM place"))

    def keep(self, place: Place, page: FeedPage) -> None:
        """Apply a page and store the cursor behind it, in one transaction."""
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
            # The write-ahead log still holds deleted data; with a reader open this does nothing.
            self._file.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def begin_anew(self, place: Place) -> None:
        """Start a new full load; the old records stay until it is complete."""
        with self._file:
            self._move(place, place._replace(cursor=None, is_loading=1, has_more=1))
            self._file.execute("DELETE FROM arriving")

    def rows(self, kind: str) -> dict[str, Row]:
        """The records of a type by their ids."""
        selected = self._file.execute(
            "SELECT id, version, source, source_key, data FROM records WHERE type = ?", (kind,)
        )
        return {record_id: Row(*row) for record_id, *row in selected}

    def row(self, kind: str, record_id: str) -> Row | None:
        """One record."""
        row = self._one(
            "SELECT version, source, source_key, data FROM records WHERE type = ? AND id = ?",
            kind,
            record_id,
        )
        return Row(*row) if row else None

    def __len__(self) -> int:
        return int(self._one("SELECT count(*) FROM records")[0])

    def _move(self, place: Place, to: Place) -> None:
        update = self._file.execute(
            "UPDATE place SET cursor = ?, is_loading = ?, has_more = ?, changed_at = ?"
            " WHERE cursor IS ? AND is_loading = ?",
            (*to, place.cursor, place.is_loading),
        )
        if not update.rowcount:
            raise Refused(TWO_WRITERS.said())

    def _apply(self, table: str, item: Change) -> None:
        """Apply a change; a repeated or older one changes nothing."""
        name = (item["type"], item["id"])
        record = item["data"]
        if item["op"] == "delete" or record is None:
            delete = f"DELETE FROM {table} WHERE type = ? AND id = ? AND version <= ?"
            self._file.execute(delete, (*name, item["version"]))
            return
        self._file.execute(
            f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (type, id) DO UPDATE SET version = excluded.version,"
            " source = excluded.source, source_key = excluded.source_key, data = excluded.data"
            " WHERE excluded.version >= version",
            (*name, *Row.of(record)),
        )

    def _one(self, sql: str, *values: str) -> Any:
        return self._file.execute(sql, values).fetchone()
