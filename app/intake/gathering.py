"""Gathering: reads the teachers whom the rows of a slice may mean from the register."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa

from app.database.among import among
from app.database.slicing import slices
from app.database.transaction import Transaction
from app.intake.cells import as_id
from app.intake.likeness import Likeness
from app.intake.lines import Line
from app.intake.naming import number_of
from app.intake.people import Crowd, Fit, Teacher
from app.intake.places import Directory
from app.model.declaration import table_of
from app.registry.employments import employments
from app.registry.names import key, spellings
from app.registry.teachers import NAMES, teachers
from app.store import heirs


def crowd(
    tx: Transaction,
    lines: Sequence[Line],
    home: uuid.UUID | None,
    places: Directory,
    people: Crowd,
) -> Crowd:
    """The teachers whom these rows may mean, with their jobs, added to those known already."""
    table = teachers.table
    seen = tx.seen(teachers.name, table)
    if home:
        seen &= table.c.municipality_id == home
    named = [name for line in lines if (name := line.fields.get("name"))]
    lasts = {surname for name in named for surname in (name.last, name.former) if surname}
    names = {spelling for surname in lasts for spelling in spellings(surname)}
    numbers = {number for line in lines if (number := number_of(line, tx.secret))}
    named_by = "source_key" if people.licence.registers else "teacher_id"
    keys = {str(key) for line in lines if (key := line.fields.get(named_by))}
    for (*_, key), heir in heirs.of_keys(tx, teachers, list(keys)).items():
        people.heirs[key].add(heir)
    merged = {heir for key in keys for heir in people.heirs.get(key, ())}
    if people.former is None:
        people.former = _former(tx, home)
    borne = {
        teacher_id
        for teacher_id, former in people.former.items()
        if any(name[0] in names for name in former)
    }
    before = set(people.known)
    for column, values in (
        (table.c.last_name_key, names),
        (table.c.snils_hash, numbers),
        (table.c.source_key, keys),
        (table.c.id, {teacher_id for key in keys if (teacher_id := as_id(key))} | borne | merged),
    ):
        asked = people.asked[column.name]
        query = sa.select(*_known(table, tx)).where(among(column, "said"), seen)
        for part in slices(values - asked):
            for row in tx.execute(query, {"said": part}):
                _meet(people, row)
        asked |= values
    for key in keys:
        known = people.by_key[key]
        known += [heir for heir in people.heirs.get(key, ()) if heir in people.known.keys() - known]
    _employ(tx, people, places, people.known.keys() - before)
    return people


def _former(tx: Transaction, home: uuid.UUID | None) -> dict[uuid.UUID, list[tuple[str, str, str]]]:
    """Former names by teacher; they are few, so they are folded here."""
    table = table_of(teachers.parts["former_names"])
    query = sa.select(table.c.owner_id, *(table.c[name] for name in NAMES))
    if home:
        query = query.where(table.c.municipality_id == home)
    former: dict[uuid.UUID, list[tuple[str, str, str]]] = defaultdict(list)
    for row in tx.execute(query):
        last, first, patronymic = (key(getattr(row, name) or "") for name in NAMES)
        former[row.owner_id].append((last, first, patronymic))
    return former


def _known(
    table: sa.Table, tx: Transaction
) -> Iterator[sa.ColumnElement[object] | sa.ColumnElement[bool]]:
    """The columns needed of a teacher; no more, as a list may mean thousands."""
    names = ("id", "last_name_key", "first_name_key", "patronymic", "snils_hash")
    yield from (table.c[name] for name in (*names, "municipality_id", "source", "source_key"))
    yield (table.c.created_at == tx.now).label("is_new")


def _meet(people: Crowd, row: sa.Row[*tuple[object, ...]]) -> None:
    if row.id in people.known:
        return
    folded = (row.last_name_key, row.first_name_key)
    last, first = (part if part.isalpha() else key(part) for part in folded)
    current = Likeness(last, first, key(row.patronymic or ""))
    pair = (row.source, row.source_key) if row.source else None
    teacher = Teacher(row.id, current, row.snils_hash, row.municipality_id, pair, bool(row.is_new))
    people.known[row.id] = teacher
    if row.source_key:
        people.by_key[row.source_key].append(row.id)
    if row.snils_hash:
        people.by_number[row.snils_hash].append(teacher)
    people.by_last[current.last].append(Fit(teacher, current))
    for last, first, patronymic in (people.former or {}).get(row.id, ()):
        former = Likeness(
            last, first or current.first, patronymic or ("" if first else current.patronymic)
        )
        people.by_last[last].append(Fit(teacher, former))


def _employ(tx: Transaction, people: Crowd, places: Directory, new: Iterable[uuid.UUID]) -> None:
    job = employments.table
    jobs = sa.select(job.c.teacher_id, job.c.organization_id)
    for part in slices(sorted(new)):
        for row in tx.execute(jobs.where(among(job.c.teacher_id, "people")), {"people": part}):
            place = places.by_id.get(row.organization_id)
            people.jobs[row.teacher_id].add(place.legal_person if place else None)
