"""The caller: on whose behalf the store works, and what of each collection they see and may write.

The store asks; who may what is decided in `app.access`. `SERVICE` is the service itself.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa

if TYPE_CHECKING:
    from app.problems import Finding
    from app.store.drafts import Draft

Condition = Callable[[sa.FromClause], sa.ColumnElement[bool]]
"""Which rows of a table; its values are bound parameters named `scope_…`."""


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


class Caller(Protocol):
    """Whom the store serves."""

    @property
    def actor(self) -> Actor:
        """Who it is."""

    @property
    def home(self) -> uuid.UUID | None:
        """The one municipality that they see, or None if they see all."""

    @property
    def bindings(self) -> Mapping[str, uuid.UUID]:
        """The values of the parameters that conditions name."""

    def view(self, collection: str) -> View:
        """What they see of a collection."""

    def may_touch(self, collection: str, stored: Mapping[str, Any]) -> bool:
        """Whether they may change a record that they see."""

    def overreach(self, collection: str, draft: "Draft") -> Iterable["Finding"]:
        """Fields of a draft that they may not change."""

    def strays(self, collection: str, draft: "Draft") -> Iterable["Finding"]:
        """Values of a draft that lie outside their scope."""


@dataclass(frozen=True)
class _Service:
    """The service itself: the seed, the demo data, commands of the administrator."""

    actor: Actor = Actor("service")
    home: uuid.UUID | None = None

    @property
    def bindings(self) -> Mapping[str, uuid.UUID]:
        return {}

    def view(self, collection: str) -> View:  # noqa: ARG002 - it sees everything
        return ALL

    def may_touch(self, collection: str, stored: Mapping[str, Any]) -> bool:  # noqa: ARG002 - as view
        return True

    def overreach(self, collection: str, draft: "Draft") -> Iterable["Finding"]:  # noqa: ARG002 - as view
        return ()

    def strays(self, collection: str, draft: "Draft") -> Iterable["Finding"]:  # noqa: ARG002 - as view
        return ()


ALL = View()
SERVICE: Caller = _Service()
