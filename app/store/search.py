"""Search: queries, sort orders and pages of a collection, derived from its columns."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa
from pydantic_core import PydanticCustomError

from app.database.dialects import Dialect
from app.database.reading import Rows
from app.findings import FAULTS, Finding, fault
from app.model.caller import Caller
from app.model.columns import Scaled
from app.model.faults import TOO_LONG, refuse
from app.model.resource import Resource, is_personal
from app.model.text import Unreadable, clean_line, fold
from app.model.values import LINE
from app.model.view import ALL, View
from app.problems import Invalid
from app.store import speech
from app.store.cursors import seal, unseal
from app.store.filters import filters, flag, reading_of, whole

LIMIT, MOST = 50, 500
"""Records on a page: by default, and at most."""

OF_PAGES = ("limit", "cursor", "include_total")
"""Parameters that only a paged list has."""

WORDS = 20
"""Words of `q` that are used, at most."""


UNKNOWN_PARAMETER = fault(
    "unknown_parameter",
    "Такого параметра нет. Опечатка в фильтре не должна показать лишнее.",
    "There is no such parameter. A misspelt filter must not show everything.",
)
WHOLE_LIST = fault(
    "whole_list",
    "В файл всегда попадает весь список. Уберите этот параметр.",
    "A file always holds the whole list. Remove this parameter.",
)
REPEATED = fault("repeated", "Параметр задан несколько раз.", "The parameter is given twice.")
UNKNOWN_SORT = fault(
    "unknown_sort",
    "По этому полю нельзя сортировать. Допустимо: {allowed}.",
    "The list cannot be sorted by this field. Allowed: {allowed}.",
)


@dataclass(frozen=True)
class Order:
    """One term of a sort: the field, the column that it is sorted by, and the direction."""

    field: sa.Column[object]
    column: sa.Column[object]
    down: bool


@dataclass
class Query:
    """A validated query of a collection."""

    filters: dict[str, list[Any]] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    limit: int = LIMIT
    cursor: str | None = None
    include_total: bool = False

    @property
    def is_heavy(self) -> bool:
        """Whether it may read many rows, and so must not run in the event loop."""
        return bool(self.words or self.include_total or self.filters or len(self.orders) > 1)


def read_query(
    resource: Resource,
    parameters: Sequence[tuple[str, str]],
    view: View = ALL,
    *,
    pages: bool = True,
) -> Query:
    """The query of the parameters; fields that the caller cannot see cannot be queried.

    Without `pages` the whole list is meant, and parameters of paging are refused.

    Raises:
        Invalid: with every unknown, repeated or unreadable parameter.

    """
    query, findings, allowed = Query(), [], filters(resource, personal=view.personal)
    seen: set[str] = set()
    for name, value in parameters:
        entry = allowed.get(name)
        if name in seen and not (entry and entry.many):
            findings.append(Finding(REPEATED, parameter=name))
            continue
        seen.add(name)
        try:
            if not pages and name in OF_PAGES:
                refuse(WHOLE_LIST)
            if entry:
                query.filters.setdefault(name, []).append(entry.read(value))
            else:
                _read_common(resource, view, query, name, value)
        except PydanticCustomError as error:
            values = error.context or {}
            findings.append(Finding(FAULTS[error.type], parameter=name, values=values))
    if findings:
        raise Invalid(*findings)
    if not any(order.column.name == "id" for order in query.orders):
        query.orders.append(Order(resource.table.c.id, resource.table.c.id, down=False))
    return query


def page(
    resource: Resource, dialect: Dialect, query: Query, secret: bytes, caller: Caller
) -> "Page":
    """The statement of a page, within the caller's view.

    Raises:
        InvalidCursor: the cursor is damaged or belongs to another list.

    """
    view = caller.view(resource.name)
    scope = {name: str(value) for name, value in caller.bindings.items()}
    parameters: dict[str, object] = {"take": query.limit + 1, **scope}
    where = condition(resource, dialect, query, parameters)
    keys = "".join(f", {_key_text(order, dialect)}" for order in query.orders)
    if query.include_total:
        seen = speech.in_view(resource, dialect, view)
        keys += f", (SELECT count(*) FROM {resource.table.name} t WHERE ({where}) AND {seen})"
    shape = _shape(resource, query, [speech.in_view(resource, dialect, view), view.personal, scope])
    if query.cursor is not None:
        values = unseal(query.cursor, shape, secret)
        after = _after(query.orders, values, dialect, parameters)
        where = f"({where}) AND {after}"
    order = ordering(query, dialect)
    sql = speech.page(resource, dialect, view, keys, where, order)
    return Page(query, sql, parameters, shape, secret)


@dataclass(frozen=True)
class Page:
    """A statement, and how its rows become a page."""

    query: Query
    sql: str
    parameters: Mapping[str, object]
    shape: bytes
    secret: bytes

    def ids(self, rows: Rows) -> list[str]:
        """The ids of the records on the page."""
        return [str(row[2]) for row in rows[: self.query.limit]]

    def body(self, rows: Rows) -> str:
        """The answer: the records in the database's JSON, and the next cursor."""
        shown = rows[: self.query.limit]
        cursor = "null"
        if len(rows) > self.query.limit:
            keys = shown[-1][3 : 3 + len(self.query.orders)]
            token = seal([*keys], self.shape, self.secret)
            cursor = f'"{token}"'
        items = ",".join(row[0] for row in shown)
        total = f',"total":{shown[0][-1] if shown else 0}' if self.query.include_total else ""
        return f'{{"items":[{items}],"next":{cursor}{total}}}'


