"""Dialects: the differences between SQLite and PostgreSQL in the SQL texts of the reading lane."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from app.database.members import Members, concatenated, json_object, row_to_json


class Dialect(Protocol):
    """Builds JSON in one database; both databases give the same bytes."""

    def __hash__(self) -> int:
        """There is one object of each dialect, so they are compared by identity."""

    @property
    def name(self) -> str:
        """SQLAlchemy's name of the dialect."""

    @property
    def compiler(self) -> sa.Dialect:
        """Compiles SQLAlchemy's conditions with the driver's named parameters."""

    @property
    def reading(self) -> dict[str, object]:
        """Execution options of a transaction that reads one snapshot."""

    def bound(self, name: str, kind: str = "text") -> str:
        """A named parameter: a `text`, `id`, `day`, `instant`, `flag` or `number`."""

    def key_text(self, column: str) -> str:
        """A sort key as text, for a cursor."""

    def members(self, members: Members) -> str:
        """A compact JSON object, as text."""

    def alone(self, members: Members) -> str:
        """The same, in a statement of one row."""

    def rows(self, members: Members, source: str, order: str) -> str:
        """A compact JSON list of objects, one for each row of `source`; never null."""

    def instant(self, column: str) -> str:
        """An instant as RFC 3339."""

    def flag(self, column: str) -> str:
        """A boolean as JSON."""

    def json(self, column: str) -> str:
        """A text that is JSON already."""

    def decimal(self, column: str, places: int) -> str:
        """A scaled integer as a decimal string."""

    def contains(self, column: str, parameter: str) -> str:
        """Whether the text holds a substring; no character of it is a wildcard."""

    def greatest(self, values: Sequence[str]) -> str:
        """The greatest of several numbers."""

    def ordered(self, column: str) -> str:
        """A text column that orders by code point."""

    def aside(self, column: str) -> str:
        """A column by whose index no row is to be found, because another one leads to fewer."""

    def one_aside(self, column: str, names: Sequence[str]) -> str:
        """Whether a column has one of these names; likewise, none is to be found by its index."""

    def merged(self, selects: Sequence[str], order: str, most: int) -> str:
        """The first rows of several SELECTs together, each read in this order by an index."""

    def about(self, table: str) -> str:
        """A SELECT of about how many rows a table has, without a look at them."""

    def picked(self, table: str, name: str) -> str:
        """The FROM and WHERE of the rows `t` with the ids that are bound as `many`."""

    def one_of(self, text: str, name: str) -> str:
        """Whether a text is one of those that are bound as `many`."""

    def many(self, texts: Sequence[str]) -> object:
        """Ids or other texts as the value of one parameter."""


@dataclass(frozen=True, eq=False)
class _Sqlite:
    name: str = "sqlite"
    compiler: sa.Dialect = field(default_factory=lambda: SQLiteDialect(paramstyle="named"))
    reading: dict[str, object] = field(default_factory=dict)

    def bound(self, name: str, kind: str = "text") -> str:  # noqa: ARG002 - SQLite knows no types
        return f":{name}"

    def key_text(self, column: str) -> str:
        return column

    def members(self, members: Members) -> str:
        return json_object(members)

    def alone(self, members: Members) -> str:
        return self.members(members)

    def rows(self, members: Members, source: str, order: str) -> str:
        listed = f"SELECT {self.members(members)} AS item FROM {source} ORDER BY {order}"
        return f"(SELECT json_group_array(json(item)) FROM ({listed}))"

    def instant(self, column: str) -> str:
        return column

    def flag(self, column: str) -> str:
        return f"json(CASE {column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)"

    def json(self, column: str) -> str:
        return f"json({column})"

    def decimal(self, column: str, places: int) -> str:
        unit = 10**places
        sign, size = f"iif({column} < 0, '-', '')", f"abs({column})"
        digits = f"printf('%s%d.%0{places}d', {sign}, {size} / {unit}, {size} % {unit})"
        return f"iif({column} IS NULL, NULL, rtrim(rtrim({digits}, '0'), '.'))"

    def contains(self, column: str, parameter: str) -> str:
        return f"instr({column}, :{parameter}) > 0"

    def greatest(self, values: Sequence[str]) -> str:
        return f"max({', '.join(values)})"

    def ordered(self, column: str) -> str:
        return column

    def aside(self, column: str) -> str:
        # Without statistics SQLite takes any two indexes for equally good.
        return f"+{column}"

    def one_aside(self, column: str, names: Sequence[str]) -> str:
        return f"{self.aside(column)} IN ({_quoted(names)})"

    def merged(self, selects: Sequence[str], order: str, most: int) -> str:
        return f"{' UNION ALL '.join(selects)} ORDER BY {order} LIMIT {most}"

    def about(self, table: str) -> str:
        # The number of the newest row: those that were deleted are counted too.
        return f"SELECT coalesce(max(rowid), 0) FROM {table}"

    def picked(self, table: str, name: str) -> str:
        # CROSS JOIN keeps the order: without statistics SQLite would scan a municipality.
        return f"FROM json_each(:{name}) i CROSS JOIN {table} t WHERE t.id = i.value"

    def one_of(self, text: str, name: str) -> str:
        return f"{text} IN (SELECT value FROM json_each(:{name}))"

    def many(self, texts: Sequence[str]) -> object:
        return json.dumps(texts)


