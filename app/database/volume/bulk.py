"""Bulk: inserts many rows into one table in the fastest way of each database.

Both ways are one statement, during which Python's lock is free for other threads.
"""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from operator import itemgetter
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.model.columns import Identifier, Set

Row = Mapping[str, object]

V = TypeVar("V")

Work = Callable[[sa.Connection], None]
"""Something to run on a connection."""

MANY = 50
"""The number of rows from which bulk insertion is faster."""


def inserting(dialect: sa.Dialect, table: sa.Table, rows: Sequence[Row]) -> Work:
    """The work that inserts rows, which all have the same columns, into a table."""
    names = tuple(rows[0])
    bound = _bound(dialect, table, names, map(itemgetter(*names), rows))
    return sending(dialect, table.name, names, list(bound))


def sending(
    dialect: sa.Dialect, table: str, names: Sequence[str], rows: Sequence[Sequence[object]]
) -> Work:
    """The work that inserts rows of texts and numbers, which the driver needs not convert."""
    way = _by_json if dialect.name == "sqlite" else _by_copy
    return way(table, names, rows)


def _by_json(table: str, names: Sequence[str], rows: Sequence[Sequence[object]]) -> Work:
    """All rows in one parameter: as fast as `executemany`, but a single step of the driver."""
    places = ", ".join(f"value ->> {at}" for at in range(len(names)))
    sql = f"INSERT INTO {table} ({', '.join(names)}) SELECT {places} FROM json_each(?)"  # noqa: S608 - our own names
    text = json.dumps(rows, ensure_ascii=False)

    def put(connection: sa.Connection) -> None:
        connection.exec_driver_sql(sql, (text,))

    return put


def _by_copy(table: str, names: Sequence[str], rows: Sequence[Sequence[object]]) -> Work:
    def copied(connection: sa.Connection) -> None:
        sql = f"COPY {table} ({', '.join(names)}) FROM STDIN"
        with _translating(connection, sql), _cursor(connection) as cursor, cursor.copy(sql) as copy:
            for row in rows:
                copy.write_row(row)

    return copied


def _bound(
    dialect: sa.Dialect,
    table: sa.Table,
    names: tuple[str, ...],
    rows: Iterable[tuple[object, ...]],
) -> Iterable[tuple[object, ...]]:
    """Rows as the driver takes them; converted column by column."""
    readers = [_reader(table.c[name].type, dialect) for name in names]
    columns = zip(*rows, strict=True)
    return zip(*(read(column) for read, column in zip(readers, columns, strict=True)), strict=True)


def _reader(
    kind: sa.types.TypeEngine[object], dialect: sa.Dialect
) -> Callable[[tuple[Any, ...]], Iterable[object]]:
    """The function that binds the values of a column; equal values are bound once."""
    if isinstance(kind, Identifier):
        return _identifiers
    bind = kind.dialect_impl(dialect).bind_processor(dialect) or _as_it_is
    if isinstance(kind, Set):
        return partial(map, bind)
    if isinstance(kind, sa.String | sa.Integer):
        return _as_it_is

    def read(column: tuple[object, ...]) -> Iterable[object]:
        bound_values = {value: _text(bind(value)) for value in set(column)}
        return [bound_values[value] for value in column]

    return read


def _as_it_is(values: V) -> V:
    return values


def _text(value: object) -> int | str | None:
    """A value as a text that both databases can read; COPY takes texts fastest."""
    return value if value is None or isinstance(value, int) else str(value)


def _identifiers(column: tuple[uuid.UUID | None, ...]) -> Iterable[str | None]:
    """Ids as texts; looked up by address, as equal ids are mostly the same object."""
    placed = {id(value): value for value in column}
    texts = {at: None if value is None else str(value) for at, value in placed.items()}
    return [texts[id(value)] for value in column]


def _cursor(connection: sa.Connection) -> Any:
    cursor: Any = connection.connection.driver_connection.cursor()  # type: ignore[union-attr]
    return cursor


@contextmanager
def _translating(connection: sa.Connection, sql: str) -> Iterator[None]:
    """Raise the driver's errors as SQLAlchemy does, so that a lost race is retried."""
    failed = connection.dialect.loaded_dbapi.Error
    try:
        yield
    except failed as error:
        raise DBAPIError.instance(
            sql, None, error, failed, hide_parameters=True, dialect=connection.dialect
        ) from error
