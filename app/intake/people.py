"""People: which teacher a row means, by key, by СНИЛС, then by name; two are never made one."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa
from pydantic_core import PydanticCustomError

from app.findings import FAULTS
from app.intake import persons
from app.intake.cells import as_id
from app.intake.columns import PERSON
from app.intake.faults import (
    AMBIGUOUS_TEACHER,
    EMPTY_CELL,
    NAME_ORDER,
    PATRONYMIC_LEFT_OUT,
    POSITION_TAKEN,
    UNKNOWN_RECORD,
    UNKNOWN_TEACHER,
)
from app.intake.lines import Line, Remark
from app.intake.persons import Name
from app.intake.places import Directory, Place
from app.registry.employments import employments
from app.registry.identifiers import snils_digits
from app.registry.names import INITIALS
from app.registry.teachers import teachers
from app.registry.types import BAD_SNILS
from app.store.among import among
from app.store.database import Transaction
from app.store.drafts import keyed_hash, slices
from app.store.faults import MIXED_SCRIPT
from app.store.text import fold

SNILS = "СНИЛС"
MANY = 20
"""Candidates that a row names at most."""


@dataclass(frozen=True, slots=True)
class Teacher:
    """A teacher as rows may mean them."""

    id: uuid.UUID
    first: str
    patronymic: str


class _Meant(NamedTuple):
    """The teachers who fit a name, and those of them who are meant where it stands."""

    pool: list[Teacher]
    chosen: list[Teacher]
    is_exact: bool


@dataclass
class Crowd:
    """The teachers that rows may mean."""

    asked: dict[str, set[Any]] = field(default_factory=lambda: defaultdict(set))
    """By column of theirs: what they were asked for by."""
    known: set[uuid.UUID] = field(default_factory=set)
    by_key: dict[str, list[uuid.UUID]] = field(default_factory=lambda: defaultdict(list))
    by_snils: dict[str, uuid.UUID] = field(default_factory=dict)
    by_last: dict[str, list[Teacher]] = field(default_factory=lambda: defaultdict(list))
    jobs: dict[uuid.UUID, set[uuid.UUID]] = field(default_factory=lambda: defaultdict(set))
    """The legal persons where each has or had an employment."""
    _meant: dict[Any, _Meant] = field(default_factory=dict)
    """Who was meant by a name at a place: rows repeat both."""

    def settle(self, line: Line, place: Place | None, secret: bytes, *, may_create: bool) -> None:
        """Put a teacher's id, or the name of one to be made, into a row that means one."""
        if line.holds("teacher_id"):
            return
        if key := line.said.get("teacher_id"):
            self._by_key(line, str(key))
        elif hashed := _snils(line, secret):
            if found := self.by_snils.get(hashed):
                line.said["teacher_id"] = found
            else:
                self._by_name(line, place, may_create=may_create)
        elif line.is_open:
            self._by_name(line, place, may_create=may_create)

    def _by_key(self, line: Line, key: str) -> None:
        found = [each for each in (as_id(key),) if each in self.known] or self.by_key.get(key, [])
        if len(found) == 1:
            line.said["teacher_id"] = found[0]
        else:
            line.refuse(AMBIGUOUS_TEACHER if found else UNKNOWN_RECORD, PERSON.title)
            line.candidates += listed(found)

    def _by_name(self, line: Line, place: Place | None, *, may_create: bool) -> None:
        name = line.said.get("name")
        if name is None:
            if not line.names_record:
                line.refuse(EMPTY_CELL, PERSON.title)
            return
        key = (name, place and place.id.int)
        if (meant := self._meant.get(key)) is None:
            namesakes = self.by_last.get(fold(name.last), [])
            if name.is_short:
                line.refuse(INITIALS, PERSON.title)
                line.candidates += listed(each.id for each in namesakes if _begins(each, name))
                return
            meant = self._meant[key] = self._choose(name, namesakes, place)
        if len(meant.chosen) == 1:
            line.said["teacher_id"] = meant.chosen[0].id
            if not meant.is_exact:
                line.infos += (Remark(PATRONYMIC_LEFT_OUT, PERSON.title),)
        elif meant.pool:
            line.refuse(AMBIGUOUS_TEACHER, PERSON.title)
            line.candidates += listed(each.id for each in meant.chosen or meant.pool)
        elif name.is_turned:
            line.refuse(NAME_ORDER, PERSON.title)
        elif not may_create:
            line.refuse(UNKNOWN_TEACHER, PERSON.title)

    def _choose(self, name: Name, namesakes: Sequence[Teacher], place: Place | None) -> _Meant:
        same = [each for each in namesakes if each.first == fold(name.first)]
        exact = [each for each in same if each.patronymic == fold(name.patronymic or "")]
        loose = [each for each in same if not (each.patronymic and name.patronymic)]
        pool = exact or loose
        here = [each for each in pool if place and place.legal_person in self.jobs[each.id]]
        return _Meant(pool, here or (pool if exact else []), bool(exact))


