"""Gathering: the teachers whom the rows of a slice may mean, read from the register at once."""

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
    found: Crowd,
) -> Crowd:
    """The teachers whom these rows may mean, with where they work, beside those known before."""
    table = teachers.table
    seen = tx.seen(teachers.name, table)
    if home:
        seen &= table.c.municipality_id == home
    named = [name for line in lines if (name := line.said.get("name"))]
    lasts = {each for name in named for each in (name.last, name.former) if each}
    names = {spelling for each in lasts for spelling in spellings(each)}
    numbers = {number for line in lines if (number := number_of(line, tx.secret))}
    named_by = "source_key" if found.licence.registers else "teacher_id"
    keys = {str(key) for line in lines if (key := line.said.get(named_by))}
    for (*_, key), heir in heirs.of_keys(tx, teachers, list(keys)).items():
        found.heirs[key].add(heir)
    merged = {heir for key in keys for heir in found.heirs.get(key, ())}
    if found.former is None:
        found.former = _former(tx, home)
    borne = {one for one, had in found.former.items() if any(each[0] in names for each in had)}
    before = set(found.known)
    for column, values in (
        (table.c.last_name_key, names),
        (table.c.snils_hash, numbers),
        (table.c.source_key, keys),
        (table.c.id, {one for each in keys if (one := as_id(each))} | borne | merged),
    ):
        asked = found.asked[column.name]
        wanted = sa.select(*_known(table, tx)).where(among(column, "said"), seen)
        for some in slices(values - asked):
            for row in tx.execute(wanted, {"said": some}):
                _meet(found, row)
        asked |= values
    for key in keys:
        known = found.by_key[key]
        known += [each for each in found.heirs.get(key, ()) if each in found.known.keys() - known]
    _employ(tx, found, places, found.known.keys() - before)
    return found


def _former(tx: Transaction, home: uuid.UUID | None) -> dict[uuid.UUID, list[tuple[str, str, str]]]:
    """By teacher: the names that they had before. They are few, and folded here."""
    table = table_of(teachers.parts["former_names"])
    wanted = sa.select(table.c.owner_id, *(table.c[name] for name in NAMES))
    if home:
        wanted = wanted.where(table.c.municipality_id == home)
    found: dict[uuid.UUID, list[tuple[str, str, str]]] = defaultdict(list)
    for row in tx.execute(wanted):
        last, first, patronymic = (key(getattr(row, name) or "") for name in NAMES)
        found[row.owner_id].append((last, first, patronymic))
    return found


def _known(
    table: sa.Table, tx: Transaction
) -> Iterator[sa.ColumnElement[object] | sa.ColumnElement[bool]]:
    """What is asked of a teacher: no more, for a list may mean thousands."""
    names = ("id", "last_name_key", "first_name_key", "patronymic", "snils_hash")
    yield from (table.c[name] for name in (*names, "municipality_id", "source", "source_key"))
    yield (table.c.created_at == tx.now).label("is_new")


def _meet(found: Crowd, row: sa.Row[tuple[object, ...]]) -> None:
    if row.id in found.known:
        return
    folded = (row.last_name_key, row.first_name_key)
    last, first = (each if each.isalpha() else key(each) for each in folded)
    said = Likeness(last, first, key(row.patronymic or ""))
    pair = (row.source, row.source_key) if row.source else None
    one = Teacher(row.id, said, row.snils_hash, row.municipality_id, pair, bool(row.is_new))
    found.known[row.id] = one
    if row.source_key:
        found.by_key[row.source_key].append(row.id)
    if row.snils_hash:
        found.by_number[row.snils_hash].append(one)
    found.by_last[said.last].append(Fit(one, said))
    for last, first, patronymic in (found.former or {}).get(row.id, ()):
        was = Likeness(last, first or said.first, patronymic or ("" if first else said.patronymic))
        found.by_last[last].append(Fit(one, was))


def _employ(tx: Transaction, found: Crowd, places: Directory, new: Iterable[uuid.UUID]) -> None:
    job = employments.table
    jobs = sa.select(job.c.teacher_id, job.c.organization_id)
    for some in slices(sorted(new)):
        for row in tx.execute(jobs.where(among(job.c.teacher_id, "people")), {"people": some}):
            place = places.by_id.get(row.organization_id)
            found.jobs[row.teacher_id].add(place.legal_person if place else None)
