"""Conditions: SQL conditions for the rows within a reach."""

from functools import cache

import sqlalchemy as sa

from app.model.grants import Reach
from app.model.resource import Resource
from app.model.view import Bound, Condition


def rows_within(
    reach: Reach | None, resource: Resource | None, *, is_local: bool
) -> Condition | None:
    """The condition for a reach; None means every row. An unknown reach has no rows."""
    match reach:
        case Reach.ALL:
            return None
        case Reach.SHARED:
            return _shared
        case Reach.SCOPE:
            return _here if is_local else None
        case Reach.OPEN:
            return _shared_or_here if is_local else None
        case Reach.OWN if resource is not None and resource.owner is not None:
            return _owned(resource.owner)
        case Reach.ACCEPTED if resource is not None and resource.workflow is not None:
            return _accepted(resource.workflow.field, is_local=is_local)
        case _:
            return _nothing


def own_organizations(bound: Bound) -> sa.Select[*tuple[object, ...]]:
    """The ids of the caller's organization and of its structural units."""
    all_organizations = sa.table("organizations", sa.column("id"), sa.column("parent_id")).alias(
        "mine"
    )
    organization = bound("scope_organization")
    is_own = (all_organizations.c.id == organization) | (
        all_organizations.c.parent_id == organization
    )
    return sa.select(all_organizations.c.id).where(is_own)


def _nothing(_: sa.FromClause, __: Bound) -> sa.ColumnElement[bool]:
    return sa.false()


def _here(table: sa.FromClause, bound: Bound) -> sa.ColumnElement[bool]:
    return table.c.municipality_id == bound("scope_municipality")


def _shared(table: sa.FromClause, _: Bound) -> sa.ColumnElement[bool]:
    return table.c.municipality_id.is_(None)


def _shared_or_here(table: sa.FromClause, bound: Bound) -> sa.ColumnElement[bool]:
    return _shared(table, bound) | _here(table, bound)


# The store caches statements by their conditions, so each condition is made only once.
@cache
def _owned(owner: str | Condition) -> Condition:
    def owned(table: sa.FromClause, bound: Bound) -> sa.ColumnElement[bool]:
        if callable(owner):
            return _here(table, bound) & owner(table, bound)
        return _here(table, bound) & table.c[owner].in_(own_organizations(bound))

    return owned


@cache
def _accepted(field: str, *, is_local: bool) -> Condition:
    def accepted(table: sa.FromClause, bound: Bound) -> sa.ColumnElement[bool]:
        is_accepted = table.c[field] == sa.literal_column("'accepted'")
        return is_accepted & _here(table, bound) if is_local else is_accepted

    return accepted
