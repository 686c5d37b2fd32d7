"""Drafts: a list and what was typed beside it, kept for a day until somebody writes it.

A draft belongs to one session and ends with it. It names persons, so it is no part of a copy of the
register, and the destruction of a person's data destroys the drafts of the municipality.
"""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.transaction import Transaction
from app.json_types import Json
from app.model.columns import Identifier, Instant
from app.model.record import new_id
from app.model.rights import REPLACED, ROWS, Rights
from app.problems import NotFound
from app.store.uploads import as_text

LASTS = timedelta(hours=24)
"""How long a draft is kept."""

MOST = 5
"""Drafts of one session; one more takes the place of the oldest."""

PIECE = 1024 * 1024
"""Bytes of a file that are read and written at once."""


class Draft(SQLModel, table=True):
    """A list that is not written yet."""

    __tablename__ = "upload_drafts"
    rights: ClassVar[Rights] = ROWS
    is_copied: ClassVar[bool] = False
    id: uuid.UUID = Field(primary_key=True, sa_type=Identifier)
    session_hash: str = Field(
        sa_type=sa.String(64), foreign_key="page_sessions.id_hash", ondelete="CASCADE", index=True
    )
    municipality_id: uuid.UUID | None = Field(sa_type=Identifier, index=True)
    ends_at: datetime = Field(sa_type=Instant, index=True)
    name: str | None = Field(sa_type=sa.Text)
    """The name of the file."""
    said: str = Field(sa_type=sa.Text)
    """What was typed and decided, as JSON."""
    checked: str | None = Field(sa_type=sa.Text)
    """What the last check found, or what was written, as JSON."""
    upload_id: uuid.UUID | None = Field(sa_type=Identifier, index=True)
    """The upload that checks or writes it, or has written it."""


class Piece(SQLModel, table=True):
    """A part of a draft's file."""

    __tablename__ = "upload_draft_pieces"
    rights: ClassVar[Rights] = REPLACED
    is_copied: ClassVar[bool] = False
    draft_id: uuid.UUID = Field(
        primary_key=True, sa_type=Identifier, foreign_key="upload_drafts.id", ondelete="CASCADE"
    )
    place: int = Field(primary_key=True)
    body: bytes = Field(sa_type=sa.LargeBinary)


DRAFTS = SQLModel.metadata.tables["upload_drafts"]
PIECES = SQLModel.metadata.tables["upload_draft_pieces"]


class Kept(NamedTuple):
    """A draft as it is stored."""

    id: uuid.UUID
    name: str | None
    said: dict[str, Any]
    checked: dict[str, Any] | None
    upload_id: uuid.UUID | None


def keep(
    tx: Transaction,
    session_hash: str,
    said: Mapping[str, Json],
    file: Iterable[bytes],
    *,
    name: str | None,
    home: uuid.UUID | None,
) -> uuid.UUID:
    """Store a draft of a session; its oldest ones make room.

    Raises:
        DiskFull: nothing is stored.

    """
    _make_room(tx, session_hash)
    draft_id = new_id()
    row = {
        "id": draft_id,
        "session_hash": session_hash,
        "municipality_id": home,
        "ends_at": tx.now + LASTS,
        "name": name,
        "said": as_text(said),
        "checked": None,
        "upload_id": None,
    }
    tx.execute(sa.insert(DRAFTS), [row])
    for place, body in enumerate(file):
        tx.execute(sa.insert(PIECES), [{"draft_id": draft_id, "place": place, "body": body}])
        if place:
            # From the second piece on: a short list is a small change.
            tx.grow()
    return draft_id


def _make_room(tx: Transaction, session_hash: str) -> None:
    of_session = sa.select(DRAFTS.c.id).where(DRAFTS.c.session_hash == session_hash)
    old = tx.execute(of_session.order_by(DRAFTS.c.id.desc()).offset(MOST - 1)).scalars().all()
    if old:
        tx.execute(sa.delete(DRAFTS).where(DRAFTS.c.id.in_(old)))


def one(tx: Transaction, draft_id: uuid.UUID, session_hash: str) -> Kept:
    """A draft of a session.

    Raises:
        NotFound: there is none, another session made it, or its day is over.

    """
    return _found(tx, session_hash, DRAFTS.c.id == draft_id)


