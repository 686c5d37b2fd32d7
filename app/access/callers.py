"""Callers: which records the holder of a key may see and write."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from app.access.conditions import rows_within
from app.access.matrix import grant_of, kind_of
from app.access.roles import Role
from app.acts import Actor
from app.findings import Finding
from app.model.drafts import Draft
from app.model.faults import OUTSIDE_SCOPE
from app.model.grants import NOTHING, Grant, Reach
from app.model.resource import Resource
from app.model.view import View


@dataclass(frozen=True)
class KeyHolder:
    """The holder of a key, for one request."""

    actor: Actor
    role: Role
    home: uuid.UUID | None = None
    organization_id: uuid.UUID | None = None
    own: frozenset[uuid.UUID] = frozenset()
    """The organization and its structural units."""
    of_source: str | None = None
    """The source whose records a `sync` key writes; other roles have none."""

    def __post_init__(self) -> None:
        """Refuse a `sync` key without a source, as no record would be its own.

        Raises:
            ValueError.

        """
        if (self.role == Role.SYNC) != (self.of_source is not None):
            message = f"a key of role {self.role} with the source {self.of_source}"
            raise ValueError(message)

    @property
    def source(self) -> str | None:
        """The only source that they may write; an organization's source is its id."""
        return str(self.organization_id) if self.role == Role.ORG else self.of_source

    def asking(
        self, request_id: str, address_hash: str | None, traceparent: str | None
    ) -> "KeyHolder":
        """The holder in one request, which the trail names."""
        who = self.actor
        actor = Actor(who.role, who.key_id, who.owner, request_id, address_hash, traceparent)
        # What does not differ is neither checked nor made again, as `replace` would.
        same = {"key_id": self.key_id, "spoken_bindings": self.spoken_bindings}
        asking = object.__new__(KeyHolder)
        asking.__dict__.update(self.__dict__, **same, actor=actor)
        return asking

    @cached_property
    def key_id(self) -> str:
        """The id of the key as a text."""
        return str(self.actor.key_id)

    @cached_property
    def spoken_bindings(self) -> Mapping[str, str]:
        """The bindings as texts."""
        return {name: str(value) for name, value in self.bindings.items()}

    @property
    def bindings(self) -> Mapping[str, uuid.UUID]:
        """The values of the parameters that conditions use."""
        scope = {"scope_municipality": self.home, "scope_organization": self.organization_id}
        return {name: value for name, value in scope.items() if value}

    @property
    def standpoint(self) -> tuple[Role, bool]:
        """What decides their views."""
        return self.role, self.home is not None

    def view(self, collection: str) -> View:
        """What they see of a collection: its rows, and whether with names of persons."""
        return _view(self.role, collection, is_local=self.home is not None)

    def sees(self, resource: Resource, row: Mapping[str, object]) -> bool:
        """Whether they see a row in the municipality of a record of theirs."""
        match self._grant(resource).read:
            case Reach.ALL | Reach.SCOPE | Reach.OPEN:
                return True
            case Reach.OWN:
                return isinstance(resource.owner, str) and row[resource.owner] in self.own
            case _:
                return False

    def may_touch(self, resource: Resource, stored: Mapping[str, object]) -> bool:
        """Whether they may change a record that they see."""
        municipality = stored["municipality_id"]
        match self._grant(resource).write:
            case Reach.ALL:
                return True
            case Reach.SHARED:
                return municipality is None
            case Reach.SCOPE:
                return self._is_at_home(municipality)
            case Reach.SOURCE:
                is_theirs = stored["source"] == self.of_source is not None
                return is_theirs and self._is_at_home(municipality)
            case Reach.OWN:
                return self._owns(resource, stored)
            case _:
                return False

    def overreach(
        self,
        resource: Resource,
        current: Callable[[], Mapping[str, object]],
        body: Mapping[str, object],
    ) -> Iterator[str]:
        """The fields that a body would change although the role may not."""
        fields, undecided = self._grant(resource).fields, self._undecided(resource, body)
        if fields is None and undecided is None:
            return
        for name, value in current().items():
            is_allowed = name != undecided and (fields is None or name in fields)
            if not is_allowed and name in body and (body[name] or None) != (value or None):
                yield name

    def strays(self, resource: Resource, draft: Draft) -> Iterator["Finding"]:
        """Findings for values of a draft outside their scope."""
        if self._is_out_of_town(resource, draft):
            yield draft.finds(OUTSIDE_SCOPE, "/municipality_id")
        if self.source and draft.moves("source"):
            allowed = {self.source, None} if self.role == Role.ORG else {self.source}
            if draft.columns["source"] not in allowed:
                yield draft.finds(OUTSIDE_SCOPE, "/source")
        if self._grant(resource).write == Reach.OWN and self._gives_away(resource, draft):
            yield draft.finds(OUTSIDE_SCOPE, f"/{resource.owner}")

    def _is_out_of_town(self, resource: Resource, draft: Draft) -> bool:
        if not resource.owns or not draft.moves("municipality_id"):
            return False
        is_for_shared = self._grant(resource).write == Reach.SHARED
        if draft.municipality_id is None:
            return resource.is_shareable and not is_for_shared
        return is_for_shared or not self._is_at_home(draft.municipality_id)

    def _gives_away(self, resource: Resource, draft: Draft) -> bool:
        """Whether a draft would make a record belong to another organization."""
        owner = resource.owner
        if not isinstance(owner, str):
            return owner is None
        if owner == "id":
            return draft.id not in self.own
        return draft.moves(owner) and draft.columns[owner] not in self.own

    def _owns(self, resource: Resource, stored: Mapping[str, object]) -> bool:
        flow, owner = resource.workflow, resource.owner
        if flow and stored[flow.field] in flow.settled:
            return False
        if isinstance(owner, str):
            return stored[owner] in self.own
        # The condition limits what they see, so every record shown to them is theirs.
        return owner is not None and self._grant(resource).read == Reach.OWN

    def _undecided(self, resource: Resource, body: Mapping[str, object]) -> str | None:
        """The workflow field, if the body sets it to a state that only others may set."""
        flow = resource.workflow
        if flow is None or self._grant(resource).write != Reach.OWN:
            return None
        return flow.field if body.get(flow.field) in flow.decided else None

    def _is_at_home(self, municipality: object) -> bool:
        return municipality is not None and self.home in (None, municipality)

    def _grant(self, resource: Resource) -> Grant:
        return resource.access.get(self.role, NOTHING)


@cache
def _view(role: Role, collection: str, *, is_local: bool) -> View:
    grant, kind = grant_of(role, collection), kind_of(collection)
    rows = rows_within(grant.read, kind, is_local=is_local)
    owner = kind.owner if kind and grant.read == Reach.OWN else None
    return View(rows, grant.persons, owner if isinstance(owner, str) else None)
