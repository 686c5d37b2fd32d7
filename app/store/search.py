"""Search: the statement of a page of a collection, and the page that its rows become."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.database.dialects import Dialect
from app.database.reading import Rows
from app.model.caller import Caller
from app.model.columns import Scaled
from app.model.resource import Resource
from app.model.view import View
from app.store import speech
from app.store.cursors import seal, unseal
from app.store.filters import filters, reading_of
from app.store.query import Order, Query


def page(
    resource: Resource,
    dialect: Dialect,
    query: Query,
    secret: bytes,
    caller: Caller,
    more: Sequence[str] = (),
) -> "Page":
    """The statement of a page, within the caller's view; `more` expressions are selected last.

    Raises:
        InvalidCursor: the cursor is damaged or belongs to another list.

    """
    view = caller.view(resource.name)
    scope = caller.spoken_bindings
    parameters: dict[str, object] = {"take": query.limit + 1, **scope}
    where = condition(resource, dialect, query, view, parameters)
    keys = "".join(f", {_key_text(order, dialect)}" for order in query.orders)
    if query.include_total:
        keys += f", (SELECT count(*) FROM {resource.table.name} t WHERE {where})"
    keys += "".join(f", {expression}" for expression in more)
    shape = _shape(resource, query, [speech.in_view(resource, dialect, view), view.personal, scope])
    if query.cursor is not None:
        values = unseal(query.cursor, shape, secret)
        after = _after(query.orders, values, dialect, parameters)
        where += f" AND {after}"
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
        shown, at = rows[: self.query.limit], 3 + len(self.query.orders)
        cursor = "null"
        if len(rows) > self.query.limit:
            keys = shown[-1][3:at]
            token = seal([*keys], self.shape, self.secret)
            cursor = f'"{token}"'
        items = ",".join(row[0] for row in shown)
        total = f',"total":{shown[0][at] if shown else 0}' if self.query.include_total else ""
        return f'{{"items":[{items}],"next":{cursor}{total}}}'


def condition(
    resource: Resource,
    dialect: Dialect,
    query: Query,
    view: View,
    parameters: dict[str, object],
) -> str:
    """The condition of a query and a view over the table `t`; adds its values to `parameters`."""
    conditions, is_narrow = [], view.found_by is not None
    for name, values in query.filters.items():
        entry = filters(resource)[name]
        bound = []
        for at, value in enumerate(dict.fromkeys(values)):
            key = f"{name}_{at}"
            parameters[key] = value
            bound.append(dialect.bound(key, entry.kind))
        conditions.append(entry.condition(dialect, bound))
        is_narrow |= entry.is_narrow
    for at, word in enumerate(query.words):
        parameters[f"word_{at}"] = word
        conditions.append(dialect.contains("t.search_key", f"word_{at}"))
    conditions.append(speech.in_view(resource, dialect, view))
    joined = " AND ".join(conditions)
    return joined.replace(HOME, dialect.aside(HOME)) if is_narrow else joined


HOME = "t.municipality_id"


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
