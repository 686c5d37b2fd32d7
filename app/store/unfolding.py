"""Unfolding: the rows that records take in a file, one for each of their parts, two kinds abreast.

The first row has the record's own fields; the next ones repeat only its id.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from app.database.dialects import Dialect
from app.model.headings import ID, Heading
from app.model.resource import Resource
from app.model.view import View
from app.store import speech

Row = Sequence[str | None]

Unfold = Callable[[Iterable[Row]], Sequence[Row]]
"""Makes the rows of a file from the rows of the database."""


def selected(resource: Resource, dialect: Dialect, view: View, columns: Sequence[Heading]) -> str:
    """The texts to select of a record of the table `t`: its own fields, then each kind of parts."""
    fields, parts = speech.fields(resource, dialect, view), speech.said(resource, dialect, view)
    told = [fields[column.name] for column in columns if not column.part]
    told += [parts[name] for name in _parts(columns)]
    return ", ".join(f"CAST({expression} AS TEXT)" for expression in told)


def unfolding(columns: Sequence[Heading]) -> Unfold:
    """What makes the rows of these columns from the rows of what is `selected`."""
    parts = _parts(columns)
    if not parts:
        return list
    places = _Places(columns, parts)
    return lambda records: [row for record in records for row in places.rows(record)]


class _Places:
    """Finds the cells of a row in a record and its parts."""

    def __init__(self, columns: Sequence[Heading], parts: Sequence[str]) -> None:
        self._own = [column for column in columns if not column.part]
        self._parts = [
            [column.name.partition(".")[2] for column in columns if column.part == name]
            for name in parts
        ]
        order = [*self._own, *(each for name in parts for each in columns if each.part == name)]
        self._order = [order.index(column) for column in columns]

    def rows(self, record: Row) -> Iterator[Row]:
        own, lists = record[: len(self._own)], record[len(self._own) :]
        parts = [json.loads(each or "[]") for each in lists]
        for place in range(max(1, *map(len, parts))):
            row = [*(own if place == 0 else self._again(own))]
            for names, items in zip(self._parts, parts, strict=True):
                item: dict[str, Any] = items[place] if place < len(items) else {}
                row += [_text(item.get(name)) for name in names]
            yield [row[at] for at in self._order]

    def _again(self, own: Row) -> Iterator[str | None]:
        for column, text in zip(self._own, own, strict=True):
            yield text if column.name == ID.name else None


def _parts(columns: Sequence[Heading]) -> list[str]:
    return list(dict.fromkeys(column.part for column in columns if column.part))


def _text(value: object) -> str | None:
    """A JSON value as the text to which the database would cast it."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
