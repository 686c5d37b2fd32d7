"""Callers: what the holder of a key sees and may write, for every statement of the store."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.access.matrix import Grant, Reach, grant_of
from app.access.roles import Role
from app.store.caller import Actor, Bound, Condition, View
from app.store.faults import OUTSIDE_SCOPE

if TYPE_CHECKING:
    from app.findings import Finding
    from app.store.drafts import Draft

_DECIDED = frozenset({"accepted", "returned"})
"""States of a monitoring record that a coordinator gives."""


@dataclass(frozen=True)
class KeyHolder:
    """Whoever holds a key, for one request."""

    actor: Actor
    role: Role
    home: uuid.UUID | None = None
    organization_id: uuid.UUID | None = None
    own: frozenset[uuid.UUID] = frozenset()
    """The organization with its structural units."""
    of_source: str | None = None
    """The source whose records a `sync` key writes; no other role has one."""

    def __post_init__(self) -> None:
        """Refuse a `sync` key without a source: nothing says which records are its own.

        Raises:
            ValueError.

        """
        if (self.role == Role.SYNC) != (self.of_source is not None):
            message = f"a key of role {self.role} with the source {self.of_source}"
            raise ValueError(message)

    @property
    def source(self) -> str | None:
        """The only source that they write; an organization's own is its id."""
        return str(self.organization_id) if self.role == Role.ORG else self.of_source

    @property
    def bindings(self) -> Mapping[str, uuid.UUID]:
        """The values of the parameters that conditions name."""
        scope = {"scope_municipality": self.home, "scope_organization": self.organization_id}
        return {name: value for name, value in scope.items() if value}

    def view(self, collection: str) -> View:
        """What they see of a collection."""
        return _view(self.role, collection, is_local=self.home is not None)

    def sees(self, collection: str, row: Mapping[str, Any]) -> bool:
        """Whether they see a row that stands beside a record of theirs."""
        return self._grant(collection).read != Reach.OWN or row["organization_id"] in self.own

    def may_touch(self, collection: str, stored: Mapping[str, Any]) -> bool:
        """Whether they may change a record that they see."""
        is_shared = stored["municipality_id"] is None
        match self._grant(collection).write:
            case None:
                return False
            case Reach.ALL:
                return True
            case Reach.SHARED:
                return is_shared
            case Reach.SOURCE:
                return not is_shared and stored["source"] == self.of_source is not None
            case Reach.OWN:
                return self._owns(collection, stored)
            case _:
                return not is_shared

    def overreach(
        self, collection: str, current: Callable[[], Mapping[str, Any]], said: Mapping[str, Any]
    ) -> Iterator[str]:
        """The fields that a body would change and they may not."""
        fields = self._grant(collection).fields
        decides = self.role == Role.ORG and said.get("state") in _DECIDED
        if fields is None and not decides:
            return
        for name, value in current().items():
            is_free = name != "state" if fields is None else name in fields
            if not is_free and name in said and (said[name] or None) != (value or None):
                yield name

    def strays(self, collection: str, draft: "Draft") -> Iterator["Finding"]:
        """Values of a draft that lie outside their scope."""
        reach = self._grant(collection).write
        if self._is_out_of_town(collection, draft, reach):
            yield draft.finds(OUTSIDE_SCOPE, "/municipality_id")
        may_be_without = self.role == Role.ORG
        if (
            self.source
            and draft.moves("source")
            and not (
                draft.columns["source"] == self.source
                or (may_be_without and draft.columns["source"] is None)
            )
        ):
            yield draft.finds(OUTSIDE_SCOPE, "/source")
        place = _OWNER.get(collection)
        if reach != Reach.OWN or place is None or place not in draft.columns:
            return
        if draft.moves(place) and draft.columns[place] not in self.own:
            yield draft.finds(OUTSIDE_SCOPE, f"/{place}")

    def _is_out_of_town(self, collection: str, draft: "Draft", reach: Reach | None) -> bool:
        if not draft.moves("municipality_id") or not hasattr(draft.body, "municipality_id"):
            return False
        wanted = draft.municipality_id
        if collection == "measures":
            return (wanted is None) != (reach == Reach.SHARED) or (
                wanted is not None and self.home not in {None, wanted}
            )
        return wanted is not None and self.home not in {None, wanted}

    def _owns(self, collection: str, stored: Mapping[str, Any]) -> bool:
        if collection == "monitoring_records" and stored["state"] == "accepted":
            return False
        place = _OWNER.get(collection)
        return place is None or stored[place] in self.own

    def _grant(self, collection: str) -> Grant:
        return grant_of(self.role, collection)


_OWNER = {
    "organizations": "id",
    "events": "host_id",
    "employments": "organization_id",
    "headcounts": "organization_id",
    "participations": "organization_id",
    "monitoring_records": "organization_id",
}
"""The column that says whose a record is; a teacher in view is an organization's own."""


@cache
def _view(role: Role, collection: str, *, is_local: bool) -> View:
    grant = grant_of(role, collection)
    return View(_rows(grant.read, collection, is_local=is_local), grant.persons)


def _rows(reach: Reach | None, collection: str, *, is_local: bool) -> Condition | None:
    match reach:
        case None:
            return _nothing
        case Reach.SHARED:
            return _shared
        case Reach.OWN:
            return _staff if collection == "teachers" else _of_organization
        case Reach.ACCEPTED:
            return _accepted_here if is_local else _accepted
        case Reach.SCOPE if is_local:
            return _here
        case Reach.OPEN if is_local:
            return _shared_or_here
        case _:
            return None


def _nothing(_: sa.FromClause, __: Bound) -> sa.ColumnElement[bool]:
    return sa.false()


def _here(table: sa.FromClause, bound: Bound) -> sa.ColumnElement[bool]:
    return table.c.municipality_id == bound("scope_municipality")


def _shared(table: sa.FromClause, _: Bound) -> sa.ColumnElement[bool]:
    return table.c.municipality_id.is_(None)


def _shared_or_here(table: sa.FromClause, bound: Bound) -> sa.ColumnElement[bool]:
    return _shared(table, bound) | _here(table, bound)


def _accepted(table: sa.FromClause, _: Bound) -> sa.ColumnElement[bool]:
    return table.c.state == sa.literal_column("'accepted'")


def _accepted_here(table: sa.FromClause, bound: Bound) -> sa.ColumnElement[bool]:
    return _accepted(table, bound) & _here(table, bound)


def _of_organization(table: sa.FromClause, bound: Bound) -> sa.ColumnElement[bool]:
    return _here(table, bound) & table.c.organization_id.in_(_own(bound))


def _staff(table: sa.FromClause, bound: Bound) -> sa.ColumnElement[bool]:
    """Who has or had an employment there, or was entered there and has none yet."""
    jobs = sa.table("employments", sa.column("teacher_id"), sa.column("organization_id"))
    job = jobs.alias("job")
    held = sa.select(sa.true()).select_from(job).where(job.c.teacher_id == table.c.id)
    here = held.where(job.c.organization_id.in_(_own(bound))).correlate(table).exists()
    entered = table.c.entered_by_id == bound("scope_organization")
    return _here(table, bound) & (here | (entered & ~held.correlate(table).exists()))


def _own(bound: Bound) -> sa.Select[Any]:
    """The organization and its structural units."""
    listed = sa.table("organizations", sa.column("id"), sa.column("parent_id")).alias("mine")
    organization = bound("scope_organization")
    mine = (listed.c.id == organization) | (listed.c.parent_id == organization)
    return sa.select(listed.c.id).where(mine)
