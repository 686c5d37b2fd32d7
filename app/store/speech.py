"""Speech: SQL expressions with which the database itself builds the JSON of records.

They are made once for each resource and dialect; both dialects give the same bytes, which
equal those of the resource's Read model (a property test compares them).
"""

import json
import uuid
from collections.abc import Mapping
from functools import cache

import sqlalchemy as sa

from app.database.dialects import Dialect
from app.database.members import Form, Member
from app.database.transaction import Transaction
from app.model.columns import Identifier, Instant, Scaled, Set
from app.model.declaration import table_of
from app.model.leaves import leaves
from app.model.record import PART_FIELDS, Part
from app.model.resource import Resource
from app.model.view import ALL, View, rows_in_view

_KEPT = frozenset({"id", "etag", "version", "created_at", "updated_at"})
_KEYS = frozenset({"source", "source_key"})


@cache
def record(resource: Resource, dialect: Dialect, *, personal: bool = True) -> str:
    """The expression of a record's JSON over the table `t`."""
    return dialect.members(_members(resource, dialect, personal=personal))


def _members(resource: Resource, dialect: Dialect, *, personal: bool) -> list[Member]:
    columns = resource.table.columns
    head = ("version", "created_at", "updated_at", "source", "source_key", "municipality_id")
    members = [
        Member("id", "t.id", Form.WORD, is_required=True),
        Member("etag", "t.version", Form.TAG, is_required=True),
        *(_member(columns[name], "t", dialect) for name in head),
    ]
    for name in resource.spoken:
        if name in head:
            continue
        if name in resource.parts:
            parts = _parts(resource.parts[name], dialect, personal=personal)
            members.append(Member(name, parts, Form.JSON, is_required=True))
        elif name in resource.embedded:
            members.append(Member(name, _embedded(resource, name, dialect), Form.JSON))
        else:
            members.append(_member(columns[name], "t", dialect, personal=personal))
    return members + [_member(columns[name], "t", dialect) for name in resource.shown]


@cache
def item(resource: Resource, dialect: Dialect, view: View) -> str:
    """The statement of one record by id, if it is in view."""
    return _select(resource, dialect, view, f"t.id = {dialect.bound('id', 'id')}")


def text_of(tx: Transaction, resource: Resource, record_id: uuid.UUID) -> str:
    """The JSON of a record that exists, whatever the caller sees of it."""
    return tx.texts(item(resource, tx.dialect, ALL), {"id": str(record_id)})[0]


def body_of(tx: Transaction, resource: Resource, record_id: uuid.UUID) -> dict[str, object]:
    """The body that would leave a record as it is."""
    read_only = {*_KEPT, *resource.shown} | (set() if resource.owns else {"municipality_id"})
    current = json.loads(text_of(tx, resource, record_id))
    return {name: value for name, value in current.items() if name not in read_only}


@cache
def by_key(resource: Resource, dialect: Dialect, view: View, *, in_municipality: bool) -> str:
    """The statement of the records with a source key (several only across municipalities)."""
    condition = (
        f"t.source = {dialect.bound('source')} AND t.source_key = {dialect.bound('source_key')}"
    )
    # Listing all municipalities keeps the index in use, as it begins with the municipality.
    home = "IN (SELECT m.id FROM municipalities m)"
    if in_municipality:
        home = f"= {dialect.bound('municipality_id', 'id')}"
    elif resource.is_shareable:
        home += " OR t.municipality_id IS NULL"
    condition += f" AND (t.municipality_id {home})"
    if resource.has_heirs:
        merged = f"m.source = {dialect.bound('source')} AND m.source_key = "
        merged += f"{dialect.bound('source_key')} AND m.municipality_id {home}"
        heirs = f"SELECT m.heir_id FROM merged_records m WHERE m.collection = '{resource.name}'"
        condition = f"({condition}) OR t.id IN ({heirs} AND {merged})"
    return _select(resource, dialect, view, condition) + " LIMIT 2"


def page(
    resource: Resource, dialect: Dialect, view: View, keys: str, condition: str, order: str
) -> str:
    """The statement of a page: JSON and sort keys, with one row more than the limit.

    Unlike the other statements it takes the whole condition, with that of the view.
    """
    spoken = record(resource, dialect, personal=view.personal)
    select = _selected(resource, spoken, keys, condition)
    return f"{select} ORDER BY {order} LIMIT {dialect.bound('take', 'number')}"


