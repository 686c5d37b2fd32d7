"""Destruction of personal data: a teacher's values vanish, what was agreed on is still counted."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.journal import positions
from app.model.resource import PAIR, table_of
from app.oversight import act, traces
from app.problems import Invalid, NotFound
from app.registry.employments import employments
from app.registry.participations import participations
from app.registry.teachers import teachers
from app.store import heirs
from app.store.drafts import keyed_hash
from app.store.mentions import Mentions, Person

RETENTION = "Истёк срок хранения"

AT_ONCE = 500
"""Persons that one run of the retention destroys at most."""

NAMES_THE_ERASED = fault(
    "names_the_erased",
    "В основании названы данные, которые уничтожаются (фамилия, СНИЛС или ключ), а само оно "
    "хранится дальше. Назовите дату и номер обращения.",
    "The reason holds data that is being destroyed (surname, СНИЛС or key), and is itself kept. "
    "Give the date and the number of the request.",
)


def demand(tx: Transaction, teacher_id: uuid.UUID) -> None:
    """Refuse where there is no such teacher, or no data of them any more.

    Raises:
        NotFound.

    """
    if not is_here(tx, teacher_id):
        raise NotFound


def refuse_telling(tx: Transaction, teacher_id: uuid.UUID, reason: str) -> None:
    """Refuse a reason that would keep what is being destroyed.

    Raises:
        Invalid.

    """
    found = _found(tx, teacher_id)
    if any(each.in_text(reason) for each in (_mentions(tx, found), *_former_mentions(tx, found))):
        raise Invalid(Finding(NAMES_THE_ERASED, pointer="/reason"))


def is_here(tx: Transaction, teacher_id: uuid.UUID) -> bool:
    """Whether there is such a teacher, with data."""
    wanted = sa.select(teachers.table.c.id).where(_here(teacher_id))
    return tx.execute(wanted).first() is not None


def erase(tx: Transaction, teacher_id: uuid.UUID, reason: str) -> dict[str, Any]:
    """Empty a teacher's record; the answer is the record of destruction.

    Raises:
        NotFound: there is no such teacher, or no data of them any more.

    """
    merged = heirs.merged_into(tx, teacher_id)
    home, categories = empty(tx, teacher_id, tx.now)
    # A copy from before a merge still has the other card of the same person.
    for each in merged:
        act.put_down(tx, each.id, home, categories, reason)
    return act.put_down(tx, teacher_id, home, categories, reason)


def empty(tx: Transaction, teacher_id: uuid.UUID, at: datetime) -> tuple[uuid.UUID, list[str]]:
    """Destroy a teacher's data, as of a moment; whose it was, and which fields had a value.

    Raises:
        NotFound: as `erase`.

    """
    found = _found(tx, teacher_id)
    home, categories = found["municipality_id"], [name for name in _KEPT if _had(found, name)]
    mentions = [_mentions(tx, found), *_former_mentions(tx, found)]
    categories += _clear_parts(tx, teacher_id)
    version = found["version"] + 1
    values = dict.fromkeys((*_EMPTIED, *PAIR[1:], "entered_by_id"))
    values |= {"erased_at": at, "updated_at": tx.now, "version": version}
    tx.execute(sa.update(teachers.table).where(_here(teacher_id)).values(**values))
    pair = (found["source"], found["source_key"])
    which = (teachers.name, str(teacher_id), str(home))
    entry = positions.Entry(*which, version, *pair, "erase", tuple(categories))
    hashed = positions.erased_key(tx.secret, *pair)
    positions.forget_key(tx.connection, entry, hashed)
    tx.entries.append(entry._replace(source_key=hashed))
    merged = heirs.merged_into(tx, teacher_id)
    for each in merged:
        _forget_key(tx, each)
    heirs.forget(tx, teacher_id)
    for each in mentions:
        for key in (teacher_id, *(other.id for other in merged)):
            traces.clear(tx, key, home, each)
    return home, categories


def _forget_key(tx: Transaction, merged: Any) -> None:
    """Hash the key of a merged card in its own tombstone, as that of its heir."""
    pair = (merged.source, merged.source_key)
    which = (teachers.name, str(merged.id), str(merged.municipality_id))
    entry = positions.Entry(*which, 0, *pair, "delete")
    positions.forget_key(tx.connection, entry, positions.erased_key(tx.secret, *pair))


def _found(tx: Transaction, teacher_id: uuid.UUID) -> Any:
    wanted = sa.select(teachers.table).where(_here(teacher_id)).with_for_update()
    found = tx.execute(wanted).mappings().first()
    if found is None:
        raise NotFound
    return found


def _here(teacher_id: uuid.UUID) -> sa.ColumnElement[bool]:
    return (teachers.table.c.id == teacher_id) & teachers.table.c.erased_at.is_(None)


def _mentions(tx: Transaction, found: Any) -> Mentions:
    names = ("last_name", "first_name", "source_key", "snils_hash")
    person = Person(*(found[name] for name in names))
    return Mentions(person, lambda digits: keyed_hash(tx.secret, digits))


def _former_mentions(tx: Transaction, found: Any) -> list[Mentions]:
    """What would name the teacher by a name that they had before."""
    table = table_of(teachers.parts["former_names"])
    rows = sa.select(table).where(table.c.owner_id == found["id"])
    return [
        _mentions(tx, {**found, "last_name": row.last_name, "first_name": row.first_name or first})
        for row in tx.execute(rows)
        if (first := found["first_name"])
    ]


_EMPTIED = tuple(
    column.name
    for column in teachers.table.columns
    if column.info.get("personal") or {"folds", "hashes"} & column.info.keys()
)

# The name of the foreign system stays in the journal: it tells of nobody.
_KEPT = tuple(name for name in teachers.kept_in if name not in {"municipality_id", "source"})


def _had(row: Any, name: str) -> bool:
    """Whether a field of a teacher had a value."""
    return any(row[each] is not None for each in teachers.kept_in[name] & row.keys())


def _clear_parts(tx: Transaction, teacher_id: uuid.UUID) -> list[str]:
    """Take out the lists inside of the record; which ones there were."""
    gone = []
    for name, part in teachers.parts.items():
        table = table_of(part)
        rows = tx.execute(sa.delete(table).where(table.c.owner_id == teacher_id))
        gone += [name] if rows.rowcount else []
    return gone


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
