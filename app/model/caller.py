"""The caller: on whose behalf the store works, and what of each collection they see and may write.

The store asks; who may what is decided in `app.access`. `SERVICE` is the service itself.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from app.acts import Actor
from app.findings import Finding
from app.model.drafts import Draft
from app.model.grants import Granted
from app.model.resource import Resource
from app.model.rule import Onlooker
from app.model.view import ALL, View


class Caller(Onlooker, Protocol):
    """Whom the store serves."""

    @property
    def home(self) -> uuid.UUID | None:
        """The one municipality that they see, or None if they see all."""

    @property
    def organization_id(self) -> uuid.UUID | None:
        """The organization that they speak for."""

    @property
    def source(self) -> str | None:
        """The only foreign system under whose keys they write, or None if any."""

    @property
    def bindings(self) -> Mapping[str, uuid.UUID]:
        """The values of the parameters that conditions name."""

    def view(self, collection: str) -> View:
        """What they see of a collection."""

    def may_touch(self, resource: Resource, stored: Mapping[str, object]) -> bool:
        """Whether they may change a record that they see."""

    def overreach(
        self,
        resource: Resource,
        current: Callable[[], Mapping[str, object]],
        said: Mapping[str, object],
    ) -> Iterable[str]:
        """The fields that a body would change and they may not; the record is read if need be."""

    def strays(self, resource: Resource, draft: Draft) -> Iterable[Finding]:
        """Values of a draft that lie outside their scope."""


class _Service:
    """The service itself: the seed, the demo data, commands of the administrator."""

    actor = Actor("service")
    home = organization_id = source = None
    bindings: Mapping[str, uuid.UUID] = {}

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
        _said: Mapping[str, object],
    ) -> Iterable[str]:
        return ()

    def strays(self, _resource: Resource, _draft: Draft) -> Iterable[Finding]:
        return ()


SERVICE: Caller = _Service()