@cache
def said(resource: Resource, dialect: Dialect, view: View) -> Mapping[str, str]:
    """The JSON expressions of a record's fields over the table `t`."""
    members = _members(resource, dialect, personal=view.personal)
    return {each.name: each.value for each in members}


@cache
def fields(resource: Resource, dialect: Dialect, view: View) -> Mapping[str, str]:
    """By path: the expression of each value of a record of `t`; decimals are scaled integers."""
    shown = dict(said(resource, dialect, view))
    for leaf in leaves(resource):
        column = leaf.column
        if column is None or leaf.is_of_part:
            continue
        told = _member(column, "t", dialect, personal=view.personal).value
        if isinstance(column.type, Scaled) and told != "NULL":
            # Dividing costs the database more than all else in a row.
            told = f"t.{column.name}"
        if leaf.inner or isinstance(column.type, Scaled):
            shown[leaf.path] = told
    return shown


def height(resource: Resource, dialect: Dialect) -> str:
    """The number of rows that a record of `t` takes in a list."""
    tables = (table_of(part).name for part in resource.parts.values())
    counts = (f"(SELECT count(*) FROM {table} p WHERE p.owner_id = t.id)" for table in tables)
    return dialect.greatest(["1", *counts]) if resource.parts else "1"


@cache
def in_view(resource: Resource, dialect: Dialect, view: View, row: str = "t") -> str:
    """The condition over the alias `row` of the table for the rows that a caller sees."""
    rows = resource.table.alias(row)
    # Compiled inside a SELECT over it, because a correlated subquery needs the outer one.
    select = sa.select(rows.c.id).where(rows_in_view(rows, view, {}))
    _, _, condition = str(select.compile(dialect=dialect.compiler)).partition("WHERE ")
    return f"({condition or '1 = 1'})"


def _select(resource: Resource, dialect: Dialect, view: View, condition: str) -> str:
    spoken = dialect.alone(_members(resource, dialect, personal=view.personal))
    seen = f"({condition}) AND {in_view(resource, dialect, view)}"
    return _selected(resource, spoken, "", seen)


def _selected(resource: Resource, spoken: str, more: str, condition: str) -> str:
    return (
        f"SELECT {spoken}, t.version, CAST(t.id AS TEXT){more} "
        f"FROM {resource.table.name} t "
        f"WHERE {condition}"
    )


def _parts(part: type[Part], dialect: Dialect, *, personal: bool) -> str:
    table = table_of(part)
    members = [
        _member(column, "p", dialect, personal=personal)
        for column in table.columns
        if column.name not in PART_FIELDS
    ]
    source = f"{table.name} p WHERE p.owner_id = t.id"
    return dialect.rows(members, source, "p.place")


def _embedded(resource: Resource, name: str, dialect: Dialect) -> str:
    """An object stored in columns; null if its first (required) column is null."""
    columns = resource.table.columns
    members = [
        _member(columns[f"{name}_{inner}"], "t", dialect)._replace(name=inner)
        for inner in resource.embedded[name].model_fields
    ]
    first = members[0].value
    return dialect.json(f"CASE WHEN {first} IS NOT NULL THEN {dialect.members(members)} END")


def _member(
    column: sa.Column[object], alias: str, dialect: Dialect, *, personal: bool = True
) -> Member:
    if column.info.get("personal") and not personal:
        return Member(column.name, "NULL", Form.BARE)
    value = spoken(column, f"{alias}.{column.name}", dialect)
    return Member(column.name, value, form_of(column), is_required=not column.nullable)


def form_of(column: sa.Column[object]) -> Form:
    """How a column's value is written; keys of other systems are made of letters, see `is_key`."""
    kind = column.type
    if isinstance(kind, Set):
        return Form.JSON
    if isinstance(kind, sa.Integer | sa.Boolean):
        return Form.BARE
    is_text = isinstance(kind, sa.String) and not isinstance(kind, sa.Enum)
    return Form.TEXT if is_text and column.name not in _KEYS else Form.WORD


def spoken(column: sa.Column[object], expression: str, dialect: Dialect) -> str:
    """The JSON expression of a column's value."""
    kind = column.type
    if isinstance(kind, Instant):
        return dialect.instant(expression)
    if isinstance(kind, Scaled):
        return dialect.decimal(expression, kind.exact.places)
    if isinstance(kind, sa.Boolean):
        return dialect.flag(expression)
    if isinstance(kind, Set):
        return dialect.json(expression)
    assert isinstance(kind, sa.String | sa.Integer | sa.Date | Identifier), kind  # noqa: S101 - a new column type must be added above
    return expression
