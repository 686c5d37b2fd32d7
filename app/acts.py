"""Acts: what is told of a transaction, as plain values that every floor above can hand on."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as the trail names them."""

    role: str
    key_id: uuid.UUID | None = None
    owner: str | None = None
    request_id: str | None = None
    address_hash: str | None = None
    """Of where the request came from."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that was done or refused: names of fields, never their values."""

    action: str
    type: str | None = None
    ids: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    outcome: str = "ok"
    count: int = 1


class Entry(NamedTuple):
    """One effective change of one record; ids are texts, so that long lists can be put aside."""

    collection: str
    record_id: str
    municipality_id: str | None
    version: int
    source: str | None
    source_key: str | None
    act: str
    """`create`, `update`, `delete`, or `erase`: to followers a delete too."""
    fields: tuple[str, ...] = ()
    """Names of the fields that got a value or another one, for the trail."""

    @property
    def deleted(self) -> bool:
        """Whether the record is gone."""
        return self.act in {"delete", "erase"}


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain of entries of the trail."""

    database_id: str
    seq: int
    mac: str


Row = dict[str, Any]
"""An entry of the trail as the texts that are bound; its number and hash are not given yet."""

Destroyed = Mapping[str, object]
"""A record of destruction as JSON shows it."""
