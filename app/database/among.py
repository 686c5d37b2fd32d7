"""Among: compares columns with any number of values in one constant text of SQL."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Self, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class _Values(TypeDecorator[Any]):
    """Values in one parameter: an array, on SQLite a JSON list."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, item: TypeEngine[object]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[object]:
        kind = ARRAY(self.item) if dialect.name == "postgresql" else sa.Text()
        return dialect.type_descriptor(cast("TypeEngine[Any]", kind))

    def process_bind_param(self, value: Iterable[object] | None, dialect: Dialect) -> Any:
        listed = list(value or ())
        return listed if dialect.name == "postgresql" else json.dumps(listed, default=str)


class _Among(FunctionElement[bool]):
    """Whether a column is one of the values."""

    inherit_cache = True
    type = sa.Boolean()

    def self_group(self, against: object = None) -> Self:  # noqa: ARG002 - SQLAlchemy's signature
        """No parentheses: in SQLite `(…) = 1` around the condition prevents the use of an index."""
        return self


def among(column: sa.ColumnElement[object], name: str) -> sa.ColumnElement[bool]:
    """Whether a column is one of the values bound to `name`.

    `in_` writes a parameter for each value, so each number of values is another text, which
    SQLAlchemy compiles and PostgreSQL prepares again.
    """
    return _Among(column, sa.bindparam(name, type_=_Values(column.type)))


def keyed(table: sa.FromClause, names: Iterable[str], *, alone: bool) -> sa.ColumnElement[bool]:
    """Whether each column is one of its values; if `alone`, equal to its one value.

    PostgreSQL's planner multiplies the lists of several columns into so many look-ups that it
    prefers a wrong index: a single key is compared with `=`.
    """
    if alone:
        return sa.and_(*(table.c[name] == sa.bindparam(name) for name in names))
    return sa.and_(*(among(table.c[name], name) for name in names))


def is_alone(values: Mapping[str, Collection[object]]) -> bool:
    """Whether there is one value in each column."""
    return all(len(column_values) == 1 for column_values in values.values())


def binding(values: Mapping[str, Collection[object]]) -> dict[str, object]:
    """The parameters for `keyed`."""
    if is_alone(values):
        return {name: value for name, (value,) in values.items()}
    return dict(values)


@compiles(_Among, "postgresql")
def _any(element: _Among, compiler: SQLCompiler, **options: object) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY ({values})"


@compiles(_Among, "sqlite")
def _in_json(element: _Among, compiler: SQLCompiler, **options: object) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - compiled parts
