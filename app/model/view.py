"""View: which rows of a collection a caller sees, as a condition for statements."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from app.model.columns import Identifier

Bound = Callable[[str], sa.ColumnElement[uuid.UUID]]
"""Returns the bound parameter of a name, `scope_…`."""

Condition = Callable[[sa.FromClause, Bound], sa.ColumnElement[bool]]
"""Returns the condition that selects rows of a table."""


@dataclass(frozen=True)
class View:
    """What a caller sees of one collection: which rows, and whether personal fields are shown."""

    rows: Condition | None = None
    """None: all rows."""
    personal: bool = True
    found_by: str | None = None
    """The column that leads to these rows, where that is not their municipality."""


ALL = View()


def rows_in_view(
    table: sa.FromClause,
    view: View,
    bindings: Mapping[str, uuid.UUID],
    *,
    with_gone: bool = False,
) -> sa.ColumnElement[bool]:
    """The condition for the rows that a caller sees: in their scope and, by default, not erased."""
    # The columns of an alias lack the notes on those of its table.
    source = table.element if isinstance(table, sa.Alias) else table
    gone = [column.name for column in source.c if column.info.get("gone")]
    conditions: list[sa.ColumnElement[bool]] = []
    if not with_gone:
        conditions += [table.c[name].is_(None) for name in gone]

    def bound(name: str) -> sa.ColumnElement[uuid.UUID]:
        return sa.bindparam(name, bindings.get(name), type_=Identifier)

    if view.rows:
        conditions.append(view.rows(table, bound))
    return sa.and_(sa.true(), *conditions)
