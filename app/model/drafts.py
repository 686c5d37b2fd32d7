"""Drafts: records on their way in, with what the store holds of them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.findings import Fault, Finding
from app.model.record import Write, new_id


@dataclass(frozen=True)
class Stored:
    """A stored record: its columns, and its parts as lists of columns."""

    columns: Mapping[str, Any]
    parts: Mapping[str, list[dict[str, Any]]]

    @property
    def id(self) -> uuid.UUID:
        """The record's id."""
        record_id: uuid.UUID = self.columns["id"]
        return record_id

    @property
    def version(self) -> int:
        """The record's version."""
        return int(self.columns["version"])


@dataclass
class Draft:
    """One record to be written: its body, and the columns and parts to be stored."""

    body: Write
    stored: Stored | None = None
    id: uuid.UUID = field(default_factory=new_id)
    by_service: bool = False
    """Made by the service, which may write fields that callers may not (a plan's windows)."""
    at: int = 0
    municipality_id: uuid.UUID | None = None
    columns: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    version: int = 1

    def __post_init__(self) -> None:
        if self.stored:
            self.holds(self.stored)

    def holds(self, stored: Stored) -> None:
        """Make the draft a change of the stored record."""
        self.stored = stored
        self.id = stored.id
        self.version = stored.version

    @property
    def is_new(self) -> bool:
        """Whether it is about no stored record."""
        return self.stored is None

    @property
    def is_changed(self) -> bool:
        """Whether writing the draft would change anything."""
        if self.stored is None or self.parts != self.stored.parts:
            return True
        before = self.stored.columns
        # Values taken over are the same objects; comparing ids is slow.
        return any(
            value is not (was := before[name]) and value != was
            for name, value in self.columns.items()
        )

    @property
    def pair(self) -> tuple[uuid.UUID | None, Any, Any]:
        """The natural key from its source: municipality, source and source key."""
        columns = self.columns
        return columns["municipality_id"], columns["source"], columns["source_key"]

    def moves(self, *names: str) -> bool:
        """Whether one of these columns gets a value other than the stored one."""
        return self.stored is None or any(
            self.stored.columns[name] != self.columns[name] for name in names
        )

    def was(self, name: str) -> Any:
        """The stored value of a column; None for a new record."""
        return self.stored.columns[name] if self.stored else None

    def finds(self, fault: Fault, pointer: str, **values: object) -> Finding:
        """A finding about this draft."""
        return Finding(fault, pointer=pointer, values=values, at=self.at)


class Row(Protocol):
    """Some fields of a record, as a row of a list has them, and the draft that becomes of it."""

    fields: dict[str, Any]
    defaults: Mapping[str, object]
    """Values of a new record for fields that the row leaves empty."""
    draft: Draft | None

    @property
    def named_id(self) -> uuid.UUID | None:
        """The id by which the row names its record."""


def altered(stored: Stored, **columns: object) -> Draft:
    """A draft that changes some columns of a stored record and keeps all others."""
    draft = Draft(_NO_BODY, stored)
    kept = {name: value for name, value in stored.columns.items() if name not in _OWN}
    draft.columns, draft.parts = kept | columns, dict(stored.parts)
    draft.municipality_id = stored.columns["municipality_id"]
    return draft


_OWN = frozenset({"id", "version", "created_at", "updated_at"})
"""Columns that are set when a draft is written."""
_NO_BODY: Any = None