def _read_common(resource: Resource, view: View, query: Query, name: str, value: str) -> None:
    match name:
        case "limit":
            query.limit = whole(value, 1, MOST)
        case "cursor":
            query.cursor = value
        case "include_total":
            query.include_total = flag(value)
        case "sort":
            query.orders = _orders(sorts(resource, personal=view.personal), resource, value)
        case "q" if is_searched(resource, view):
            query.words = _words(value)
        case _:
            refuse(UNKNOWN_PARAMETER)


def _words(value: str) -> list[str]:
    if len(value) > LINE:
        refuse(TOO_LONG, limit=LINE)
    try:
        return fold(clean_line(value)).split()[:WORDS]
    except Unreadable:
        refuse(FAULTS["unreadable"])


def is_searched(resource: Resource, view: View) -> bool:
    """Whether `q` is available: it never searches fields that the caller cannot see."""
    column = resource.table.c.get("search_key")
    return column is not None and (view.personal or not is_personal(column))


def _orders(
    allowed: Mapping[str, sa.Column[object]], resource: Resource, value: str
) -> list[Order]:
    orders: list[Order] = []
    for term in value.split(","):
        name = term.removeprefix("-")
        if name not in allowed or any(order.column.name == allowed[name].name for order in orders):
            refuse(UNKNOWN_SORT, allowed=", ".join(allowed))
        field = resource.table.c[name]
        orders.append(Order(field, allowed[name], down=term.startswith("-")))
        if name == "id":
            break
    return orders


@cache
def sorts(resource: Resource, *, personal: bool = True) -> dict[str, sa.Column[object]]:
    """The fields that a list can be sorted by, with the column used."""
    columns = resource.table.c
    named = {
        name: columns.get(f"{name}_key", columns[name])
        for name in resource.sorts
        if personal or not is_personal(columns[name])
    }
    return named | {name: columns[name] for name in ("created_at", "updated_at", "id")}


def condition(
    resource: Resource, dialect: Dialect, query: Query, parameters: dict[str, object]
) -> str:
    """The condition of a query over the table `t`; adds its values to `parameters`."""
    conditions = []
    for name, values in query.filters.items():
        entry = filters(resource)[name]
        bound = []
        for at, value in enumerate(dict.fromkeys(values)):
            key = f"{name}_{at}"
            parameters[key] = value
            bound.append(dialect.bound(key, entry.kind))
        conditions.append(entry.condition(dialect, bound))
    for at, word in enumerate(query.words):
        parameters[f"word_{at}"] = word
        conditions.append(dialect.contains("t.search_key", f"word_{at}"))
    return " AND ".join(conditions) or "1 = 1"


def ordering(query: Query, dialect: Dialect) -> str:
    """The ORDER BY terms of a query."""
    return ", ".join(_order_by(order, dialect) for order in query.orders)


def _key_text(order: Order, dialect: Dialect) -> str:
    return dialect.key_text(_value(order))


def _expression(order: Order, dialect: Dialect) -> str:
    name = _value(order)
    is_text = isinstance(order.column.type, sa.String | sa.Text)
    return dialect.ordered(name) if is_text else name


def _value(order: Order) -> str:
    """The sorted expression: the field or its match key, which is "" and not null if empty."""
    name = f"t.{order.column.name}"
    if order.field.nullable and order.field is not order.column:
        return f"(CASE WHEN t.{order.field.name} IS NOT NULL THEN {name} END)"
    return name


def _order_by(order: Order, dialect: Dialect) -> str:
    way = " DESC" if order.down else ""
    expression = _expression(order, dialect) + way
    nullable = f"t.{order.field.name} IS NULL, " if order.field.nullable else ""
    return nullable + expression


def _after(
    orders: Sequence[Order], values: list[Any], dialect: Dialect, parameters: dict[str, object]
) -> str:
    """The condition for rows after the last one of the previous page; nulls come last both ways."""
    equal: list[str] = []
    options: list[str] = []
    for at, (order, value) in enumerate(zip(orders, values, strict=True)):
        name, expression = f"t.{order.field.name}", _expression(order, dialect)
        if value is None:
            equal.append(f"{name} IS NULL")
            continue
        is_number = isinstance(order.column.type, sa.Integer | Scaled)
        parameters[f"after_{at}"] = int(value) if is_number else value
        bound = dialect.bound(f"after_{at}", _kind_of(order.column.type))
        behind = f"{expression} {'<' if order.down else '>'} {bound}"
        if order.field.nullable:
            behind = f"({behind} OR {name} IS NULL)"
        options.append(" AND ".join([*equal, behind]))
        equal.append(f"{_value(order)} = {bound}")
    return "(" + " OR ".join(options) + ")" if options else "1 = 0"


def _kind_of(kind: object) -> str:
    return reading_of(kind)[2]


def _shape(resource: Resource, query: Query, scope: list[Any]) -> bytes:
    """The identity of a list for its cursors: collection, filters, order and the caller's scope."""
    orders = [(order.column.name, order.down) for order in query.orders]
    identity = [resource.name, sorted(query.filters.items()), query.words, orders, scope]
    return json.dumps(identity, ensure_ascii=True, default=str).encode()
