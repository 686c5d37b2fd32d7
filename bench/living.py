"""What a register has beside its busiest kinds: every other kind and part, and the journal.

It is derived from the declarations, so a kind that is added is measured too. Each municipality has
16 records of a kind that nothing else fills, and each parent two parts of a kind that nothing else
fills. The journal has the entry of every record, and one delete for twenty records.
"""

from collections.abc import Container, Iterator, Mapping
from typing import Protocol

import sqlalchemy as sa

from app.journal.positions import SHARED
from app.model.declaration import table_of
from app.model.resource import Resource
from app.registry import RESOURCES

RECORDS, PARTS, RECORDS_OF_A_DELETE = 16, 2, 20


class Filler(Protocol):
    """Writes rows whose values follow from their numbers."""

    def id(self, table: str, number: str) -> str:
        """The id of a row of a table."""

    @property
    def true(self) -> str:
        """The flag that is set."""

    def put(self, name: str, count: int, values: Mapping[str, str]) -> None:
        """Fill a table."""

    def count(self, table: sa.Table) -> int:
        """The rows of a table."""

    def tell(self, count: int, values: Mapping[str, str]) -> None:
        """Put entries into the journal."""


def fill(some: Filler, municipalities: int, filled: Container[str]) -> None:
    """Fill what is not filled yet."""
    for kind in RESOURCES:
        if kind.name not in filled:
            count = municipalities * RECORDS
            home = {"municipality_id": some.id("municipalities", f"n / {RECORDS}")}
            some.put(kind.name, count, home | _references(some, kind.table, count))
    for kind, table in _parts():
        if table.name not in filled:
            _fill_parts(some, kind, table)
    for kind in RESOURCES:
        _tell(some, kind)


def _parts() -> Iterator[tuple[Resource, sa.Table]]:
    for kind in RESOURCES:
        for part in kind.parts.values():
            yield kind, table_of(part)


def _references(some: Filler, table: sa.Table, count: int) -> dict[str, str]:
    """The required references of `count` rows, spread evenly over the records they name."""
    values = {}
    for column in table.columns:
        if column.nullable or column.name in {"municipality_id", "owner_id"}:
            continue
        for key in column.foreign_keys:
            named = some.count(key.column.table)
            if key.column.table.name == "programs":
                named //= 2  # The second half are those that have ended.
            values[column.name] = some.id(key.column.table.name, f"n * {named} / {count}")
    return values


def _fill_parts(some: Filler, kind: Resource, table: sa.Table) -> None:
    count = some.count(kind.table) * PARTS
    owner = some.id(kind.name, f"n / {PARTS}")
    home = f"(SELECT o.municipality_id FROM {kind.table.name} o WHERE o.id = {owner})"  # noqa: S608 - our own names
    values = {
        "owner_id": owner,
        "place": f"n - {PARTS} * (n / {PARTS})",
        "municipality_id": home,
    }
    some.put(table.name, count, _references(some, table, count) | values)


def _tell(some: Filler, kind: Resource) -> None:
    """Put the records of a kind, and deletes of others, into the journal."""
    kept = some.count(kind.table)
    count = kept + kept // RECORDS_OF_A_DELETE
    record, old = some.id(kind.name, "n"), some.id(kind.name, f"n - {kept}")
    nobody = f"'{SHARED}'"
    home = (
        f"coalesce((SELECT r.municipality_id FROM {kind.table.name} r WHERE r.id ="  # noqa: S608 - our own names
        f" CASE WHEN n < {kept} THEN {record} ELSE {old} END), {nobody})"
    )
    some.tell(
        count,
        {
            "collection": f"'{kind.name}'",
            "record_id": record,
            "municipality_id": home,
            "deleted": f"n >= {kept}",
        },
    )