def name_of(line: Line) -> None:
    """Read the name of a row, from one cell or from three, and what stands beside it."""
    said = line.said
    try:
        if text := said.pop(PERSON.name, None):
            if as_id(text):
                said["teacher_id"] = text
            else:
                said["name"] = persons.whole(text)
        elif said.get("last_name") or said.get("first_name"):
            texts = [said.get(each) or "" for each in ("last_name", "first_name", "patronymic")]
            said["name"] = persons.parts(*texts)
    except PydanticCustomError as error:
        line.refuse(FAULTS[error.type], PERSON.title, **(error.context or {}))
    if name := said.get("name"):
        _tell_asides(line, name)


def _tell_asides(line: Line, name: Name) -> None:
    if name.is_mixed:
        line.warnings += (Remark(MIXED_SCRIPT, PERSON.title),)
    if name.position:
        line.said["position"] = line.said.get("position") or name.position
        line.infos += (Remark(POSITION_TAKEN, PERSON.title),)


def crowd(
    tx: Transaction,
    lines: Sequence[Line],
    home: uuid.UUID | None,
    places: Directory,
    known: Crowd | None = None,
) -> Crowd:
    """The teachers whom these rows may mean, with where they work, beside those known before."""
    found, table = known or Crowd(), teachers.table
    seen = tx.seen(teachers.name, table)
    if home:
        seen &= table.c.municipality_id == home
    names = {fold(name.last) for line in lines if (name := line.said.get("name"))}
    hashes = {hashed for line in lines if (hashed := _snils(line, tx.secret))}
    keys = {str(key) for line in lines if (key := line.said.get("teacher_id"))}
    before = set(found.known)
    for column, values in (
        (table.c.last_name_key, names),
        (table.c.snils_hash, hashes),
        (table.c.source_key, keys),
        (table.c.id, {key for each in keys if (key := as_id(each))}),
    ):
        asked = found.asked[column.name]
        wanted = sa.select(table).where(among(column, "said"), seen)
        for some in slices(values - asked):
            for row in tx.execute(wanted, {"said": some}):
                _meet(found, row)
        asked |= values
    _employ(tx, found, places, found.known - before)
    return found


def _meet(found: Crowd, row: Any) -> None:
    if row.id in found.known:
        return
    found.known.add(row.id)
    if row.source_key:
        found.by_key[row.source_key].append(row.id)
    if row.snils_hash:
        found.by_snils[row.snils_hash] = row.id
    one = Teacher(row.id, row.first_name_key, fold(row.patronymic or ""))
    found.by_last[row.last_name_key].append(one)


def _employ(tx: Transaction, found: Crowd, places: Directory, new: set[uuid.UUID]) -> None:
    job = employments.table
    jobs = sa.select(job.c.teacher_id, job.c.organization_id)
    for some in slices(sorted(new)):
        for row in tx.execute(jobs.where(among(job.c.teacher_id, "people")), {"people": some}):
            if place := places.by_id.get(row.organization_id):
                found.jobs[row.teacher_id].add(place.legal_person)


def _snils(line: Line, secret: bytes) -> str | None:
    if not (said := line.said.get("snils")):
        return None
    digits = snils_digits(said)
    if digits is None and line.is_open:
        line.refuse(BAD_SNILS, SNILS)
    return keyed_hash(secret, digits)


def _begins(teacher: Teacher, name: Name) -> bool:
    letters = [letter for letter in fold(name.first) if letter.isalpha()]
    pairs = zip(letters, (teacher.first, teacher.patronymic), strict=False)
    return all(text.startswith(letter) for letter, text in pairs)


def listed(ids: Iterable[uuid.UUID]) -> tuple[dict[str, Any], ...]:
    """Teachers as a report names them, in one order: nobody's name stands in it."""
    return tuple({"id": str(each)} for each in sorted(ids)[:MANY])
