"""Destruction of personal data: empties a teacher's record; participations still count."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.acts import Entry
from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.journal import positions
from app.model.declaration import table_of
from app.model.resource import PAIR
from app.model.values import keyed_hash
from app.oversight import act, traces
from app.oversight.documents import Destruction, DueTeacher, RetentionReport
from app.problems import Invalid, NotFound
from app.registry.employments import employments
from app.registry.name_words import FIRST_NAMES
from app.registry.participations import participations
from app.registry.teachers import teachers
from app.store import heirs
from app.store.mentions import Mentions, Person

RETENTION = "Истёк срок хранения"

AT_ONCE = 500
"""Persons whose data one run of the retention destroys at most."""

NAMES_THE_ERASED = fault(
    "names_the_erased",
    "В основании названы данные, которые уничтожаются (фамилия, СНИЛС или ключ), а само оно "
    "хранится дальше. Назовите дату и номер обращения.",
    "The reason contains data that is being destroyed (surname, СНИЛС or key), and the reason is "
    "kept. Give the date and the number of the request.",
)


def demand(tx: Transaction, teacher_id: uuid.UUID) -> None:
    """Refuse a teacher who does not exist or whose data is destroyed already.

    Raises:
        NotFound.

    """
    if not is_here(tx, teacher_id):
        raise NotFound


def refuse_mention(tx: Transaction, teacher_id: uuid.UUID, reason: str) -> None:
    """Refuse a reason that contains the data to be destroyed.

    Raises:
        Invalid.

    """
    teacher = _found(tx, teacher_id)
    if any(mention.in_text(reason) for mention in _mentions(tx, teacher)):
        raise Invalid(Finding(NAMES_THE_ERASED, pointer="/reason"))


def is_here(tx: Transaction, teacher_id: uuid.UUID) -> bool:
    """Whether the teacher exists and has data."""
    query = sa.select(teachers.table.c.id).where(_here(teacher_id))
    return tx.execute(query).first() is not None


def erase(tx: Transaction, teacher_id: uuid.UUID, reason: str) -> Destruction:
    """Empty a teacher's record; returns the record of destruction.

    Raises:
        NotFound: the teacher does not exist or their data is destroyed already.

    """
    merged = heirs.merged_into(tx, teacher_id)
    home, categories = empty(tx, teacher_id, tx.now)
    # A copy made before a merge still holds the other card: it needs a record of its own.
    for card in merged:
        act.store(tx, card.id, home, categories, reason)
    return act.store(tx, teacher_id, home, categories, reason)


def empty(tx: Transaction, teacher_id: uuid.UUID, at: datetime) -> tuple[uuid.UUID, list[str]]:
    """Empty a record as of a moment; returns its municipality and the fields that had a value.

    Raises:
        NotFound: as `erase`.

    """
    teacher = _found(tx, teacher_id)
    home, categories = teacher["municipality_id"], [name for name in _KEPT if _had(teacher, name)]
    mentions = _mentions(tx, teacher)
    categories += _clear_parts(tx, teacher_id)
    version = teacher["version"] + 1
    values = dict.fromkeys((*_EMPTIED, *PAIR[1:], "entered_by_id"))
    values |= {"erased_at": at, "updated_at": tx.now, "version": version}
    tx.execute(sa.update(teachers.table).where(_here(teacher_id)).values(**values))
    pair = (teacher["source"], teacher["source_key"])
    identity = (teachers.name, str(teacher_id), str(home))
    entry = Entry(*identity, version, *pair, "erase", tuple(categories))
    hashed = positions.erased_key(tx.secret, *pair)
    positions.forget_key(tx.connection, entry, hashed)
    tx.entries.append(entry._replace(source_key=hashed))
    merged = heirs.merged_into(tx, teacher_id)
    for card in merged:
        _forget_key(tx, card)
    heirs.forget(tx, teacher_id)
    for mention in mentions:
        for key in (teacher_id, *(card.id for card in merged)):
            traces.clear(tx, key, home, mention)
    return home, categories


def _forget_key(tx: Transaction, merged: heirs.Merged) -> None:
    """Hash the source key in a merged card's own tombstone, as in its heir's."""
    pair = (merged.source, merged.source_key)
    identity = (teachers.name, str(merged.id), str(merged.municipality_id))
    entry = Entry(*identity, 0, *pair, "delete")
    positions.forget_key(tx.connection, entry, positions.erased_key(tx.secret, *pair))


def _found(tx: Transaction, teacher_id: uuid.UUID) -> sa.RowMapping:
    query = sa.select(teachers.table).where(_here(teacher_id)).with_for_update()
    row = tx.execute(query).mappings().first()
    if row is None:
        raise NotFound
    return row


def _here(teacher_id: uuid.UUID) -> sa.ColumnElement[bool]:
    return (teachers.table.c.id == teacher_id) & teachers.table.c.erased_at.is_(None)


def _mentions(tx: Transaction, teacher: sa.RowMapping) -> list[Mentions]:
    """Mentions of the teacher under their name and their former names."""
    names = ("last_name", "first_name", "source_key", "snils_hash")
    person = Person(*(teacher[name] for name in names))
    return [
        Mentions(named, lambda digits: keyed_hash(tx.secret, digits), FIRST_NAMES)
        for named in (person, *_formerly(tx, teacher["id"], person))
    ]


def _formerly(tx: Transaction, teacher_id: uuid.UUID, person: Person) -> Iterator[Person]:
    table = table_of(teachers.parts["former_names"])
    rows = sa.select(table).where(table.c.owner_id == teacher_id)
    for row in tx.execute(rows) if person.first else ():
        yield replace(person, last=row.last_name, first=row.first_name or person.first)


_EMPTIED = tuple(
    column.name
    for column in teachers.table.columns
    if column.info.get("personal") or {"folds", "hashes"} & column.info.keys()
)

# The source stays in the journal: it names a system, not a person.
_KEPT = tuple(name for name in teachers.kept_in if name not in {"municipality_id", "source"})


def _had(row: sa.RowMapping, name: str) -> bool:
    """Whether a field of the teacher had a value."""
    return any(row[column] is not None for column in teachers.kept_in[name] & row.keys())


def _clear_parts(tx: Transaction, teacher_id: uuid.UUID) -> list[str]:
    """Delete the parts of the record; returns the names of those it had."""
    gone = []
    for name, part in teachers.parts.items():
        table = table_of(part)
        rows = tx.execute(sa.delete(table).where(table.c.owner_id == teacher_id))
        gone += [name] if rows.rowcount else []
    return gone


def candidates(tx: Transaction, today: date, days: int) -> Sequence[uuid.UUID]:
    """Teachers whose last employment and participation ended over `days` days before today.

    A teacher entered or changed since then, or still employed, is not one of them.
    """
    table, jobs, attended = teachers.table, employments.table, participations.table
    last = today - timedelta(days=days)
    before = datetime.combine(last, datetime.min.time(), tx.now.tzinfo)
    works = jobs.c.valid_to.is_(None) | (jobs.c.valid_to >= last)
    query = sa.select(table.c.id).where(
        table.c.erased_at.is_(None),
        table.c.updated_at < before,
        ~sa.exists().where(jobs.c.teacher_id == table.c.id, works),
        ~sa.exists().where(attended.c.teacher_id == table.c.id, attended.c.participated_on >= last),
    )
    return tx.execute(query.order_by(table.c.id).limit(AT_ONCE)).scalars().all()


def retain(tx: Transaction, today: date, days: int, *, dry_run: bool) -> RetentionReport:
    """Destroy the data of the candidates, or only list them; 0 days means no candidates."""
    due = candidates(tx, today, days) if days else []
    items: list[DueTeacher] | list[Destruction]
    if dry_run:
        items = [DueTeacher(teacher_id=str(teacher)) for teacher in due]
    else:
        items = [erase(tx, teacher, RETENTION) for teacher in due]
    return {"dry_run": dry_run, "retention_days": days, "items": items}
