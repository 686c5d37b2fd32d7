"""Entries of the audit trail: filters, pages, and the statements that read them."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from starlette.requests import Request

from app.database.dialects import Dialect
from app.database.members import Form, Member
from app.journal.addresses import hashed
from app.journal.trail import KINDS
from app.model.columns import Identifier, Instant
from app.rest import queries
from app.rest.throttle import network_of
from app.store.cursors import seal, unseal
from app.store.filters import reading_of, whole
from app.store.query import LIMIT, MOST


@dataclass(frozen=True)
class Filter:
    """A query parameter of the trail: its kind, and its condition over the table `t`."""

    kind: Any
    condition: str
    about: str

    @property
    def read(self) -> Callable[[str], object]:
        """The function that reads the parameter's text."""
        return reading_of(self.kind)[0]

    @property
    def schema(self) -> dict[str, object]:
        """The parameter's JSON schema."""
        return reading_of(self.kind)[1]


# Two indexes find one record's entries; an OR of the conditions would use neither.
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
    "id": Filter(Identifier(), _OF_RECORD, "Запись реестра: одна или в числе других"),
    "address_hash": Filter(sa.String(), "t.address_hash = {0}", "Откуда, по хешу адреса"),
    "address": Filter(
        sa.String(),
        "t.address_hash = {0}",
        "Откуда, по адресу: находит и тогда, когда сами адреса не хранятся",
    ),
}


@dataclass
class Query:
    """The query of a request, validated."""

    filters: dict[str, Any] = field(default_factory=dict)
    limit: int = LIMIT
    cursor: str | None = None
    is_newest_first: bool = False
    """Pages begin with the newest entries; the API's with the oldest."""

    @property
    def shape(self) -> bytes:
        """The list's identity, to which a cursor is bound."""
        name = "audit, newest first" if self.is_newest_first else "audit"
        return json.dumps([name, sorted(self.filters.items())]).encode()


def asked(request: Request, filters: Mapping[str, Filter]) -> Query:
    """The validated query of a request: filters, page size and cursor.

    Raises:
        Invalid: with every unknown, repeated or unreadable parameter.

    """
    readers = {name: entry.read for name, entry in filters.items()}
    values = queries.read(
        request, {**readers, "limit": lambda text: whole(text, 1, MOST), "cursor": str}
    )
    paging = {name: values.pop(name) for name in ("limit", "cursor") if name in values}
    return Query(values, **paging)


def page(dialect: Dialect, query: Query, secret: bytes) -> tuple[str, dict[str, object]]:
    """The statement of a page, in the order that the query asks for, and its parameters.

    Raises:
        InvalidCursor: the cursor is damaged or belongs to another list.

    """
    parameters: dict[str, object] = {"take": query.limit + 1}
    conditions = ["1 = 1"]
    for name, value in query.filters.items():
        operand = hashed(secret, network_of(value)) if name == "address" else value
        parameters[f"{name}_is"] = operand
        bound = dialect.bound(f"{name}_is", reading_of(FILTERS[name].kind)[2])
        conditions.append(FILTERS[name].condition.format(bound))
    if query.cursor is not None:
        (parameters["after"],) = unseal(query.cursor, query.shape, secret)
        sign = "<" if query.is_newest_first else ">"
        conditions.append(f"t.seq {sign} {dialect.bound('after', 'number')}")
    order = "t.seq DESC" if query.is_newest_first else "t.seq"
    sql = (
        f"SELECT {_json(dialect)}, t.seq FROM audit_entries t WHERE {' AND '.join(conditions)} "
        f"ORDER BY {order} LIMIT {dialect.bound('take', 'number')}"
    )
    return sql, parameters


def archived(dialect: Dialect) -> str:
    """The statement for the moment before which entries are archived.

    It runs after the page, so that entries archived in between are reported, not missed.
    """
    return f"SELECT {dialect.instant('max(before_at)')} FROM audit_archives"


def body(
    query: Query, rows: Sequence[Sequence[Any]], secret: bytes, archived_before: str | None
) -> str:
    """The answer: the entries as JSON from the database, the cursor, and `archived_before`."""
    shown, cursor = rows[: query.limit], "null"
    if len(rows) > query.limit:
        cursor = f'"{seal([shown[-1][1]], query.shape, secret)}"'
    before_text = json.dumps(archived_before)
    items = ",".join(row[0] for row in shown)
    return f'{{"items":[{items}],"next":{cursor},"archived_before":{before_text}}}'


_FORMS = {
    **dict.fromkeys(("seq", "count"), Form.BARE),
    **dict.fromkeys(("ids", "fields"), Form.JSON),
    **dict.fromkeys(("at", "key_id"), Form.WORD),
}
"""How values are written; all others are texts."""


def _json(dialect: Dialect) -> str:
    """The JSON of an entry; `ids` holds its one record or its several."""
    alone = "CASE WHEN t.record_id IS NOT NULL THEN '[\"' || t.record_id || '\"]' ELSE t.ids END"
    values = {name: f"t.{name}" for name in KINDS if name != "record_id"}
    values |= {
        "at": dialect.instant("t.at"),
        "ids": dialect.json(f"({alone})"),
        "fields": dialect.json("t.fields"),
        "address": "(SELECT a.address FROM audit_addresses a"
        " WHERE a.address_hash = t.address_hash)",
    }
    members = [Member(name, value, _FORMS.get(name, Form.ANY)) for name, value in values.items()]
    return dialect.members(members)
