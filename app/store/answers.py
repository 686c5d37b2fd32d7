"""Answers: what was answered to a write that bears an Idempotency-Key, so that it has one effect.

An answer is kept in the transaction of its effect: who asks again after a broken connection gets
it word for word, and who never reached the service finds nothing kept and may ask as if new.
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
"""How long a request may be repeated."""

AT_ONCE = 100
"""Answers that are searched together."""


class KeptAnswer(SQLModel, table=True):
    """The answer of one committed write."""

    __tablename__ = "kept_answers"
    rights: ClassVar[Rights] = ROWS
    request: str = Field(primary_key=True, sa_type=sa.String(64))
    """Which request it was: the hash of its key, its method and path, and who sent it."""
    payload: str | None = Field(sa_type=sa.String(64))
    """A keyed hash of what was sent; none of a person whose data was destroyed since."""
    collection: str | None = Field(sa_type=sa.String(40))
    record_id: uuid.UUID | None = Field(sa_type=Identifier, index=True)
    """The record that the answer shows."""
    status: int = Field(sa_type=sa.Integer)
    headers: str = Field(sa_type=sa.Text)
    """A JSON object."""
    body: str | None = Field(sa_type=sa.Text)
    """None where it may not be shown again."""
    answered_at: datetime = Field(sa_type=Instant, index=True)


ANSWERS = SQLModel.metadata.tables["kept_answers"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a request that may be repeated."""

    request: str
    payload: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered, and of which record it tells."""

    status: int
    headers: str
    body: str | None
    collection: str | None = None
    record_id: uuid.UUID | None = None


def find(tx: Transaction, attempt: Attempt) -> Answer | None:
    """What the request was answered before, if it has had its effect.

    Raises:
        StillRunning: another try of it has not ended.
        KeyReused: something else was asked under its key.
        AnswerGone: it had its effect, but the answer may not be shown again.
        NotFound: the record is not in the caller's view any more.

    """
    _claim(tx, attempt)
    mine = ANSWERS.c.request == attempt.request
    kept = tx.execute(sa.select(ANSWERS).where(mine)).mappings().first()
    if kept is None:
        return None
    if kept["answered_at"] <= tx.now - KEPT:
        tx.execute(sa.delete(ANSWERS).where(mine))
        return None
    if kept["payload"] and not hmac.compare_digest(kept["payload"], attempt.payload):
        raise KeyReused
    if kept["body"] is None:
        raise AnswerGone
    found = Answer(*(kept[name] for name in Answer.__slots__))
    _show_again(tx, found)
    return found


def keep(tx: Transaction, attempt: Attempt, answer: Answer) -> None:
    """Keep an answer with its effect."""
    row: dict[str, object] = {name: getattr(answer, name) for name in Answer.__slots__}
    row |= {"request": attempt.request, "payload": attempt.payload, "answered_at": tx.now}
    tx.execute(sa.insert(ANSWERS), [row])


def forget(tx: Transaction, ids: AbstractSet[str], mentions: Mentions) -> None:
    """Keep of records, and of what else tells of a person, only that there were answers."""
    mine = list(_telling(tx, mentions))
    gone = {"body": None, "headers": "{}", "payload": None}
    for requests in slices(mine):
        tx.execute(sa.update(ANSWERS).where(ANSWERS.c.request.in_(requests)).values(**gone))
    for some in slices(map(uuid.UUID, ids)):
        tx.execute(sa.update(ANSWERS).where(ANSWERS.c.record_id.in_(some)).values(**gone))


def _telling(tx: Transaction, mentions: Mentions) -> Iterator[str]:
    """The requests whose answers tell of a person, among those that are about no one record."""
    about_none = ANSWERS.c.record_id.is_(None) & ANSWERS.c.body.is_not(None)
    known = tx.execute(sa.select(ANSWERS.c.request).where(about_none)).scalars().all()
    wanted = sa.select(ANSWERS.c.request, ANSWERS.c.body, ANSWERS.c.headers)
    # The report of a long list has a thousand rows: not all of them are in memory together.
    for some in slices(known, AT_ONCE):
        for row in tx.execute(wanted.where(ANSWERS.c.request.in_(some))).all():
            if mentions.in_text(row.body) or mentions.in_text(row.headers):
                yield row.request


def purge(tx: Transaction) -> None:
    """Let go of what is too old to be repeated."""
    tx.execute(sa.delete(ANSWERS).where(ANSWERS.c.answered_at <= tx.now - KEPT))


def _claim(tx: Transaction, attempt: Attempt) -> None:
    """Let no other instance try the same request meanwhile; SQLite has one writer anyhow."""
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
    # A record that was deleted since is nobody's: its answer stays the writer's own.
    if tx.execute(sa.select(is_hidden).where(here)).scalar():
        raise NotFound
    tx.acts.append(Act("repeat", answer.collection, (str(answer.record_id),)))
