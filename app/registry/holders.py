"""Holders: the kinds whose records, or parts of records, refer to a record of another kind."""

import uuid
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa

from app.model.declaration import table_of
from app.model.graph import reference_columns, target_of
from app.model.resource import Resource
from app.registry import RESOURCES


class Holder(NamedTuple):
    """One kind that refers to another, and by which columns."""

    resource: Resource
    columns: tuple[str, ...]
    """Its own columns that refer."""
    parts: tuple[tuple[str, str], ...]
    """The parts that refer, each with its column."""

    def holds(self, ids: Iterable[uuid.UUID]) -> sa.ColumnElement[bool]:
        """The condition that a record refers to one of some records."""
        table, wanted = self.resource.table, [*ids]
        own = [table.c[name].in_(wanted) for name in self.columns]
        for name, column in self.parts:
            part = table_of(self.resource.parts[name])
            own.append(table.c.id.in_(sa.select(part.c.owner_id).where(part.c[column].in_(wanted))))
        return sa.or_(*own)


@cache
def holders(of: Resource) -> tuple[Holder, ...]:
    """The kinds that refer to a kind, in the order of the catalogue."""
    found = []
    for resource in RESOURCES:
        columns = tuple(_referring(resource.table, of))
        parts = [
            (name, column)
            for name, part in resource.parts.items()
            for column in _referring(table_of(part), of)
        ]
        if columns or parts:
            found.append(Holder(resource, columns, tuple(parts)))
    return tuple(found)


def _referring(table: sa.Table, of: Resource) -> list[str]:
    return [each.name for each in reference_columns(table) if target_of(each) is of.table]
