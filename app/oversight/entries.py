"""The entries of the audit trail: filters, pages, and the statements that read them."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from starlette.requests import Request

from app.database.dialects import Dialect
from app.journal.addresses import hashed
from app.journal.trail import KINDS
from app.model.columns import Identifier, Instant
from app.rest import queries
from app.rest.throttle import network_of
from app.store.cursors import seal, unseal
from app.store.filters import reading_of, whole
from app.store.search import LIMIT, MOST


@dataclass(frozen=True)
class Filter:
    """One query parameter of the trail: its kind, and the condition over the table `t`."""

    kind: Any
    condition: str
    about: str

    @property
    def read(self) -> Callable[[str], Any]:
        """How its text is read."""
        return reading_of(self.kind)[0]

    @property
    def schema(self) -> dict[str, Any]:
        """What its text looks like."""
        return reading_of(self.kind)[1]


# One record's entries are found through two indexes; with OR neither would be used.
_OF_RECORD = (
    "t.seq IN (SELECT e.seq FROM audit_entries e WHERE e.record_id = {0}"
    " UNION ALL SELECT s.seq FROM audit_subjects s WHERE s.record_id = {0})"
)

FILTERS: Mapping[str, Filter] = {
    "from": Filter(Instant(), "t.at >= {0}", "Не раньше этого времени"),
    "to": Filter(Instant(), "t.at <= {0}", "Не позже этого времени"),
    "key_id": Filter(Identifier(), "t.key_id = {0}", "Ключ, которым пользовались"),
    "action": Filter(sa.String(), "t.action = {0}", "Действие, например `update`"),
    "type": Filter(sa.String(), "t.type = {0}", "Вид записей, например `teachers`"),
    "id": Filter(Identifier(), _OF_RECORD, "Запись, одна или среди других"),
    "address_hash": Filter(sa.String(), "t.address_hash = {0}", "Откуда, по хешу адреса"),
    "address": Filter(
        sa.String(),
        "t.address_hash = {0}",
        "Откуда, по адресу: находит и тогда, когда сами адреса не хранятся",
    ),
}


@dataclass
class Query:
    """What is asked of the trail, read and checked."""

    filters: dict[str, Any] = field(default_factory=dict)
    limit: int = LIMIT
    cursor: str | None = None

    @property
    def shape(self) -> bytes:
        """What a cursor of this list is bound to."""
        return json.dumps(["audit", sorted(self.filters.items())]).encode()


def asked(request: Request, filters: Mapping[str, Filter]) -> Query:
    """What a request asks of a list: some filters, and a page.

    Raises:
        Invalid: a parameter is unknown, repeated or unreadable; all such faults at once.

    """
    readers = {name: entry.read for name, entry in filters.items()}
    values = queries.read(
        request, {**readers, "limit": lambda text: whole(text, 1, MOST), "cursor": str}
    )
    paging = {name: values.pop(name) for name in ("limit", "cursor") if name in values}
    return Query(values, **paging)


def page(dialect: Dialect, query: Query, secret: bytes) -> tuple[str, dict[str, Any]]:
    """The statement of a page, oldest entries first, with its parameters.

    Raises:
        InvalidCursor: the cursor is damaged or of another list.

    """
    parameters: dict[str, Any] = {"take": query.limit + 1}
    conditions = ["1 = 1"]
    for name, value in query.filters.items():
        sought = hashed(secret, network_of(value)) if name == "address" else value
        parameters[f"{name}_is"] = sought
        bound = dialect.bound(f"{name}_is", reading_of(FILTERS[name].kind)[2])
        conditions.append(FILTERS[name].condition.format(bound))
    if query.cursor is not None:
        (parameters["after"],) = unseal(query.cursor, query.shape, secret)
        conditions.append(f"t.seq > {dialect.bound('after', 'number')}")
    sql = (
        f"SELECT {_spoken(dialect)}, t.seq FROM audit_entries t WHERE {' AND '.join(conditions)} "
        f"ORDER BY t.seq LIMIT {dialect.bound('take', 'number')}"
    )
    return sql, parameters


def archived(dialect: Dialect) -> str:
    """The statement of the moment before which entries are in archives.

    It runs after the page: entries archived in between are then reported, not missed.
    """
    return f"SELECT {dialect.instant('max(before_at)')} FROM audit_archives"


def body(
    query: Query, rows: Sequence[Sequence[Any]], secret: bytes, archived_before: str | None
) -> str:
    """The answer: the entries as JSON from the database, the cursor, and the archive's end."""
    shown, follows = rows[: query.limit], "null"
    if len(rows) > query.limit:
        follows = f'"{seal([shown[-1][1]], query.shape, secret)}"'
    elsewhere = json.dumps(archived_before)
    listed = ",".join(row[0] for row in shown)
    return f'{{"items":[{listed}],"next":{follows},"archived_before":{elsewhere}}}'


def _spoken(dialect: Dialect) -> str:
    """The JSON of an entry; one record or several, `ids` lists them."""
    alone = "CASE WHEN t.record_id IS NOT NULL THEN '[\"' || t.record_id || '\"]' ELSE t.ids END"
    members = {name: f"t.{name}" for name in KINDS if name != "record_id"}
    members |= {
        "at": dialect.instant("t.at"),
        "ids": dialect.json(f"({alone})"),
        "fields": dialect.json("t.fields"),
        "address": "(SELECT a.address FROM audit_addresses a"
        " WHERE a.address_hash = t.address_hash)",
    }
    return f"CAST({dialect.members(list(members.items()))} AS TEXT)"
