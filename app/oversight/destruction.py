"""Destruction of personal data: a teacher's values vanish, what was agreed on is still counted.

The record of destruction says what categories of data were destroyed, whose, in which system, why,
when and by whom (order of Roskomnadzor № 179 of 28.10.2022), and none of the values.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.problems import NotFound
from app.registry.employments import employments
from app.registry.participations import participations
from app.registry.teachers import teachers
from app.store import answers, journal, uploads
from app.store.columns import Identifier, Instant
from app.store.database import Transaction
from app.store.record import new_id
from app.store.resource import PAIR
from app.store.values import spoken_instant

SYSTEM = "School Network"

RETENTION = "Истёк срок хранения"

AT_ONCE = 500
"""Persons that one run of the retention destroys at most."""


class DestructionRecord(SQLModel, table=True):
    """That a person's data was destroyed; kept for the act, it names no value."""

    __tablename__ = "destruction_records"
    id: uuid.UUID = Field(primary_key=True, sa_type=Identifier)
    teacher_id: uuid.UUID = Field(sa_type=Identifier, unique=True)
    municipality_id: uuid.UUID = Field(sa_type=Identifier, index=True)
    categories: str = Field(sa_type=sa.Text)
    """Names of the fields that had a value, with spaces between them."""
    reason: str = Field(sa_type=sa.String(500))
    destroyed_at: datetime = Field(sa_type=Instant)
    key_id: uuid.UUID | None = Field(sa_type=Identifier)
    owner: str | None = Field(sa_type=sa.Text)
    role: str = Field(sa_type=sa.String(40))
    request_id: str | None = Field(sa_type=sa.String(40))
    employments: int = Field(sa_type=sa.Integer)
    participations: int = Field(sa_type=sa.Integer)


RECORDS = SQLModel.metadata.tables["destruction_records"]


def demand(tx: Transaction, teacher_id: uuid.UUID) -> None:
    """Refuse where there is no such teacher, or no data of them any more.

    Raises:
        NotFound.

    """
    if not is_here(tx, teacher_id):
        raise NotFound


def is_here(tx: Transaction, teacher_id: uuid.UUID) -> bool:
    """Whether there is such a teacher, with data."""
    wanted = sa.select(teachers.table.c.id).where(_here(teacher_id))
    return tx.execute(wanted).first() is not None


def erase(tx: Transaction, teacher_id: uuid.UUID, reason: str) -> dict[str, Any]:
    """Empty a teacher's record; the answer is the record of destruction.

    Raises:
        NotFound: there is no such teacher, or no data of them any more.

    """
    home, categories = empty(tx, teacher_id, tx.now)
    return _put_down(tx, teacher_id, home, categories, reason)


def empty(tx: Transaction, teacher_id: uuid.UUID, at: datetime) -> tuple[uuid.UUID, list[str]]:
    """Empty a teacher's record, as of a moment; whose it was, and which fields had a value."""
    table, here = teachers.table, _here(teacher_id)
    found = tx.execute(sa.select(table).where(here).with_for_update()).mappings().first()
    if found is None:
        raise NotFound
    emptied = [
        column.name
        for column in table.columns
        if column.info.get("personal") or {"folds", "hashes"} & column.info.keys()
    ]
    values = dict.fromkeys((*emptied, *PAIR[1:], "entered_by_id"))
    version = found["version"] + 1
    tx.execute(
        sa.update(table)
        .where(here)
        .values(**values, erased_at=at, updated_at=tx.now, version=version)
    )
    answers.forget(tx, teacher_id)
    uploads.forget(tx, [found[name] for name in ("last_name", "first_name")])
    categories = [name for name in teachers.kept_in if _had(found, name)]
    pair = (found["source"], found["source_key"])
    home = found["municipality_id"]
    which = (teachers.name, str(teacher_id), str(home))
    tx.entries.append(journal.Entry(*which, version, *pair, "erase", tuple(categories)))
    return home, categories


