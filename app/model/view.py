"""View: which rows of a collection a caller sees, as a condition of any statement."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from app.model.columns import Identifier

Bound = Callable[[str], sa.ColumnElement[uuid.UUID]]
"""A bound parameter by its name, `scope_…`."""

Condition = Callable[[sa.FromClause, Bound], sa.ColumnElement[bool]]
"""Which rows of a table."""


@dataclass(frozen=True)
class View:
    """What a caller sees of one collection: which rows, and whether persons are named."""

    rows: Condition | None = None
    """None: every row."""
    personal: bool = True


ALL = View()


def rows_in_view(
    table: sa.FromClause,
    view: View,
    bindings: Mapping[str, uuid.UUID],
    *,
    with_gone: bool = False,
) -> sa.ColumnElement[bool]:
    """The rows of a table that a caller sees: in scope, and not emptied unless wanted."""
    # The columns of an alias do not know what was noted on those of its table.
    known = table.element if isinstance(table, sa.Alias) else table
    gone = [column.name for column in known.c if column.info.get("gone")]
    conditions: list[sa.ColumnElement[bool]] = []
    if not with_gone:
        conditions += [table.c[name].is_(None) for name in gone]

    def bound(name: str) -> sa.ColumnElement[uuid.UUID]:
        return sa.bindparam(name, bindings.get(name), type_=Identifier)

    if view.rows:
        conditions.append(view.rows(table, bound))
    return sa.and_(sa.true(), *conditions)
