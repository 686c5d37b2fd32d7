"""Uploads: stores the reports of uploaded lists, and their refused rows for a time."""

import json
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple, cast

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.slicing import slices
from app.database.transaction import Transaction
from app.json_types import Json
from app.model.columns import Identifier, Instant
from app.model.record import new_id
from app.model.rights import LASTING, Rights
from app.problems import NotFound
from app.store.mentions import Mentions
from app.store.outcomes import TAKEN

KEPT = timedelta(days=30)
"""How long refused rows are stored; the report itself stays."""

DESTROYED = "Данные человека уничтожены"
"""Replaces a text that mentioned a person."""

AT_ONCE = 20
"""Uploads searched together."""


class Upload(SQLModel, table=True):
    """An uploaded list and its result."""

    __tablename__ = "imports"
    rights: ClassVar[Rights] = LASTING
    id: uuid.UUID = Field(primary_key=True, sa_type=Identifier)
    collection: str = Field(sa_type=sa.String(40))
    municipality_id: uuid.UUID | None = Field(sa_type=Identifier, index=True)
    organization_id: uuid.UUID | None = Field(sa_type=Identifier)
    """The organization whose own key sent it."""
    key_id: uuid.UUID | None = Field(sa_type=Identifier)
    owner: str | None = Field(sa_type=sa.Text)
    status: str = Field(sa_type=sa.String(20))
    sent_at: datetime = Field(sa_type=Instant, index=True)
    report: str = Field(sa_type=sa.Text)
    """The report as answered; it names nobody, and is reduced when a person's data is destroyed."""
    refused: str | None = Field(sa_type=sa.Text)
    """The refused rows, which may name persons; null after `KEPT`."""
    progress: str | None = Field(sa_type=sa.Text)
    """How far a running upload is, as JSON; null once it has ended."""


RUNNING = "running"
"""The status of an upload that was accepted and has not ended."""

UPLOADS = SQLModel.metadata.tables["imports"]


@dataclass(frozen=True)
class Sent:
    """The data of an upload to store."""

    id: uuid.UUID
    collection: str
    municipality_id: uuid.UUID | None
    status: str
    report: Mapping[str, object]
    refused: Mapping[str, object] | None

    def told(self) -> None:
        """Count it, if it has ended."""
        if self.status != RUNNING:
            stats = cast("Mapping[str, int]", self.report["stats"])
            TAKEN.add(self.status, stats)


def keep(tx: Transaction, sent: Sent) -> None:
    """Store a report with its refused rows."""
    actor = tx.caller.actor
    row = {
        "id": sent.id,
        "collection": sent.collection,
        "municipality_id": sent.municipality_id,
        "organization_id": tx.caller.organization_id,
        "key_id": actor.key_id,
        "owner": actor.owner,
        "status": sent.status,
        "sent_at": tx.now,
        "report": as_text(sent.report),
        "refused": as_text(sent.refused) if sent.refused else None,
    }
    tx.execute(sa.insert(UPLOADS), [row])
    tx.then.append(sent.told)


def new() -> uuid.UUID:
    """A new upload's id."""
    return new_id()


class Kept(NamedTuple):
    """The stored JSON of an upload."""

    status: str
    report: str
    refused: str | None
    progress: str | None
    collection: str


def one(tx: Transaction, upload_id: uuid.UUID) -> Kept:
    """An upload in the caller's view.

    Raises:
        NotFound: there is none.

    """
    query = sa.select(*(UPLOADS.c[name] for name in Kept._fields))
    row = tx.execute(query.where(UPLOADS.c.id == upload_id, _seen(tx))).first()
    if row is None:
        raise NotFound
    return Kept._make(row)


class Listed(NamedTuple):
    """An upload in the list of uploads."""

    id: uuid.UUID
    collection: str
    status: str
    sent_at: datetime
    owner: str | None


def listed(tx: Transaction, after: uuid.UUID | None, take: int) -> list[Listed]:
    """The uploads in the caller's view, newest first."""
    columns = [UPLOADS.c[name] for name in Listed._fields]
    query = sa.select(*columns).where(_seen(tx)).order_by(UPLOADS.c.id.desc()).limit(take)
    if after:
        query = query.where(UPLOADS.c.id < after)
    return [Listed._make(row) for row in tx.execute(query)]


