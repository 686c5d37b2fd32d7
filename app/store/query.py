"""Query: what the parameters of a list ask of a collection, read by its columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa
from pydantic_core import PydanticCustomError

from app.findings import FAULTS, Finding, fault
from app.model.faults import TOO_LONG, characters, refuse
from app.model.resource import Resource, is_personal
from app.model.text import Unreadable, clean_line, fold
from app.model.values import LINE
from app.model.view import ALL, View
from app.problems import Invalid
from app.store.filters import filters, flag, whole

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

    def is_heavy(self, resource: Resource) -> bool:
        """Whether it may read many more rows than it shows, and so not in the event loop.

        Records of one municipality, or of one record, are read in the order of an index.
        """
        is_bounded = all(
            len(values) == 1 and (name == "municipality_id" or filters(resource)[name].is_narrow)
            for name, values in self.filters.items()
        )
        return bool(self.words or self.include_total or len(self.orders) > 1 or not is_bounded)


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
        refuse(TOO_LONG, limit=characters(LINE))
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
