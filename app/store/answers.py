"""Answers stored for requests with an Idempotency-Key, so that a retry has no second effect.

An answer is stored in the transaction of its effect: a retry after a lost connection gets it word
for word, and a request that never arrived finds nothing and runs as a new one.
"""

import hmac
import uuid
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.acts import Act
from app.database.dialects import POSTGRESQL
from app.database.slicing import slices
from app.database.transaction import Transaction
from app.model.columns import Identifier, Instant
from app.model.rights import ROWS, Rights
from app.problems import AnswerGone, KeyReused, NotFound, StillRunning
from app.store.mentions import Mentions

KEPT = timedelta(hours=72)
"""How long a request may be retried."""

AT_ONCE = 100
"""Answers searched together."""


class KeptAnswer(SQLModel, table=True):
    """The answer of a committed write."""

    __tablename__ = "kept_answers"
    rights: ClassVar[Rights] = ROWS
    request: str = Field(primary_key=True, sa_type=sa.String(64))
    """The request: a hash of its key, method, path and sender."""
    payload: str | None = Field(sa_type=sa.String(64))
    """A keyed hash of the body; null once it concerned a person whose data was destroyed."""
    collection: str | None = Field(sa_type=sa.String(40))
    record_id: uuid.UUID | None = Field(sa_type=Identifier, index=True)
    """The record that the answer shows, or the upload that it accepts, which has no collection."""
    status: int = Field(sa_type=sa.Integer)
    headers: str = Field(sa_type=sa.Text)
    """A JSON object."""
    body: str | None = Field(sa_type=sa.Text)
    """Null if it may not be shown again."""
    answered_at: datetime = Field(sa_type=Instant, index=True)


ANSWERS = SQLModel.metadata.tables["kept_answers"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt of a request that may be retried."""

    request: str
    payload: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request, and the record that it shows."""

    status: int
    headers: str
    body: str | None
    collection: str | None = None
    record_id: uuid.UUID | None = None


def find(tx: Transaction, attempt: Attempt) -> Answer | None:
    """The answer to an earlier attempt; None if there was none.

    Raises:
        StillRunning: another attempt is in progress.
        KeyReused: the key was used for another request.
        AnswerGone: the request had its effect, but its answer may not be shown again.
        NotFound: the record is no longer in the caller's view.

    """
    _claim(tx, attempt)
    is_same = ANSWERS.c.request == attempt.request
    kept = tx.execute(sa.select(ANSWERS).where(is_same)).mappings().first()
    if kept is None:
        return None
    if kept["answered_at"] <= tx.now - KEPT:
        tx.execute(sa.delete(ANSWERS).where(is_same))
        return None
    if kept["payload"] and not hmac.compare_digest(kept["payload"], attempt.payload):
        raise KeyReused
    if kept["body"] is None:
        raise AnswerGone
    answer = Answer(*(kept[name] for name in Answer.__slots__))
    _show_again(tx, answer)
    return answer


def keep(tx: Transaction, attempt: Attempt, answer: Answer) -> None:
    """Store an answer in the transaction of its effect."""
    row: dict[str, object] = {name: getattr(answer, name) for name in Answer.__slots__}
    row |= {"request": attempt.request, "payload": attempt.payload, "answered_at": tx.now}
    tx.execute(sa.insert(ANSWERS), [row])


def withdraw(tx: Transaction, upload_id: uuid.UUID) -> None:
    """Delete the answer that accepted an upload: nothing was written, so it may be sent again."""
    tx.execute(sa.delete(ANSWERS).where(ANSWERS.c.record_id == upload_id))


def forget(tx: Transaction, ids: AbstractSet[str], mentions: Mentions) -> None:
    """Empty the answers about records, and other answers that mention a person."""
    requests_about = list(_telling(tx, mentions))
    gone = {"body": None, "headers": "{}", "payload": None}
    for requests in slices(requests_about):
        tx.execute(sa.update(ANSWERS).where(ANSWERS.c.request.in_(requests)).values(**gone))
    for part in slices(map(uuid.UUID, ids)):
        tx.execute(sa.update(ANSWERS).where(ANSWERS.c.record_id.in_(part)).values(**gone))


def _telling(tx: Transaction, mentions: Mentions) -> Iterator[str]:
    """Requests whose answers mention a person, among those not about a single record."""
    about_none = ANSWERS.c.collection.is_(None) & ANSWERS.c.body.is_not(None)
    requests = tx.execute(sa.select(ANSWERS.c.request).where(about_none)).scalars().all()
    query = sa.select(ANSWERS.c.request, ANSWERS.c.body, ANSWERS.c.headers)
    # The report of a long list has a thousand rows, so only some answers are in memory at once.
    for part in slices(requests, AT_ONCE):
        for row in tx.execute(query.where(ANSWERS.c.request.in_(part))).all():
            if mentions.in_text(row.body) or mentions.in_text(row.headers):
                yield row.request


def purge(tx: Transaction) -> None:
    """Delete the answers that are too old for a retry."""
    tx.execute(sa.delete(ANSWERS).where(ANSWERS.c.answered_at <= tx.now - KEPT))


def _claim(tx: Transaction, attempt: Attempt) -> None:
    """Lock the request against other instances; SQLite has only one writer anyway."""
    if tx.dialect is POSTGRESQL:
        number = int.from_bytes(bytes.fromhex(attempt.request)[:8], signed=True)
        if not tx.execute(sa.select(sa.func.pg_try_advisory_xact_lock(number))).scalar_one():
            raise StillRunning


def _show_again(tx: Transaction, answer: Answer) -> None:
    if answer.collection is None or answer.record_id is None:
        return
    table = SQLModel.metadata.tables[answer.collection]
    here = table.c.id == answer.record_id
    is_hidden = sa.case((tx.seen(answer.collection, table), False), else_=True)
    # Nobody can see a deleted record, so its answer is shown to the writer only.
    if tx.execute(sa.select(is_hidden).where(here)).scalar():
        raise NotFound
    tx.acts.append(Act("repeat", answer.collection, (str(answer.record_id),)))