_CASTS = {
    "text": "text",
    "id": "uuid",
    "day": "date",
    "instant": "timestamptz",
    "flag": "boolean",
    "number": "bigint",
}


@dataclass(frozen=True, eq=False)
class _Postgresql:
    name: str = "postgresql"
    compiler: sa.Dialect = field(default_factory=PGDialect_psycopg)
    reading: dict[str, object] = field(
        default_factory=lambda: {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    )

    def bound(self, name: str, kind: str = "text") -> str:
        return f"%({name})s::{_CASTS[kind]}"

    def key_text(self, column: str) -> str:
        return f"{column}::text"

    def members(self, members: Members) -> str:
        return concatenated(members)

    def alone(self, members: Members) -> str:
        return row_to_json(members)

    def rows(self, members: Members, source: str, order: str) -> str:
        joined = f"string_agg({self.members(members)}, ',' ORDER BY {order})"
        return f"(SELECT '[' || coalesce({joined}, '') || ']' FROM {source})"

    def instant(self, column: str) -> str:
        return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

    def flag(self, column: str) -> str:
        return column

    def json(self, column: str) -> str:
        return column

    def decimal(self, column: str, places: int) -> str:
        return f"trim_scale({column}::numeric / {10**places})::text"

    def contains(self, column: str, parameter: str) -> str:
        return f"strpos({column}, %({parameter})s::text) > 0"

    def greatest(self, values: Sequence[str]) -> str:
        return f"greatest({', '.join(values)})"

    def ordered(self, column: str) -> str:
        return f'{column} COLLATE "C"'

    def aside(self, column: str) -> str:
        return column

    def one_aside(self, column: str, names: Sequence[str]) -> str:
        # The planner does not know what a subquery will give. It would look a name up in its
        # statistics, and find few rows of what was uploaded since they were made.
        if len(names) == 1:
            return f"{column} = (SELECT {_quoted(names)})"
        return f"{column} = ANY (ARRAY(SELECT unnest(ARRAY[{_quoted(names)}])))"

    def merged(self, selects: Sequence[str], order: str, most: int) -> str:
        # Without an order of its own a SELECT would be read and sorted as a whole.
        head = f"ORDER BY {order} LIMIT {most}"
        each = (f"SELECT * FROM ({select} {head}) s" for select in selects)
        return f"{' UNION ALL '.join(each)} {head}"

    def about(self, table: str) -> str:
        # As autovacuum has counted them; -1 before it was there.
        return f"SELECT reltuples::bigint FROM pg_class WHERE oid = '{table}'::regclass"

    def picked(self, table: str, name: str) -> str:
        return f"FROM {table} t WHERE t.id = ANY(%({name})s::uuid[])"

    def one_of(self, text: str, name: str) -> str:
        return f"{text} = ANY(%({name})s::text[])"

    def many(self, texts: Sequence[str]) -> object:
        return [*texts]


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


SQLITE: Dialect = _Sqlite()
POSTGRESQL: Dialect = _Postgresql()