def _seen(tx: Transaction) -> sa.ColumnElement[bool]:
    """Organizations and systems see their own uploads, others those of their municipality."""
    caller = tx.caller
    if caller.organization_id:
        return UPLOADS.c.organization_id == caller.organization_id
    here = UPLOADS.c.municipality_id == caller.home if caller.home else sa.true()
    if not caller.source:
        return here
    # Not by the owner: two systems may have owners of the same name.
    of_source = sa.select(_KEYS.c.id).where(_KEYS.c.source == caller.source)
    return here & UPLOADS.c.key_id.in_(of_source)


_KEYS = sa.table("api_keys", sa.column("id", Identifier), sa.column("source"))


def forget(tx: Transaction, home: uuid.UUID, mentions: Mentions, ids: AbstractSet[str]) -> None:
    """Remove a person, and rows about their records, from a municipality's uploads."""
    table = UPLOADS
    here = table.c.municipality_id.in_([home]) | table.c.municipality_id.is_(None)
    ids_here = tx.execute(sa.select(table.c.id).where(here)).scalars().all()
    query = sa.select(table.c.id, table.c.report, table.c.refused)
    # A report may have a thousand rows, so only some are in memory at once.
    for part in slices(ids_here, AT_ONCE):
        for row in tx.execute(query.where(table.c.id.in_(part))).all():
            _forget_in(tx, row, mentions, ids)


def _forget_in(
    tx: Transaction,
    row: sa.Row[*tuple[object, ...]],
    mentions: Mentions,
    ids: AbstractSet[str],
) -> None:
    report, refused = json.loads(row.report), row.refused and json.loads(row.refused)
    changes = {}
    if _reduced(report, mentions, ids):
        changes["report"] = as_text(report)
    if refused:
        rows_left = [cells for cells in refused["rows"] if not mentions.in_row(cells)]
        titles = [
            DESTROYED if mentions.in_text(heading) else heading for heading in refused["headings"]
        ]
        if len(rows_left) < len(refused["rows"]) or titles != refused["headings"]:
            changes["refused"] = as_text({**refused, "headings": titles, "rows": rows_left})
    if changes:
        tx.execute(sa.update(UPLOADS).where(UPLOADS.c.id == row.id).values(**changes))


def _reduced(report: dict[str, Any], mentions: Mentions, ids: AbstractSet[str]) -> bool:
    """Remove a person from a report; returns whether they were in it. The totals stay."""
    rows_left = [row for row in report["rows"] if not _is_about(row, mentions, ids)]
    has_changed = len(rows_left) < len(report["rows"])
    if has_changed:
        report |= {"rows": rows_left, "rows_truncated": True}
    for part in report.keys() & {"file", "infos", "groups", "problem"}:
        is_about = mentions.in_title if part == "file" else mentions.in_text
        if any(map(is_about, _texts(report[part]))):
            report[part] = _without(report[part], is_about)
            has_changed = True
    return has_changed


def _is_about(row: Json, mentions: Mentions, ids: AbstractSet[str]) -> bool:
    return any(text in ids or mentions.in_text(text) for text in _texts(row))


def _texts(value: Json) -> Iterator[str]:
    """Every text inside a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _without(value: Json, is_about: Callable[[str], bool]) -> Json:
    """A JSON value without texts that mention a person."""
    if isinstance(value, str):
        return DESTROYED if is_about(value) else value
    if isinstance(value, dict):
        return {name: _without(inner, is_about) for name, inner in value.items()}
    return [_without(inner, is_about) for inner in value] if isinstance(value, list) else value


def purge(tx: Transaction) -> None:
    """Delete the refused rows that are too old."""
    old = (UPLOADS.c.sent_at <= tx.now - KEPT) & UPLOADS.c.refused.is_not(None)
    tx.execute(sa.update(UPLOADS).where(old).values(refused=None))


_HALVES = re.compile("[\ud800-\udfff]")


def as_text(value: object) -> str:
    """A report as it is stored."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # A workbook's cell may hold half a surrogate pair, which databases store only escaped.
    return _HALVES.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
