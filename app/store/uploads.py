"""Uploads: the reports of lists that were sent, and the refused rows until they are fetched."""

import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.problems import NotFound
from app.store.columns import Identifier, Instant
from app.store.record import new_id
from app.store.text import fold
from app.store.values import spoken_instant

if TYPE_CHECKING:
    from app.store.database import Transaction

KEPT = timedelta(days=30)
"""How long refused rows wait to be fetched; the report itself stays."""


class Upload(SQLModel, table=True):
    """One list that was sent, and what became of it."""

    __tablename__ = "imports"
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
    """As it was answered; it names nobody."""
    refused: str | None = Field(sa_type=sa.Text)
    """The refused rows as they came, which may name persons; none after `KEPT`."""


UPLOADS = SQLModel.metadata.tables["imports"]


@dataclass(frozen=True)
class Sent:
    """What is to be kept of an upload."""

    collection: str
    municipality_id: uuid.UUID | None
    report: dict[str, Any]
    refused: dict[str, Any] | None


def keep(tx: "Transaction", sent: Sent) -> None:
    """Keep a report, with the refused rows."""
    actor = tx.caller.actor
    row = {
        "id": uuid.UUID(sent.report["id"]),
        "collection": sent.collection,
        "municipality_id": sent.municipality_id,
        "organization_id": tx.caller.organization_id,
        "key_id": actor.key_id,
        "owner": actor.owner,
        "status": sent.report["status"],
        "sent_at": tx.now,
        "report": _json(sent.report),
        "refused": sent.refused and _json(sent.refused),
    }
    tx.execute(sa.insert(UPLOADS), [row])


def new() -> uuid.UUID:
    """The id of an upload."""
    return new_id()


def one(tx: "Transaction", upload_id: uuid.UUID) -> Any:
    """An upload that the caller sees.

    Raises:
        NotFound: there is none.

    """
    wanted = sa.select(UPLOADS).where(UPLOADS.c.id == upload_id, _seen(tx))
    found = tx.execute(wanted).mappings().first()
    if found is None:
        raise NotFound
    return found


def listed(tx: "Transaction", after: uuid.UUID | None, take: int) -> Sequence[Any]:
    """The uploads that the caller sees, the newest first."""
    columns = [each for each in UPLOADS.c if each.name not in {"report", "refused"}]
    wanted = sa.select(*columns).where(_seen(tx)).order_by(UPLOADS.c.id.desc()).limit(take)
    if after:
        wanted = wanted.where(UPLOADS.c.id < after)
    return tx.execute(wanted).mappings().all()


def spoken(row: Any) -> dict[str, Any]:
    """An upload as lists show it."""
    return {
        "id": str(row["id"]),
        "collection": row["collection"],
        "status": row["status"],
        "sent_at": spoken_instant(row["sent_at"]),
        "owner": row["owner"],
    }


def _seen(tx: "Transaction") -> sa.ColumnElement[bool]:
    """An organization and a system see their own, others those of their municipality."""
    caller = tx.caller
    if caller.organization_id:
        return UPLOADS.c.organization_id == caller.organization_id
    if caller.source:
        return UPLOADS.c.owner == caller.actor.owner
    return UPLOADS.c.municipality_id == caller.home if caller.home else sa.true()


def forget(tx: "Transaction", names: Sequence[str | None]) -> None:
    """Take out refused rows in which every one of these names stands."""
    wanted = {fold(name) for name in names if name}
    kept = sa.select(UPLOADS.c.id, UPLOADS.c.refused).where(UPLOADS.c.refused.is_not(None))
    for row in tx.execute(kept).all():
        refused = json.loads(row.refused)
        left = [cells for cells in refused["rows"] if not _names(cells, wanted)]
        if len(left) < len(refused["rows"]):
            mine = sa.update(UPLOADS).where(UPLOADS.c.id == row.id)
            tx.execute(mine.values(refused=_json({**refused, "rows": left})))


def _names(cells: Sequence[Any], wanted: set[str]) -> bool:
    words = {word for cell in cells if isinstance(cell, str) for word in fold(cell).split()}
    return all(set(name.split()) <= words for name in wanted)


def purge(tx: "Transaction") -> None:
    """Let go of refused rows that nobody fetched in time."""
    old = (UPLOADS.c.sent_at <= tx.now - KEPT) & UPLOADS.c.refused.is_not(None)
    tx.execute(sa.update(UPLOADS).where(old).values(refused=None))


_HALVES = re.compile("[\ud800-\udfff]")


def _json(said: Any) -> str:
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    # A cell of a workbook can hold half a character, which neither database stores but escaped.
    return _HALVES.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
