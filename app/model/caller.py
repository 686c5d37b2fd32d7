"""The caller: on whose behalf the store works, and what of each collection they see and may write.

The store asks; who may what is decided in `app.access`. `SERVICE` is the service itself.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa

if TYPE_CHECKING:
    from app.findings import Finding
    from app.model.resource import Resource
    from app.store.drafts import Draft

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


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as the trail names them."""

    role: str
    key_id: uuid.UUID | None = None
    owner: str | None = None
    request_id: str | None = None
    address_hash: str | None = None
    """Of where the request came from."""


class Caller(Protocol):
    """Whom the store serves."""

    @property
    def actor(self) -> Actor:
        """Who it is."""

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

    def sees(self, resource: "Resource", row: Mapping[str, Any]) -> bool:
        """Whether they see a row that stands beside a record of theirs."""

    def may_touch(self, resource: "Resource", stored: Mapping[str, Any]) -> bool:
        """Whether they may change a record that they see."""

    def overreach(
        self,
        resource: "Resource",
        current: Callable[[], Mapping[str, Any]],
        said: Mapping[str, Any],
    ) -> Iterable[str]:
        """The fields that a body would change and they may not; the record is read if need be."""

    def strays(self, resource: "Resource", draft: "Draft") -> Iterable["Finding"]:
        """Values of a draft that lie outside their scope."""


class _Service:
    """The service itself: the seed, the demo data, commands of the administrator."""

    actor = Actor("service")
    home = organization_id = source = None
    bindings: Mapping[str, uuid.UUID] = {}

    def view(self, _collection: str) -> View:
        return ALL

    def sees(self, _resource: "Resource", _row: Mapping[str, Any]) -> bool:
        return True

    def may_touch(self, _resource: "Resource", _stored: Mapping[str, Any]) -> bool:
        return True

    def overreach(
        self,
        _resource: "Resource",
        _current: Callable[[], Mapping[str, Any]],
        _said: Mapping[str, Any],
    ) -> Iterable[str]:
        return ()

    def strays(self, _resource: "Resource", _draft: "Draft") -> Iterable["Finding"]:
        return ()


ALL = View()
SERVICE: Caller = _Service()
