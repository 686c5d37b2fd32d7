"""Bulk: many rows put into one table by the shortest way that each database knows."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from operator import itemgetter
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.store.columns import Identifier, Set

Row = Mapping[str, Any]

MANY = 50
"""Rows from which on the shortest way is worth its beginning."""


def insert(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Put rows into a table; all have the same columns."""
    if len(rows) < MANY:
        connection.execute(_inserting(table), rows)
        return
    names = tuple(rows[0])
    put(connection, table, names, map(itemgetter(*names), rows))


def put(
    connection: sa.Connection,
    table: sa.Table,
    names: tuple[str, ...],
    rows: Iterable[tuple[Any, ...]],
) -> None:
    """Put many rows into a table, each as the values of the named columns."""
    send(connection, table.name, names, _bound(connection.dialect, table, names, rows))


def send(
    connection: sa.Connection, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Put many rows into a table, each as values that the driver knows."""
    listed = ", ".join(names)
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * len(names))
        sql = f"INSERT INTO {table} ({listed}) VALUES ({places})"  # noqa: S608 - our own names
        connection.exec_driver_sql(sql, list(map(tuple, rows)))
        return
    copied = f"COPY {table} ({listed}) FROM STDIN"
    with _told(connection, copied), _cursor(connection) as cursor, cursor.copy(copied) as copy:
        for row in rows:
            copy.write_row(row)


@cache
def _inserting(table: sa.Table) -> sa.Insert:
    return sa.insert(table)


def _bound(
    dialect: sa.Dialect,
    table: sa.Table,
    names: tuple[str, ...],
    rows: Iterable[tuple[Any, ...]],
) -> Iterable[tuple[Any, ...]]:
    """Rows as the driver takes them: each column's values at once, not each value by itself."""
    readers = [_reader(table.c[name].type, dialect) for name in names]
    columns = zip(*rows, strict=True)
    return zip(*(read(column) for read, column in zip(readers, columns, strict=True)), strict=True)


def _reader(
    kind: sa.types.TypeEngine[Any], dialect: sa.Dialect
) -> Callable[[tuple[Any, ...]], Iterable[Any]]:
    """What binds the values of a column; equal ones, which repeat in lists, are bound once."""
    bind = kind.dialect_impl(dialect).bind_processor(dialect)
    if isinstance(kind, Identifier):
        bind = None if dialect.name == "postgresql" else _identifier

    def read(column: tuple[Any, ...]) -> Iterable[Any]:
        if bind is None:
            return column
        if isinstance(kind, Set):
            return map(bind, column)
        known = {value: bind(value) for value in set(column)}
        return [known[value] for value in column]

    return read


def _identifier(value: uuid.UUID | None) -> str | None:
    return None if value is None else str(value)


def _cursor(connection: sa.Connection) -> psycopg.Cursor[Any]:
    found: psycopg.Cursor[Any] = connection.connection.driver_connection.cursor()  # type: ignore[union-attr]
    return found


@contextmanager
def _told(connection: sa.Connection, sql: str) -> Iterator[None]:
    """Tell the driver's errors as SQLAlchemy does, so that a lost race is run again."""
    try:
        yield
    except psycopg.Error as error:
        raise DBAPIError.instance(
            sql, None, error, psycopg.Error, hide_parameters=True, dialect=connection.dialect
        ) from error
