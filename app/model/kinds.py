"""Kinds: all kinds of records together, for what leads from one kind to another."""

from collections.abc import Iterable, Iterator
from functools import cached_property

import sqlalchemy as sa

from app.model.declaration import table_of
from app.model.graph import target_of
from app.model.naming import columns_of
from app.model.resource import Resource, is_personal


class Kinds:
    """The kinds by name."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        """Refuse kinds whose names cannot be told.

        Raises:
            ValueError: one sentence for each thing to correct.

        """
        self.all = tuple(resources)
        self._by_name = {kind.name: kind for kind in self.all}
        if lacks := [lack for kind in self.all for lack in self._lacks(kind)]:
            raise ValueError("\n".join(lacks))

    def __getitem__(self, name: str) -> Resource:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def target(self, column: sa.Column[object]) -> Resource:
        """The kind that a column refers to."""
        return self._by_name[target_of(column).name]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all kinds."""
        return tuple(self._by_name)

    @cached_property
    def by_table(self) -> dict[str, str]:
        """The kind whose records a table has, or parts of them."""
        parts = {table_of(part): kind for kind in self.all for part in kind.parts.values()}
        tables = {kind.table: kind for kind in self.all} | parts
        return {table.name: kind.name for table, kind in tables.items()}

    @cached_property
    def of_persons(self) -> frozenset[str]:
        """The kinds whose records are called by the name of a person."""
        return frozenset(kind.name for kind in self.all if _is_of_person(kind))

    def named_by(self, kind: Resource) -> Iterator[Resource]:
        """The kinds whose names are part of the names of a kind."""
        for name in columns_of(kind):
            column = kind.table.c[name]
            if column.foreign_keys:
                yield self.target(column)

    def _lacks(self, kind: Resource) -> Iterator[str]:
        for other in self.named_by(kind):
            if _is_of_person(other):
                # The trail could not say whose name was shown.
                yield f"{kind.name}: Its called tells the name of a person. Leave it out."
            if self._leads_to(other, kind):
                yield f"{kind.name}: Its called leads back to itself. Leave the reference out."

    def _leads_to(
        self, kind: Resource, wanted: Resource, seen: frozenset[str] = frozenset()
    ) -> bool:
        if kind is wanted:
            return True
        if kind.name in seen:
            return False
        below = self.named_by(kind)
        return any(self._leads_to(other, wanted, seen | {kind.name}) for other in below)


def _is_of_person(kind: Resource) -> bool:
    return any(is_personal(kind.table.c[name]) for name in columns_of(kind))