def unwritten(tx: Transaction, session_hash: str) -> list[Kept]:
    """The drafts of a session whose list is not written yet, the latest first."""
    is_own = (DRAFTS.c.session_hash == session_hash) & (DRAFTS.c.ends_at > tx.now)
    # The file of a written list is deleted.
    has_file = DRAFTS.c.id.in_(sa.select(PIECES.c.draft_id).where(PIECES.c.place == 0))
    columns = [DRAFTS.c[name] for name in Kept._fields]
    rows = tx.execute(sa.select(*columns).where(is_own, has_file).order_by(DRAFTS.c.id.desc()))
    return [Kept(row.id, row.name, json.loads(row.said), None, row.upload_id) for row in rows.all()]


def hold(tx: Transaction, draft_id: uuid.UUID) -> uuid.UUID | None:
    """Let nobody else change a draft until the end of the transaction; the upload it has by now.

    Raises:
        NotFound: it has ended meanwhile.

    """
    query = sa.select(DRAFTS.c.id, DRAFTS.c.upload_id).where(DRAFTS.c.id == draft_id)
    row = tx.execute(query.with_for_update()).first()
    if row is None:
        raise NotFound
    upload_id: uuid.UUID | None = row.upload_id
    return upload_id


def drop(tx: Transaction, draft_id: uuid.UUID) -> None:
    """Delete a draft."""
    tx.execute(sa.delete(DRAFTS).where(DRAFTS.c.id == draft_id))


def of_upload(tx: Transaction, upload_id: uuid.UUID, session_hash: str) -> Kept | None:
    """The draft that an upload has written, while it lasts."""
    try:
        return _found(tx, session_hash, DRAFTS.c.upload_id == upload_id)
    except NotFound:
        return None


def _found(tx: Transaction, session_hash: str, it: sa.ColumnElement[bool]) -> Kept:
    is_own = (DRAFTS.c.session_hash == session_hash) & (DRAFTS.c.ends_at > tx.now)
    columns = [DRAFTS.c[name] for name in Kept._fields]
    row = tx.execute(sa.select(*columns).where(it, is_own)).first()
    if row is None:
        raise NotFound
    checked = json.loads(row.checked) if row.checked else None
    return Kept(row.id, row.name, json.loads(row.said), checked, row.upload_id)


def pieces(tx: Transaction, draft_id: uuid.UUID) -> Iterator[bytes]:
    """The file of a draft, piece by piece."""
    query = sa.select(PIECES.c.body).where(PIECES.c.draft_id == draft_id)
    places = sa.select(PIECES.c.place).where(PIECES.c.draft_id == draft_id)
    for place in tx.execute(places.order_by(PIECES.c.place)).scalars().all():
        yield tx.execute(query.where(PIECES.c.place == place)).scalar_one()


def change(tx: Transaction, draft_id: uuid.UUID, **values: object) -> None:
    """Store other values of a draft; mappings are stored as JSON.

    Raises:
        NotFound: it has ended meanwhile.

    """
    made = {
        name: as_text(value) if isinstance(value, Mapping) else value
        for name, value in values.items()
    }
    if not tx.execute(sa.update(DRAFTS).where(DRAFTS.c.id == draft_id).values(**made)).rowcount:
        raise NotFound


def written(
    tx: Transaction, draft_id: uuid.UUID, upload_id: uuid.UUID, result: Mapping[str, object]
) -> None:
    """Store what became of a draft's list; its file is not needed any more."""
    change(tx, draft_id, upload_id=upload_id, checked=result)
    tx.execute(sa.delete(PIECES).where(PIECES.c.draft_id == draft_id))


def forget(tx: Transaction, home: uuid.UUID) -> None:
    """Delete the drafts of a municipality, because a person in it may stand in them."""
    here = DRAFTS.c.municipality_id.in_([home]) | DRAFTS.c.municipality_id.is_(None)
    tx.execute(sa.delete(DRAFTS).where(here))


def purge(tx: Transaction) -> None:
    """Delete the drafts whose day is over."""
    tx.execute(sa.delete(DRAFTS).where(DRAFTS.c.ends_at <= tx.now))
