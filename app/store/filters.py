"""Filters: the query parameters of a collection, derived from its columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, cast

import sqlalchemy as sa

from app.database.dialects import Dialect
from app.findings import FAULTS, fault
from app.json_types import choice_schema
from app.model.columns import Identifier, Instant, Scaled
from app.model.declaration import table_of
from app.model.faults import NOT_A_CHOICE, OUT_OF_RANGE, between, refuse
from app.model.resource import Resource, is_hidden, is_personal
from app.model.text import Unreadable, clean_line
from app.model.values import (
    LINE,
    read_day,
    read_id,
    read_instant,
    spoken_instant,
)

DIGITS = 20
"""Characters of a 64-bit number with its sign."""


NOT_A_NUMBER = fault("not_a_number", "Нужно целое число.", "A whole number is expected.")


@dataclass(frozen=True)
class Filter:
    """A query parameter: how its text is read, and its condition."""

    name: str
    about: str
    schema: Mapping[str, object]
    read: Callable[[str], object]
    condition: Callable[[Dialect, list[str]], str]
    """The condition over the table `t`, from the names of bound parameters."""
    kind: str = "text"
    many: bool = False
    is_narrow: bool = False
    """Whether an index finds its records, and they are fewer than those of a municipality."""


@cache
def filters(resource: Resource, *, personal: bool = True) -> dict[str, Filter]:
    """Every filter of a collection, without those on personal fields unless `personal`."""
    entries: list[Filter] = []
    for column in resource.table.columns:
        if is_hidden(column) or column.name in {"id", "version"}:
            continue
        if is_personal(column) and not personal:
            continue
        entries += _of_column(column)
    if resource.period:
        entries.append(_valid_on(*resource.period))
    for name, part in resource.parts.items():
        table = table_of(part)
        entries += [
            _of_part(name, table, column)
            for column in table.columns
            if column.foreign_keys and column.name not in {"owner_id", "municipality_id"}
        ]
    return {entry.name: entry for entry in entries}


def whole(value: str, low: int, high: int) -> int:
    if not value.isascii() or not value.removeprefix("-").isdecimal() or len(value) > DIGITS:
        refuse(NOT_A_NUMBER)
    if not low <= int(value) <= high:
        refuse(OUT_OF_RANGE, limit=between(low, high))
    return int(value)


def flag(value: str) -> bool:
    if value not in {"true", "false"}:
        refuse(NOT_A_CHOICE, allowed="true, false")
    return value == "true"


def _of_column(column: sa.Column[object]) -> list[Filter]:
    name, about = column.name, ""
    kind = column.type
    entries: list[Filter] = []
    if isinstance(kind, sa.Date | Instant | Scaled) or (
        isinstance(kind, sa.Integer) and not column.info.get("exact")
    ):
        read, schema, bound = reading_of(kind)
        if isinstance(kind, sa.Date):
            entries.append(_equal(column, f"t.{name}", read, schema, bound))
        is_time = isinstance(kind, sa.Date | Instant)
        for suffix, sign, side in (
            ("from", ">=", "не раньше" if is_time else "не меньше"),
            ("to", "<=", "не позже" if is_time else "не больше"),
        ):
            entries.append(
                Filter(
                    f"{name}_{suffix}",
                    f"`{name}` {side}",
                    schema,
                    read,
                    _compare(f"t.{name}", sign, bound),
                    bound,
                )
            )
        about = name
    elif column.info.get("exact"):
        read, schema, bound = reading_of(kind)
        entries.append(_equal(column, f"t.{name}", read, schema, bound))
        about = name
    if about and column.nullable:
        entries.append(
            Filter(
                f"{name}_is_null",
                f"`{name}` не заполнено (true) или заполнено (false)",
                {"type": "boolean"},
                flag,
                lambda _, bound: f"(t.{name} IS NULL) = {bound[0]}",
                "flag",
            )
        )
    return entries


def _equal(
    column: sa.Column[object],
    expression: str,
    read: Callable[[str], Any],
    schema: Mapping[str, object],
    bound: str,
) -> Filter:
    def condition(_: Dialect, names: list[str]) -> str:
        return f"{expression} IN ({', '.join(names)})"

    return Filter(
        column.name,
        f"`{column.name}`; повтор означает «или»",
        schema,
        read,
        condition,
        bound,
        many=True,
        is_narrow=_begins_an_index(column) and not _is_of_many(column),
    )


def _is_of_many(column: sa.Column[object]) -> bool:
    """Whether records of all municipalities may have one value: it names a shared record."""
    if column.name == "municipality_id":
        return True
    targets = (key.column.table.c.municipality_id for key in column.foreign_keys)
    return any(target.info.get("shared") for target in targets)


def _begins_an_index(column: sa.Column[object]) -> bool:
    table = column.table
    indexes = [each.columns for each in table.indexes if not each.info.get("unless")]
    indexes += [each.columns for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    return any(next(iter(columns)) is column for columns in indexes)


def _compare(expression: str, sign: str, _: str) -> Callable[[Dialect, list[str]], str]:
    return lambda _, names: f"{expression} {sign} {names[0]}"


def _valid_on(first: str, last: str) -> Filter:
    return Filter(
        "valid_on",
        f"Действует в этот день (`{first}` … `{last}` включительно)",
        {"type": "string", "format": "date"},
        _read_day,
        lambda _, names: (
            f"((t.{first} IS NULL OR t.{first} <= {names[0]})"
            f" AND (t.{last} IS NULL OR t.{last} >= {names[0]}))"
        ),
        "day",
    )


def _of_part(name: str, table: sa.Table, column: sa.Column[object]) -> Filter:
    def condition(_: Dialect, names: list[str]) -> str:
        return (
            f"t.id IN (SELECT p.owner_id FROM {table.name} p"
            f" WHERE p.{column.name} IN ({', '.join(names)}))"
        )

    return Filter(
        f"{name}_{column.name}",
        f"Есть строка `{name}` с таким `{column.name}`",
        {"type": "string", "format": "uuid"},
        lambda value: str(read_id(value)),
        condition,
        "id",
        many=True,
        is_narrow=not _is_of_many(column),
    )


def reading_of(kind: object) -> tuple[Callable[[str], Any], dict[str, object], str]:
    """The reader, the schema and the binding of a filter on a column type."""
    if isinstance(kind, Identifier):
        return lambda value: str(read_id(value)), {"type": "string", "format": "uuid"}, "id"
    if isinstance(kind, sa.Date):
        return _read_day, {"type": "string", "format": "date"}, "day"
    if isinstance(kind, Instant):
        return (
            lambda value: spoken_instant(read_instant(value)),
            {"type": "string", "format": "date-time"},
            "instant",
        )
    if isinstance(kind, sa.Boolean):
        return flag, {"type": "boolean"}, "flag"
    if isinstance(kind, Scaled):
        return (
            lambda value: kind.exact.scale(kind.exact.read(value)),
            {"type": "string", "pattern": kind.exact.pattern},
            "number",
        )
    if isinstance(kind, sa.Enum):
        allowed, values = list(kind.enums), cast("type[Enum]", kind.enum_class)
        return lambda value: _chosen(value, allowed), choice_schema(values), "text"
    if isinstance(kind, sa.Integer):
        return (
            lambda value: whole(value, -(2**31), 2**31 - 1),
            {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
            "number",
        )
    return _code, {"type": "string", "minLength": 1, "maxLength": LINE}, "text"


def _read_day(value: str) -> str:
    return read_day(value).isoformat()


def _chosen(value: str, allowed: list[str]) -> str:
    if value not in allowed:
        refuse(NOT_A_CHOICE, allowed=", ".join(allowed))
    return value


def _code(value: str) -> str:
    if len(value) > LINE:
        refuse(FAULTS["too_long"], limit=LINE)
    try:
        code = clean_line(value)
    except Unreadable:
        refuse(FAULTS["unreadable"])
    if not code:
        refuse(FAULTS["blank"])
    return code
