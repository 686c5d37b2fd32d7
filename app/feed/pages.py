"""A page of the feed: the latest change of each record in order, with the record's data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.access.matrix import grant_of
from app.access.roles import Role
from app.database.dialects import Dialect
from app.feed.cursors import Head, Place
from app.journal.positions import SHARED
from app.model.caller import Caller
from app.model.grants import Reach
from app.model.resource import Resource
from app.model.view import View
from app.store import speech

WINDOW = 20_000
"""Entries read for one page: most of a large register may be outside a follower's scope."""


@dataclass(frozen=True)
class Followed:
    """A collection in a caller's feed."""

    resource: Resource
    view: View
    reach: Reach | None

    @property
    def is_everywhere(self) -> bool:
        """Whether it is shown regardless of municipality."""
        return self.reach == Reach.ALL

    @property
    def tells_deletes(self) -> bool:
        """Whether its deletes are shown; the caller may never have seen a deleted record."""
        # Accepted monitoring records cannot be deleted (`registry.monitoring`), so none is missed.
        return self.reach in {Reach.ALL, Reach.OPEN, Reach.SCOPE}


@dataclass(frozen=True)
class Page:
    """Some changes, and the place after them."""

    head: Head
    place: Place
    items: Sequence[str]
    has_more: bool
    shown: Mapping[str, Sequence[str]]
    """The ids of the records whose data is shown, by collection."""

    def body(self, cursor: str) -> str:
        """The JSON answer."""
        more = "true" if self.has_more else "false"
        items = ",".join(self.items)
        return f'{{"items":[{items}],"next_cursor":"{cursor}","has_more":{more}}}'


def followed(resources: Sequence[Resource], caller: Caller) -> tuple[Followed, ...]:
    """The collections that a caller follows, of those given."""
    role = Role[caller.actor.role.upper()]
    listed = ((kind, grant_of(role, kind.name).read) for kind in resources)
    return tuple(Followed(kind, caller.view(kind.name), reach) for kind, reach in listed if reach)


def read(rows: Sequence[Sequence[Any]], limit: int, place: Place, scope: str) -> Page:
    """The page from the rows of its statement.

    Raises:
        CursorExpired: the place that it starts from cannot be continued.

    """
    epoch, position, purged_to, size, last = rows[0][:5]
    head = Head(str(epoch), position, purged_to)
    place.holds(head, scope)
    entries = [row[5:] for row in rows if row[5] is not None]
    page, is_cut = entries[:limit], len(entries) > limit
    # A window that is not full reaches the head.
    behind = page[-1][0] if is_cut else last if size == WINDOW else position
    shown: dict[str, list[str]] = {}
    for _, collection, record_id, _, data in page:
        if data is not None:
            shown.setdefault(collection, []).append(str(record_id))
    items = [f"{about}{data or 'null'}}}" for _, _, _, about, data in page]
    has_more = is_cut or size == WINDOW
    return Page(head, place.moved(head, behind), items, has_more, shown)


@lru_cache(maxsize=256)
def statement(dialect: Dialect, kinds: tuple[Followed, ...], *, is_local: bool) -> str:
    """The statement of a page: the head of the feed, and one row for each change.

    One statement sees one snapshot, so after the last page the follower holds a state that
    really existed.
    """
    take = dialect.bound("take", "number")
    window = _window(dialect, kinds, is_local=is_local)
    # The inner LIMIT stops both databases from computing `data` twice or too early.
    entries = (
        f"SELECT e.position, e.collection, e.record_id, e.deleted, {_about(dialect)} AS about,"
        f" {_data(dialect, kinds)} AS data FROM {window} e WHERE {_reached(kinds)}"
        f" ORDER BY e.position LIMIT {WINDOW}"
    )
    cut = f"(SELECT count(*) FROM page) = {take}"
    return (
        f"WITH page AS MATERIALIZED (SELECT * FROM ({entries}) x"
        f" WHERE x.deleted OR x.data IS NOT NULL ORDER BY x.position LIMIT {take})"
        " SELECT h.epoch, h.position, h.purged_to,"
        f" CASE WHEN NOT {cut} THEN (SELECT count(*) FROM {window} w) END,"
        f" CASE WHEN NOT {cut} THEN (SELECT max(w.position) FROM {window} w) END,"
        " p.position, p.collection, p.record_id, p.about, p.data"
        " FROM journal_heads h LEFT JOIN page p ON 1 = 1 ORDER BY p.position"
    )


def _about(dialect: Dialect) -> str:
    """The JSON of a change up to its `data`."""
    # Ids, names and keys contain no character that JSON escapes: they are concatenated.
    pair = """'{"source":"' || e.source || '","source_key":"' || e.source_key || '"}'"""
    parts = (
        """'{"seq":'""",
        "e.position",
        """',"type":"'""",
        "e.collection",
        """CASE WHEN e.deleted THEN '","op":"delete","id":"' ELSE '","op":"upsert","id":"' END""",
        "e.record_id",
        """'","key":'""",
        f"coalesce({pair}, 'null')",
        """',"version":'""",
        "e.version",
        """',"changed_at":"'""",
        dialect.instant("e.changed_at"),
        """'","data":'""",
    )
    return " || ".join(parts)


def _data(dialect: Dialect, kinds: Sequence[Followed]) -> str:
    """The record as a list shows it; null where it is gone or out of view."""
    cases = " ".join(
        f"WHEN '{kind.resource.name}' THEN (SELECT CAST("
        f"{speech.record(kind.resource, dialect, personal=kind.view.personal)} AS TEXT)"
        f" FROM {kind.resource.table.name} t WHERE t.id = e.record_id"
        f" AND {speech.in_view(kind.resource, dialect, kind.view)})"
        for kind in kinds
    )
    return f"CASE WHEN NOT e.deleted THEN CASE e.collection {cases} END END"


def _window(dialect: Dialect, kinds: Sequence[Followed], *, is_local: bool) -> str:
    """The next entries, in order: for a municipality merged of a few ranges."""
    ranges = _at_home(dialect, kinds) if is_local else ["1 = 1"]
    after = f"e.position > {dialect.bound('after', 'number')}"
    found = [f"SELECT e.* FROM journal_entries e WHERE {each} AND {after}" for each in ranges]
    return f"({dialect.merged(found, 'position', WINDOW)})"


def _at_home(dialect: Dialect, kinds: Sequence[Followed]) -> Iterator[str]:
    """Ranges of a municipality's entries, of shared ones, and of kinds that everybody may read.

    Those of a municipality and the shared ones are read in order by an index. Of a kind that
    everybody may read there are few entries, so all that follow are sorted.
    """
    local = [kind for kind in kinds if not kind.is_everywhere]
    shared = [kind for kind in local if kind.resource.is_shareable]
    for home, found in (
        (dialect.bound("scope_municipality", "id"), local),
        (f"'{SHARED}'", shared),
    ):
        if found:
            names = [kind.resource.name for kind in found]
            yield f"e.municipality_id = {home} AND {dialect.one_aside('e.collection', names)}"
    for kind in kinds:
        if kind.is_everywhere:
            yield f"e.collection = '{kind.resource.name}'"


def _reached(kinds: Sequence[Followed]) -> str:
    """Entries of these kinds, without deletes of records that were never in view."""
    listed = f"e.collection IN ({_names(kinds)})"
    silent = [kind for kind in kinds if not kind.tells_deletes]
    return (
        f"{listed} AND NOT (e.deleted AND e.collection IN ({_names(silent)}))" if silent else listed
    )


def _names(kinds: Sequence[Followed]) -> str:
    return ", ".join(f"'{kind.resource.name}'" for kind in kinds)
