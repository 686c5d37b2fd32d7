"""Graph: which columns refer to which tables, derived from the tables of all kinds."""

from functools import cache

import sqlalchemy as sa
from sqlmodel import SQLModel


@cache
def reference_columns(table: sa.Table) -> tuple[sa.Column[object], ...]:
    """The columns of a table that refer to records, except a part's `owner_id`."""
    return tuple(
        column for column in table.columns if column.foreign_keys and column.name != "owner_id"
    )


@cache
def target_of(column: sa.Column[object]) -> sa.Table:
    """The table that a column refers to."""
    return next(iter(column.foreign_keys)).column.table


@cache
def references_to(table: sa.Table) -> tuple[tuple[str, sa.Column[object]], ...]:
    """The columns that refer to a table, with their collections (for parts, the parent's)."""
    columns = []
    for other in SQLModel.metadata.sorted_tables:
        for column in other.columns:
            if column.name == "owner_id" and table is target_of(column):
                continue
            if column.foreign_keys and target_of(column) is table:
                owner = other.c.get("owner_id")
                columns.append((target_of(owner).name if owner is not None else other.name, column))
    return tuple(columns)
