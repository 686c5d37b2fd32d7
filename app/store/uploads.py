"""Uploads: the reports of lists that were sent, and the refused rows until they are fetched."""

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple

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

KEPT = timedelta(days=30)
"""How long refused rows wait to be fetched; the report itself stays."""

DESTROYED = "Данные человека уничтожены"
"""What stands for a text that told of a person."""

AT_ONCE = 20
"""Uploads that are searched together."""


class Upload(SQLModel, table=True):
    """One list that was sent, and what became of it."""

    __tablename__ = "imports"
    rights: ClassVar[Rights] = LASTING
    id: uuid.UUID = Field(primary_key=True, sa_type=Identifier)
    collection: str = Field(sa_type=sa.String(40))
    municipality_id: uuid.UUID | None = Field(sa_type=Identifier, index=True)
    organization_id: uuid.UUID | None = Field(sa_type=Identifier)
    """The organization that sent it with a key of its own."""
    key_id: uuid.UUID | None = Field(sa_type=Identifier)
    owner: str | None = Field(sa_type=sa.Text)
    status: str = Field(sa_type=sa.String(20))
    sent_at: datetime = Field(sa_type=Instant, index=True)
    report: str = Field(sa_type=sa.Text)
    """As it was answered; it names nobody, and tells less when a person's data is destroyed."""
    refused: str | None = Field(sa_type=sa.Text)
    """The refused rows as they came, which may name persons; none after `KEPT`."""


UPLOADS = SQLModel.metadata.tables["imports"]


@dataclass(frozen=True)
class Sent:
    """What is to be kept of an upload."""

    id: uuid.UUID
    collection: str
    municipality_id: uuid.UUID | None
    status: str
    report: Mapping[str, object]
    refused: Mapping[str, object] | None


def keep(tx: Transaction, sent: Sent) -> None:
    """Keep a report, with the refused rows."""
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
        "report": _json(sent.report),
        "refused": _json(sent.refused) if sent.refused else None,
    }
    tx.execute(sa.insert(UPLOADS), [row])


def new() -> uuid.UUID:
    """The id of an upload."""
    return new_id()


class Kept(NamedTuple):
    """What is kept of an upload, as JSON."""

    report: str
    refused: str | None


def one(tx: Transaction, upload_id: uuid.UUID) -> Kept:
    """An upload that the caller sees.

    Raises:
        NotFound: there is none.

    """
    wanted = sa.select(UPLOADS.c.report, UPLOADS.c.refused)
    found = tx.execute(wanted.where(UPLOADS.c.id == upload_id, _seen(tx))).first()
    if found is None:
        raise NotFound
    return Kept._make(found)


class Listed(NamedTuple):
    """An upload in the list of uploads."""

    id: uuid.UUID
    collection: str
    status: str
    sent_at: datetime
    owner: str | None


def listed(tx: Transaction, after: uuid.UUID | None, take: int) -> list[Listed]:
    """The uploads that the caller sees, the newest first."""
    columns = [UPLOADS.c[name] for name in Listed._fields]
    wanted = sa.select(*columns).where(_seen(tx)).order_by(UPLOADS.c.id.desc()).limit(take)
    if after:
        wanted = wanted.where(UPLOADS.c.id < after)
    return [Listed._make(row) for row in tx.execute(wanted)]


def _seen(tx: Transaction) -> sa.ColumnElement[bool]:
    """An organization and a system see their own, others those of their municipality."""
    caller = tx.caller
    if caller.organization_id:
        return UPLOADS.c.organization_id == caller.organization_id
    here = UPLOADS.c.municipality_id == caller.home if caller.home else sa.true()
    # Two systems may have an owner of one name.
    return here & (UPLOADS.c.owner == caller.actor.owner) if caller.source else here


def forget(tx: Transaction, home: uuid.UUID, mentions: Mentions, ids: AbstractSet[str]) -> None:
    """Take a person, and the rows about their records, out of the uploads of a municipality."""
    table = UPLOADS
    here = table.c.municipality_id.in_([home]) | table.c.municipality_id.is_(None)
    known = tx.execute(sa.select(table.c.id).where(here)).scalars().all()
    wanted = sa.select(table.c.id, table.c.report, table.c.refused)
    # A report can have a thousand rows: not all of them are in memory together.
    for some in slices(known, AT_ONCE):
        for row in tx.execute(wanted.where(table.c.id.in_(some))).all():
            _forget_in(tx, row, mentions, ids)


def _forget_in(
    tx: Transaction,
    row: sa.Row[*tuple[object, ...]],
    mentions: Mentions,
    ids: AbstractSet[str],
) -> None:
    report, refused = json.loads(row.report), row.refused and json.loads(row.refused)
    changes = {}
    if _told_less(report, mentions, ids):
        changes["report"] = _json(report)
    if refused:
        left = [cells for cells in refused["rows"] if not mentions.in_row(cells)]
        titles = [DESTROYED if mentions.in_text(each) else each for each in refused["headings"]]
        if len(left) < len(refused["rows"]) or titles != refused["headings"]:
            changes["refused"] = _json({**refused, "headings": titles, "rows": left})
    if changes:
        tx.execute(sa.update(UPLOADS).where(UPLOADS.c.id == row.id).values(**changes))


def _told_less(report: dict[str, Any], mentions: Mentions, ids: AbstractSet[str]) -> bool:
    """Take a person out of a report; whether they stood there. The totals stay as they were."""
    left = [row for row in report["rows"] if not _is_about(row, mentions, ids)]
    has_changed = len(left) < len(report["rows"])
    if has_changed:
        report |= {"rows": left, "rows_truncated": True}
    for part in ("file", "infos", "groups"):
        texts = list(_texts(report[part]))
        if any(map(mentions.in_text, texts)):
            report[part] = _without(report[part], mentions)
            has_changed = True
    return has_changed


def _is_about(row: Json, mentions: Mentions, ids: AbstractSet[str]) -> bool:
    return any(text in ids or mentions.in_text(text) for text in _texts(row))


def _texts(said: Json) -> Iterator[str]:
    """Every text inside of a JSON value."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict | list):
        for each in said.values() if isinstance(said, dict) else said:
            yield from _texts(each)


def _without(said: Json, mentions: Mentions) -> Json:
    """A JSON value in which nothing tells of a person."""
    if isinstance(said, str):
        return DESTROYED if mentions.in_text(said) else said
    if isinstance(said, dict):
        return {name: _without(each, mentions) for name, each in said.items()}
    return [_without(each, mentions) for each in said] if isinstance(said, list) else said


def purge(tx: Transaction) -> None:
    """Let go of refused rows that nobody fetched in time."""
    old = (UPLOADS.c.sent_at <= tx.now - KEPT) & UPLOADS.c.refused.is_not(None)
    tx.execute(sa.update(UPLOADS).where(old).values(refused=None))


_HALVES = re.compile("[\ud800-\udfff]")


def _json(said: object) -> str:
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    # A cell of a workbook can hold half a character, which neither database stores but escaped.
    return _HALVES.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
