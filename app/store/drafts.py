"""Drafts: records on their way in, beside what the store holds of them."""

import hashlib
import hmac
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from app.problems import Fault, Finding
from app.store.columns import fold_values
from app.store.record import PART_FIELDS, Part, Write, new_id
from app.store.resource import Resource, table_of

if TYPE_CHECKING:
    from app.store.database import Transaction

V = TypeVar("V")

MANY = 5_000
"""Ids in one statement: far below the limits of both databases on parameters."""


@dataclass(frozen=True)
class Stored:
    """What the store holds of a record: its columns, and its parts as lists of columns."""

    columns: Mapping[str, Any]
    parts: Mapping[str, list[dict[str, Any]]]

    @property
    def id(self) -> uuid.UUID:
        """The record's id."""
        found: uuid.UUID = self.columns["id"]
        return found

    @property
    def version(self) -> int:
        """The record's version."""
        return int(self.columns["version"])


@dataclass
class Draft:
    """One record to be written: what was said of it, and what becomes of it."""

    body: Write
    stored: Stored | None = None
    id: uuid.UUID = field(default_factory=new_id)
    by_service: bool = False
    """Made by the service itself, which may write what callers may not (a plan's windows)."""
    at: int = 0
    municipality_id: uuid.UUID | None = None
    columns: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    version: int = 1

    def __post_init__(self) -> None:
        if self.stored:
            self.holds(self.stored)

    def holds(self, stored: Stored) -> None:
        """Take the draft as a change of what is stored."""
        self.stored = stored
        self.id = stored.id
        self.version = stored.version

    @property
    def is_changed(self) -> bool:
        """Whether writing it would have an effect."""
        if self.stored is None or self.parts != self.stored.parts:
            return True
        return any(self.stored.columns[name] != value for name, value in self.columns.items())

    def moves(self, *names: str) -> bool:
        """Whether one of these columns gets another value than the store holds."""
        return self.stored is None or any(
            self.stored.columns[name] != self.columns[name] for name in names
        )

    def was(self, name: str) -> Any:
        """The stored value of a column, null for a new record."""
        return self.stored.columns[name] if self.stored else None

    def finds(self, fault: Fault, pointer: str, **values: Any) -> Finding:
        """A finding in this draft."""
        return Finding(fault, pointer=pointer, values=values, at=self.at)


def lay_out(resource: Resource, draft: Draft, secret: bytes) -> None:
    """Spread a body over the columns and parts of the record, derived columns included."""
    body, table = draft.body, resource.table
    for name in resource.write.model_fields:
        value = getattr(body, name)
        if name in resource.parts:
            draft.parts[name] = [dict(item) for item in value]
        elif name in resource.embedded:
            inside = dict(value) if value is not None else {}
            for inner in resource.embedded[name].model_fields:
                draft.columns[f"{name}_{inner}"] = inside.get(inner)
        elif name in table.columns and name != "municipality_id":
            draft.columns[name] = sorted(set(value)) if isinstance(value, list) else value
    if draft.stored and body.source is None and "source" not in body.model_fields_set:
        draft.columns |= {name: draft.stored.columns[name] for name in ("source", "source_key")}
    draft.columns["municipality_id"] = draft.municipality_id
    fold_columns(resource, draft)
    for column in table.columns:
        if not (hashed := column.info.get("hashes")):
            continue
        if hashed in body.model_fields_set:
            draft.columns[column.name] = keyed_hash(secret, getattr(body, hashed))
        else:
            draft.columns[column.name] = draft.was(column.name)


def changed_fields(resource: Resource, draft: Draft) -> tuple[str, ...]:
    """The fields that a draft gives a value, or another one than is stored."""
    before = draft.stored
    parts = [
        name for name, rows in draft.parts.items() if rows != (before.parts[name] if before else [])
    ]
    columns = {name for name, value in draft.columns.items() if value != draft.was(name)}
    named = [name for name, kept in resource.kept_in.items() if columns & kept]
    return (*named, *parts)


def fold_columns(resource: Resource, draft: Draft) -> None:
    """Keep the match keys of the draft's fields."""
    for column in resource.table.columns:
        if names := column.info.get("folds"):
            key = fold_values([draft.columns[name] for name in names])
            # A key over long texts would not fit into a page of PostgreSQL's index.
            draft.columns[column.name] = digest(key) if column.unique else key


def digest(key: str) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(key.encode()).hexdigest()


def stamp(tx: "Transaction", resource: Resource, draft: Draft) -> None:
    """Put down when a state was reached and by which key, and which organization entered it."""
    key = tx.caller.actor.key_id
    marks = {"reached": tx.now, "reached_by": str(key) if key else None}
    for column in resource.table.columns:
        for mark, value in marks.items():
            name, values = column.info.get(mark, (None, ()))
            if name and draft.moves(name):
                if draft.columns[name] in values:
                    draft.columns[column.name] = value
                elif draft.stored is None:
                    draft.columns[column.name] = None
        if column.info.get("entered_by") and draft.stored is None:
            draft.columns[column.name] = tx.caller.organization_id


def keyed_hash(secret: bytes, value: str | None) -> str | None:
    """HMAC-SHA-256 in hexadecimal; without the secret it tells nothing of the value."""
    if value is None:
        return None
    return hmac.new(secret, value.encode(), hashlib.sha256).hexdigest()


def load(tx: "Transaction", resource: Resource, condition: sa.ColumnElement[bool]) -> list[Stored]:
    """The stored records in the caller's view that meet a condition, locked until the end."""
    seen = tx.seen(resource.name, resource.table)
    wanted = sa.select(resource.table).where(condition, seen).order_by(resource.table.c.id)
    found = tx.execute(wanted.with_for_update(of=resource.table)).mappings()
    rows = {row["id"]: dict(row) for row in found}
    parts = {name: _load_parts(tx, part, list(rows)) for name, part in resource.parts.items()}
    return [
        Stored(columns, {name: lists.get(key, []) for name, lists in parts.items()})
        for key, columns in rows.items()
    ]


def _load_parts(
    tx: "Transaction", part: type[Part], owners: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[dict[str, Any]]]:
    table = table_of(part)
    lists: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for some in slices(owners):
        rows = tx.execute(
            sa.select(table)
            .where(table.c.owner_id.in_(some))
            .order_by(table.c.owner_id, table.c.place)
        ).mappings()
        for row in rows:
            item = {name: value for name, value in row.items() if name not in PART_FIELDS}
            lists.setdefault(row["owner_id"], []).append(item)
    return lists


def slices(values: Iterable[V]) -> Iterable[list[V]]:
    """The values in lists that fit into one statement."""
    listed = list(values)
    for start in range(0, len(listed), MANY):
        yield listed[start : start + MANY]
