"""Gathering: reads the teachers whom the rows of a slice may mean from the register."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.database.among import among
from app.database.slicing import slices
from app.database.transaction import Transaction
from app.intake.cells import as_id
from app.intake.fits import Fit, Teacher
from app.intake.likeness import Likeness
from app.intake.lines import Line
from app.intake.naming import number_of
from app.intake.people import Crowd
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
    if people.former is None:
        people.former = _former(tx, home)
    before, named = set(people.known), _Named.by(lines, people, tx.secret)
    people.heirs |= heirs.of_keys(tx, teachers, list(named.keys))
    for column, values in named.asked(people).items():
        asked = people.asked[column]
        _read(tx, home, people, column, values - asked)
        asked |= values
    people.let_inherit(named.keys)
    _employ(tx, people, places, people.known.keys() - before)
    return people


class _Named(NamedTuple):
    """What rows say of teachers."""

    surnames: set[str]
    """In every spelling, former ones too."""
    numbers: set[str]
    """Keyed hashes of СНИЛС."""
    keys: set[str]
    """Source keys or ids."""

    @classmethod
    def by(cls, lines: Sequence[Line], people: Crowd, secret: bytes) -> "_Named":
        """What these rows say."""
        names = [name for line in lines if (name := line.fields.get("name"))]
        lasts = {surname for name in names for surname in (name.last, name.former) if surname}
        column = "source_key" if people.licence.registers else "teacher_id"
        return cls(
            {spelling for surname in lasts for spelling in spellings(surname)},
            {number for line in lines if (number := number_of(line, secret))},
            {str(key) for line in lines if (key := line.fields.get(column))},
        )

    def asked(self, people: Crowd) -> dict[str, set[Any]]:
        """The values by which teachers are looked up, by column."""
        ids = {teacher_id for key in self.keys if (teacher_id := as_id(key))}
        ids |= {heir for (*_, key), heir in people.heirs.items() if key in self.keys}
        ids |= {
            teacher_id
            for teacher_id, former in (people.former or {}).items()
            if any(name[0] in self.surnames for name in former)
        }
        return {
            "last_name_key": self.surnames,
            "snils_hash": self.numbers,
            "source_key": self.keys,
            "id": ids,
        }


def _read(
    tx: Transaction, home: uuid.UUID | None, people: Crowd, column: str, values: set[Any]
) -> None:
    """Add the teachers with these values in a column."""
    table = teachers.table
    seen = tx.seen(teachers.name, table)
    if home:
        seen &= table.c.municipality_id == home
    query = sa.select(*_known(table, tx)).where(among(table.c[column], "said"), seen)
    for part in slices(values):
        for row in tx.execute(query, {"said": part}):
            _meet(people, row)


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
