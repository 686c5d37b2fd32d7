"""Every question that a key can ask: lists with each filter, sort and place, exports, the feed.

Derived from the collections, their filters and sorts, and the matrix, so that nothing that is added
escapes. Keys that see the same of a collection ask the same, and are tried once.
"""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from pydantic_core import PydanticCustomError

from app.access.callers import KeyHolder
from app.access.matrix import grant_of
from app.access.roles import Role
from app.acts import Actor
from app.database.dialects import Dialect
from app.database.transaction import Transaction
from app.feed import pages
from app.journal.positions import ENTRIES, SHARED
from app.model.caller import Caller
from app.model.record import new_id
from app.model.resource import Resource
from app.registry import RESOURCES
from app.store import breadth, listing, search, speech
from app.store.cursors import seal
from app.store.filters import Filter, filters
from app.store.query import is_searched, read_query, sorts
from bench.country import KINDS, SCHOOLS

LIMIT = 100
"""Records on a page."""

FAR = {"date": "2200-01-01", "date-time": "2200-01-01T00:00:00Z"}
PAST = {"date": "1900-01-01", "date-time": "1900-01-01T00:00:00Z"}


@dataclass(frozen=True)
class Question:
    """A statement, by a title that says who asks for what."""

    title: str
    sql: str
    parameters: Mapping[str, object]
    table: str
    """The table whose rows are shown."""
    rows: int
    """The rows that its key sees in that table."""
    nearby: int
    """The rows of its municipality in that table; of all if it has none."""
    is_whole: bool = False
    """Whether all rows are shown, and not a page of them."""


@dataclass(frozen=True)
class Asker:
    """A key, by what limits it."""

    name: str
    role: Role
    holder: Caller

    @property
    def scope(self) -> dict[str, object]:
        """The parameters of its statements."""
        return {name: str(value) for name, value in self.holder.bindings.items()}


def askers(number: int) -> Iterator[Asker]:
    """A key of each scope: everywhere, the municipality with this number, one of its schools.

    The coordinator, who sees the most, comes first; the others ask what they alone can ask.
    """
    home, school = id_of("municipalities", number), id_of("organizations", number * SCHOOLS + 1)
    for role in sorted(Role, key=lambda each: each != Role.COORDINATOR):
        if role == Role.ORG:
            yield _asker("organization", role, home, school)
            continue
        name = "" if role == Role.COORDINATOR else f" {role}"
        yield _asker(f"region{name}", role)
        if role not in {Role.ADMIN, Role.AUDITOR}:
            yield _asker(f"municipality{name}", role, home)


def _asker(
    name: str, role: Role, home: uuid.UUID | None = None, school: uuid.UUID | None = None
) -> Asker:
    own = frozenset([school] if school else ())
    source = "bench" if role == Role.SYNC else None
    holder: Any = KeyHolder(Actor(role), role, home, school, own, source)
    return Asker(name, role, holder)


def id_of(table: str, number: int) -> uuid.UUID:
    """The id of a record of `bench.country`."""
    return uuid.UUID(f"{KINDS[table]}-0000-7000-8000-{number:012x}")


def questions(tx: Transaction, those: Sequence[Asker]) -> Iterator[Question]:
    """Everything that these keys can ask, each different question once."""
    seen = set()
    for asker in those:
        for question in (*_lists(tx, asker), *_feed(tx, asker)):
            bound = {k: v for k, v in question.parameters.items() if k in question.sql}
            what = (question.sql, *sorted(bound.items()))
            if what not in seen:
                seen.add(what)
                yield question


def _lists(tx: Transaction, asker: Asker) -> Iterator[Question]:
    for kind in RESOURCES:
        if grant_of(asker.role, kind.name).read:
            yield from Lists(tx, asker, kind).questions()