def _here(teacher_id: uuid.UUID) -> sa.ColumnElement[bool]:
    return (teachers.table.c.id == teacher_id) & teachers.table.c.erased_at.is_(None)


def _had(row: Any, name: str) -> bool:
    """Whether a field of a teacher had a value; `municipality_id` is no personal one."""
    kept = teachers.kept_in[name] & row.keys()
    return name != "municipality_id" and any(row[each] is not None for each in kept)


def _put_down(
    tx: Transaction, teacher_id: uuid.UUID, home: uuid.UUID, categories: list[str], reason: str
) -> dict[str, Any]:
    actor = tx.caller.actor
    record = {
        "id": new_id(),
        "teacher_id": teacher_id,
        "municipality_id": home,
        "categories": " ".join(categories),
        "reason": reason,
        "destroyed_at": tx.now,
        "key_id": actor.key_id,
        "owner": actor.owner,
        "role": actor.role,
        "request_id": actor.request_id,
        "employments": _count(tx, employments.table, teacher_id),
        "participations": _count(tx, participations.table, teacher_id),
    }
    tx.execute(sa.insert(RECORDS), [record])
    tx.destroyed.append(spoken(record))
    return spoken(record)


def _count(tx: Transaction, table: sa.Table, teacher_id: uuid.UUID) -> int:
    wanted = sa.select(sa.func.count()).select_from(table).where(table.c.teacher_id == teacher_id)
    return int(tx.execute(wanted).scalar_one())


def spoken(record: Any) -> dict[str, Any]:
    """A record of destruction as JSON shows it."""
    return {
        "id": str(record["id"]),
        "teacher_id": str(record["teacher_id"]),
        "municipality_id": str(record["municipality_id"]),
        "system": SYSTEM,
        "categories": record["categories"].split(),
        "reason": record["reason"],
        "destroyed_at": spoken_instant(record["destroyed_at"]),
        "destroyed_by": {
            "key_id": record["key_id"] and str(record["key_id"]),
            "owner": record["owner"],
            "role": record["role"],
        },
        "request_id": record["request_id"],
        "kept": {
            "employments": record["employments"],
            "participations": record["participations"],
        },
    }


def record_of(tx: Transaction, teacher_id: uuid.UUID) -> dict[str, Any] | None:
    """The record of a person's destruction, if there was one."""
    wanted = sa.select(RECORDS).where(RECORDS.c.teacher_id == teacher_id)
    found = tx.execute(wanted).mappings().first()
    return spoken(found) if found else None


def candidates(tx: Transaction, today: date, days: int) -> Sequence[uuid.UUID]:
    """Those whose last employment and participation ended more than `days` days before today.

    Whoever was entered later than that, or still works anywhere, is none.
    """
    table, jobs, visits = teachers.table, employments.table, participations.table
    last = today - timedelta(days=days)
    before = datetime.combine(last, datetime.min.time(), tx.now.tzinfo)
    works = jobs.c.valid_to.is_(None) | (jobs.c.valid_to >= last)
    wanted = sa.select(table.c.id).where(
        table.c.erased_at.is_(None),
        table.c.updated_at < before,
        ~sa.exists().where(jobs.c.teacher_id == table.c.id, works),
        ~sa.exists().where(visits.c.teacher_id == table.c.id, visits.c.participated_on >= last),
    )
    return tx.execute(wanted.order_by(table.c.id).limit(AT_ONCE)).scalars().all()


def retain(tx: Transaction, today: date, days: int, *, dry_run: bool) -> dict[str, Any]:
    """Destroy the data of the candidates, or only list them; without a period there are none."""
    due = candidates(tx, today, days) if days else []
    if dry_run:
        items: list[dict[str, Any]] = [{"teacher_id": str(each)} for each in due]
    else:
        items = [erase(tx, each, RETENTION) for each in due]
    return {"dry_run": dry_run, "retention_days": days, "items": items}
