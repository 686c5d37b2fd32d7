"""Caller: on whose behalf the store works, and what they may see and write in each collection.

The store only asks; `app.access` decides. `SERVICE` is the service itself.
"""

import uuid
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Protocol

from app.acts import Actor
from app.findings import Finding
from app.model.drafts import Draft
from app.model.grants import Granted
from app.model.resource import Resource
from app.model.rule import Onlooker
from app.model.view import ALL, View


class Caller(Onlooker, Protocol):
    """On whose behalf the store works."""

    @property
    def home(self) -> uuid.UUID | None:
        """The municipality whose records they see, or None if they see all."""

    @property
    def organization_id(self) -> uuid.UUID | None:
        """The organization whose key they hold, or None."""

    @property
    def source(self) -> str | None:
        """The only source whose keys they may write, or None if any."""

    @property
    def bindings(self) -> Mapping[str, uuid.UUID]:
        """The values of the bound parameters in the conditions of their views."""

    @property
    def spoken_bindings(self) -> Mapping[str, str]:
        """The same values as texts."""

    @property
    def standpoint(self) -> Hashable:
        """What decides their views: callers with the same one have the same views."""

    def view(self, collection: str) -> View:
        """Which rows of a collection they see."""

    def may_touch(self, resource: Resource, stored: Mapping[str, object]) -> bool:
        """Whether they may change this record, which they see."""

    def overreach(
        self,
        resource: Resource,
        current: Callable[[], Mapping[str, object]],
        body: Mapping[str, object],
    ) -> Iterable[str]:
        """The fields of a body that they may not change; `current` reads the record on demand."""

    def strays(self, resource: Resource, draft: Draft) -> Iterable[Finding]:
        """The findings about values of a draft that lie outside their scope."""


class _Service:
    """The service itself: the seed, the demo data, the administrator's commands."""

    actor = Actor("service")
    home = organization_id = source = None
    bindings: Mapping[str, uuid.UUID] = {}
    spoken_bindings: Mapping[str, str] = {}
    standpoint: Hashable = "service"

    def view(self, _collection: str) -> View:
        return ALL

    def sees(self, _resource: Granted, _row: Mapping[str, object]) -> bool:
        return True

    def may_touch(self, _resource: Resource, _stored: Mapping[str, object]) -> bool:
        return True

    def overreach(
        self,
        _resource: Resource,
        _current: Callable[[], Mapping[str, object]],
        _body: Mapping[str, object],
    ) -> Iterable[str]:
        return ()

    def strays(self, _resource: Resource, _draft: Draft) -> Iterable[Finding]:
        return ()


SERVICE: Caller = _Service()