class Lists:
    """The questions of one key about one collection."""

    def __init__(self, tx: Transaction, asker: Asker, kind: Resource) -> None:
        self._tx, self._asker, self._kind = tx, asker, kind
        self._dialect: Dialect = tx.dialect
        self._view = asker.holder.view(kind.name)
        seen = speech.in_view(kind, tx.dialect, self._view)
        self._rows = f"{kind.table.name} t WHERE {seen}"
        self._count = self._number(self._rows)
        home = " WHERE t.municipality_id = " + tx.dialect.bound("scope_municipality", "id")
        self._nearby = self._number(f"{kind.table.name} t{home if asker.holder.home else ''}")

    def questions(self) -> Iterator[Question]:
        """Each list by itself, with each filter and each sort, on the first page and a deep one.

        Those that are refused because the collection is large are left out.
        """
        yield from self._paged("plain", [])
        yield from self._asked("total", [("include_total", "true")])
        for name in sorts(self._kind, personal=self._view.personal):
            for term in (name, f"-{name}"):
                yield from self._paged(f"sort={term}", [("sort", term)])
        middle = self._middle()
        for name, entry in filters(self._kind, personal=self._view.personal).items():
            how = "by" if entry.is_narrow else "where"
            for found, value in _values(name, entry, middle):
                yield from self._asked(f"{how} {name} {found}", [(name, value)])
        if is_searched(self._kind, self._view):
            for found, word in (("found", self._word()), ("absent", "ъъъ")):
                yield from self._asked(f"q {found}", [("q", word)])
        yield self._whole()

    def _paged(self, what: str, parameters: list[tuple[str, str]]) -> Iterator[Question]:
        for first in self._asked(what, parameters):
            yield first
            if deep := self._deep(parameters):
                yield from self._asked(f"{what} deep", parameters, deep)

    def _asked(
        self, what: str, parameters: list[tuple[str, str]], cursor: str | None = None
    ) -> Iterator[Question]:
        page = self._page(parameters, cursor)
        wide = breadth.is_wide(self._kind, page.query, self._asker.holder)
        if not wide or self._count <= breadth.MOST:
            title = f"{self._asker.name}: {self._kind.name} {what}"
            table = self._kind.table.name
            counts = self._count, self._nearby
            yield Question(title, page.sql, page.parameters, table, *counts)

    def _page(self, parameters: list[tuple[str, str]], cursor: str | None = None) -> search.Page:
        said = [*parameters, ("limit", str(LIMIT))] + ([("cursor", cursor)] if cursor else [])
        query = read_query(self._kind, said, self._view)
        return search.page(self._kind, self._dialect, query, b"", self._asker.holder)

    def _deep(self, parameters: list[tuple[str, str]]) -> str | None:
        """The cursor in the middle of a list; none for a list of one page."""
        if self._count <= LIMIT:
            return None
        page = self._page(parameters)
        shown = speech.record(self._kind, self._dialect, personal=self._view.personal)
        sql = page.sql.replace(shown, "t.id", 1)
        placed = {**page.parameters, "take": 1}
        (row,) = self._run(f"{sql} OFFSET {self._count // 2}", placed)
        return seal(list(row[3 : 3 + len(page.query.orders)]), page.shape, b"")

    def _middle(self) -> dict[str, Any]:
        """A record in the middle of the list, as it is shown; an empty one if there is none."""
        shown = speech.record(self._kind, self._dialect, personal=self._view.personal)
        last = f"ORDER BY t.id LIMIT 1 OFFSET {self._count // 2}"
        # The record is made once, not for all that are passed by.
        one = f"(SELECT t.id FROM {self._rows} {last})"  # noqa: S608 - our own
        table = self._kind.table.name
        found = self._run(f"SELECT CAST({shown} AS TEXT) FROM {table} t WHERE t.id = {one}")  # noqa: S608 - our own
        return dict(json.loads(found[0][0])) if found else {}

    def _word(self) -> str:
        found = self._run(f"SELECT t.search_key FROM {self._rows} LIMIT 1")  # noqa: S608 - our own
        return next(iter(str(found[0][0]).split()), "x") if found else "x"

    def _whole(self) -> Question:
        query = read_query(self._kind, [], self._view, pages=False)
        listed = listing.listing(self._kind, self._dialect, query, self._asker.holder)
        sql = f"SELECT t.id FROM {listed.rows} ORDER BY {listed.order}"  # noqa: S608 - our own
        title = f"{self._asker.name}: {self._kind.name} export"
        table = self._kind.table.name
        counts = self._count, self._nearby
        return Question(title, sql, listed.parameters, table, *counts, is_whole=True)

    def _number(self, rows: str) -> int:
        return int(self._run(f"SELECT count(*) FROM {rows}")[0][0])  # noqa: S608 - our own

    def _run(self, sql: str, parameters: Mapping[str, object] | None = None) -> Sequence[Any]:
        bound = dict(self._asker.scope if parameters is None else parameters)
        return self._tx.connection.exec_driver_sql(sql, bound).all()


