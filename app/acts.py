"""Acts: the record of what a transaction did, as plain values that every room may pass on."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as the audit trail names them."""

    role: str
    key_id: uuid.UUID | None = None
    owner: str | None = None
    request_id: str | None = None
    address_hash: str | None = None
    """The hash of the request's address."""
    traceparent: str | None = None
    """The caller's trace that the request belongs to (W3C Trace Context)."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that was done or refused; has names of fields, never their values."""

    action: str
    type: str | None = None
    ids: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    outcome: str = "ok"
    count: int = 1


class Entry(NamedTuple):
    """One effective change of one record; ids are texts, so that lists can be spooled."""

    collection: str
    record_id: str
    municipality_id: str | None
    version: int
    source: str | None
    source_key: str | None
    act: str
    """`create`, `update`, `delete`, or `erase`, which followers see as a delete."""
    fields: tuple[str, ...] = ()
    """Names of the fields whose values changed, for the trail."""

    @property
    def deleted(self) -> bool:
        """Whether the record no longer exists."""
        return self.act in {"delete", "erase"}


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of one chain of the trail."""

    database_id: str
    seq: int
    mac: str


Row = dict[str, Any]
"""An entry of the trail as bound texts; number and hash are added later."""

Destroyed = Mapping[str, object]
"""A record of destruction as JSON."""

Ended = Mapping[str, object]
"""The end of a key as JSON: its `id`, and `revoked_at` or `expires_at`."""