def _values(name: str, entry: Filter, record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Values of a filter: one that a record has, and one that none has."""
    if entry.kind == "flag":
        yield from (("true", "true"), ("false", "false"))
        return
    held = _held(name, record)
    if held is not None:
        yield "found", str(held)
    for value in _absent(name, entry):
        if value != held and _is_read(entry, value):
            yield "absent", value
            return


def _is_read(entry: Filter, value: str) -> bool:
    try:
        entry.read(value)
    except PydanticCustomError:
        return False
    return True


def _absent(name: str, entry: Filter) -> Iterator[str]:
    """Values that hardly any record has; of a closed list its last ones."""
    if entry.kind == "number":
        yield from ("0",) if name.endswith("_to") else ("99999", "999", "99", "9")
        return
    if "format" in entry.schema:
        kind = str(entry.schema["format"])
        yield {"uuid": str(new_id()), **(PAST if name.endswith("_to") else FAR)}[kind]
        return
    try:
        entry.read("нет")
    except PydanticCustomError as error:
        yield from reversed(str((error.context or {})["allowed"]).split(", "))
    else:
        yield "нет"


def _held(name: str, record: Mapping[str, Any]) -> Any:
    """The value of a record that a filter compares, if it has one."""
    for column in (name, name.removesuffix("_from"), name.removesuffix("_to")):
        if column in record:
            return record[column]
    for field, value in record.items():
        inner = value[0] if isinstance(value, list) and value else value
        if name.startswith(f"{field}_") and isinstance(inner, dict):
            return inner.get(name.removeprefix(f"{field}_"))
    return None


def _feed(tx: Transaction, asker: Asker) -> Iterator[Question]:
    """Pages of the feed from its beginning, its middle and its end, of all kinds and of each."""
    role = asker.role
    if not grant_of(role, "changes").read:
        return
    head = tx.connection.exec_driver_sql("SELECT position FROM journal_heads").scalar_one()
    kinds = pages.followed(RESOURCES, asker.holder)
    entries = _entries(tx, asker, kinds)
    for name, some in [("all", kinds), *((kind.resource.name, (kind,)) for kind in kinds)]:
        sql = pages.statement(tx.dialect, some, is_local=asker.holder.home is not None)
        for place, after in (("begin", 0), ("middle", head // 2), ("end", head)):
            yield Question(
                f"{asker.name}: feed {name} {place}",
                sql,
                {**asker.scope, "after": after, "take": LIMIT + 1},
                "journal_entries",
                entries,
                entries,
            )


def _entries(tx: Transaction, asker: Asker, kinds: Sequence[pages.Followed]) -> int:
    """The entries of the journal that a key follows."""
    entries = sa.select(sa.func.count()).select_from(ENTRIES)
    if home := asker.holder.home:
        everywhere = [kind.resource.name for kind in kinds if kind.is_everywhere]
        is_near = ENTRIES.c.municipality_id.in_([home, SHARED])
        entries = entries.where(is_near | ENTRIES.c.collection.in_(everywhere))
    return int(tx.execute(entries).scalar_one())
