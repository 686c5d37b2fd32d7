"""People: which teacher a row means, by key, by СНИЛС, then by name; two are never made one."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from app.intake.cells import as_id
from app.intake.columns import PERSON
from app.intake.documents import Candidate
from app.intake.faults import (
    AMBIGUOUS_TEACHER,
    EMPTY_CELL,
    FORMER_NAME,
    NAME_ORDER,
    NAMESAKE_ELSEWHERE,
    PATRONYMIC_LEFT_OUT,
    SNILS_NOT_CONFIRMED,
    SNILS_OF_ANOTHER,
    UNKNOWN_RECORD,
    UNKNOWN_TEACHER,
)
from app.intake.likeness import Likeness, likeness
from app.intake.lines import Line, Remark
from app.intake.naming import number_of
from app.intake.newcomers import SNILS, Claim
from app.intake.persons import Name
from app.model.text import fold
from app.registry.names import INITIALS

MANY = 20
"""Candidates that a row names at most."""


@dataclass(frozen=True, slots=True)
class Teacher:
    """A teacher as rows may mean them."""

    id: uuid.UUID
    likeness: Likeness
    number: str | None
    """The keyed hash of the СНИЛС."""
    home: uuid.UUID
    pair: tuple[str, str] | None
    is_new: bool
    """Whether this very list made them."""


@dataclass(frozen=True)
class Licence:
    """What a kind of list may do about people."""

    creates: bool = False
    """Unknown people are made."""
    employs: bool = False
    """Its rows say where people work: who works nowhere yet may be meant by a name alone."""
    registers: bool = False
    """Its rows are the people themselves, wherever they work."""
    namesakes_are_new: bool = False
    """Whoever is known at another organization only is somebody else."""


class Where(Protocol):
    """Where a row stands: at an organization, or in a municipality as a whole."""

    @property
    def home(self) -> uuid.UUID:
        """The municipality."""

    @property
    def legal_person(self) -> uuid.UUID:
        """What has people of its own."""


class Fit(NamedTuple):
    """A teacher with the name, present or former, by which a row may mean them."""

    teacher: Teacher
    likeness: Likeness

    @property
    def is_former(self) -> bool:
        """Whether the name is not theirs any more."""
        return self.likeness is not self.teacher.likeness

    def rank(self, likeness: Likeness) -> int:
        """How well another name fits, the best first: whole, without patronymic, former."""
        return 2 if self.is_former else int(self.likeness != likeness)


class _Meant(NamedTuple):
    """The teachers whom a name fits best where it stands, and those whom it fits elsewhere."""

    here: list[Fit]
    elsewhere: list[Fit]


@dataclass
class Crowd:
    """The teachers that rows may mean."""

    licence: Licence
    claimed: Mapping[uuid.UUID, str]
    """The numbers that kept rows gave for teachers of whom the register knows none."""
    asked: dict[str, set[object]] = field(default_factory=lambda: defaultdict(set))
    """By column of theirs: what they were asked for by."""
    known: dict[uuid.UUID, Teacher] = field(default_factory=dict)
    by_key: dict[str, list[uuid.UUID]] = field(default_factory=lambda: defaultdict(list))
    by_number: dict[str, list[Teacher]] = field(default_factory=lambda: defaultdict(list))
    by_last: dict[str, list[Fit]] = field(default_factory=lambda: defaultdict(list))
    jobs: dict[uuid.UUID, set[uuid.UUID | None]] = field(default_factory=lambda: defaultdict(set))
    """The legal persons where each has or had an employment; None: one that is not seen."""
    heirs: dict[str, set[uuid.UUID]] = field(default_factory=lambda: defaultdict(set))
    """By key of a record that was merged: the teachers whom it was merged into."""
    former: dict[uuid.UUID, list[tuple[str, str, str]]] | None = None
    """By teacher: the folded names that they had before; None: not asked for yet."""
    _meant: dict[Any, _Meant] = field(default_factory=dict)
    """Who was meant by a name at a place: rows repeat both."""

    def settle(self, line: Line, place: Where | None, secret: bytes) -> Claim | None:
        """Put a teacher's id into a row that means one.

        A claim comes back where the other rows of the list have a say in it.
        """
        if line.holds("teacher_id"):
            return None
        number = number_of(line, secret)
        if key := line.said.get("teacher_id"):
            self._by_key(line, str(key), number)
        elif line.is_open and (found := self.owner(number, place)):
            self.confirm(line, found)
        elif line.is_open and (name := line.said.get("name")):
            return self.by_name(line, name, place, number)
        elif line.is_open and not line.names_record:
            line.refuse(EMPTY_CELL, PERSON.title)
        return None

    def owner(self, number: str | None, place: Where | None) -> Teacher | None:
        """Who has a СНИЛС; each municipality has a register of its own."""
        found = self.by_number.get(number or "", [])
        own = [each for each in found if place is None or each.home == place.home]
        return own[0] if len(own) == 1 else None

    def _by_key(self, line: Line, key: str, number: str | None) -> None:
        found = [each for each in (as_id(key),) if each in self.known] or self.by_key.get(key, [])
        if len(found) != 1:
            line.refuse(AMBIGUOUS_TEACHER if found else UNKNOWN_RECORD, PERSON.title)
            line.candidates += listed(found)
            return
        teacher = self.known[found[0]]
        owners = self.by_number.get(number or "", [])
        owner = next((each for each in owners if each.home == teacher.home), None)
        if owner and owner is not teacher:
            line.refuse(SNILS_OF_ANOTHER, SNILS)
        elif owner:
            self.confirm(line, owner)
        else:
            line.said["teacher_id"] = teacher.id

    def confirm(self, line: Line, owner: Teacher) -> None:
        """Hold the name of a row against those of the owner of its СНИЛС."""
        name = line.said.get("name")
        if name is None:
            line.said["teacher_id"] = owner.id
        elif fit := next((each for each in self._fits_of(owner, name)), None):
            self._take(line, fit, likeness(name))
        else:
            line.refuse(SNILS_OF_ANOTHER, SNILS)

    def _fits_of(self, owner: Teacher, name: Name) -> list[Fit]:
        """The names of a teacher that a name can be, the best one first; initials can be any."""
        said = likeness(name)
        named = [each for each in self.by_last.get(said.last, []) if each.teacher is owner]
        if name.is_short:
            return [each for each in named if _begins(each.likeness, name)]
        fitting = [each for each in named if each.likeness.agrees(said)]
        return sorted(fitting, key=lambda each: each.rank(said))

    def by_name(
        self, line: Line, name: Name, place: Where | None, number: str | None
    ) -> Claim | None:
        """Put in the id of the one teacher whom a name fits where it stands."""
        said = likeness(name)
        claim = Claim(line, said, place.legal_person if place else None, number)
        if name.is_short:
            line.refuse(INITIALS, PERSON.title)
            namesakes = self.by_last.get(said.last, [])
            line.candidates += _candidates(each for each in namesakes if _begins(each[1], name))
            return None
        meant = self._fitting(said, place)
        if name.former and not meant.here:
            meant = self._fitting(likeness(name._replace(last=name.former)), place)
        here, elsewhere = (
            [each for each in fits if _may_be(each.teacher, line, number)] for fits in meant
        )
        if len(here) == 1:
            return self._claim_known(line, here[0], claim)
        if here:
            line.refuse(AMBIGUOUS_TEACHER, PERSON.title)
            line.candidates += _candidates(here)
        elif elsewhere and not self.licence.namesakes_are_new:
            line.refuse(NAMESAKE_ELSEWHERE, PERSON.title)
            line.candidates += _candidates(elsewhere)
        elif name.is_turned:
            line.refuse(NAME_ORDER, PERSON.title)
        elif self.licence.creates:
            return claim
        else:
            line.refuse(UNKNOWN_TEACHER, PERSON.title)
        return None

    def _claim_known(self, line: Line, fit: Fit, claim: Claim) -> Claim | None:
        """Take a row as one about a teacher whom its name fits, if no kept row denies it."""
        key, number = fit.teacher.id, claim.number
        if number and self.claimed.get(key, number) != number:
            line.refuse(AMBIGUOUS_TEACHER, PERSON.title)
            line.candidates += _candidates([fit])
            return None
        self._take(line, fit, claim.likeness)
        if number:
            line.warnings += (Remark(SNILS_NOT_CONFIRMED, SNILS),)
        is_first_job = self.licence.employs and not self.jobs.get(key)
        return claim._replace(card=key) if number or is_first_job else None

    def _take(self, line: Line, fit: Fit, said: Likeness) -> None:
        line.said["teacher_id"] = fit.teacher.id
        if fit.is_former or fit.likeness.last != said.last:
            line.infos += (Remark(FORMER_NAME, PERSON.title),)
        elif fit.rank(said):
            line.infos += (Remark(PATRONYMIC_LEFT_OUT, PERSON.title),)

    def _fitting(self, said: Likeness, place: Where | None) -> _Meant:
        key = said, place and place.legal_person
        if (found := self._meant.get(key)) is None:
            found = self._meant[key] = self._looked_up(said, place)
        return found

    def _looked_up(self, said: Likeness, place: Where | None) -> _Meant:
        fits = [
            each
            for each in self.by_last.get(said.last, [])
            if each.likeness.agrees(said) and (place is None or each.teacher.home == place.home)
        ]
        if len(fits) <= 1:
            # Nearly every name of a list: there is nothing to choose.
            is_here = any(self._is_here(each.teacher, place) for each in fits)
            return _Meant(fits, []) if is_here else _Meant([], fits)
        here = {each.teacher.id for each in fits if self._is_here(each.teacher, place)}
        return _Meant(
            _best([each for each in fits if each.teacher.id in here], said),
            _best([each for each in fits if each.teacher.id not in here], said),
        )

    def _is_here(self, teacher: Teacher, place: Where | None) -> bool:
        if self.licence.registers or place is None:
            return self.licence.registers
        jobs = self.jobs.get(teacher.id)
        return place.legal_person in jobs if jobs else self.licence.employs


def _may_be(teacher: Teacher, line: Line, number: str | None) -> bool:
    """Whether a row with its number and pair can mean a teacher: two numbers are two people."""
    has_other_pair = teacher.pair and line.said.get("source_key")
    return not (number and teacher.number) and not has_other_pair


def _best(fits: Sequence[Fit], said: Likeness) -> list[Fit]:
    """Those that fit best, each teacher once."""
    best = min((each.rank(said) for each in fits), default=0)
    found = {each.teacher.id: each for each in fits if each.rank(said) == best}
    return list(found.values())


def _begins(known: Likeness, name: Name) -> bool:
    letters = [letter for letter in fold(name.first) if letter.isalpha()]
    pairs = zip(letters, known[1:], strict=False)
    return all(text.startswith(letter) for letter, text in pairs)


def listed(ids: Iterable[uuid.UUID]) -> tuple[Candidate, ...]:
    """Teachers as a report names them, in one order: nobody's name stands in it."""
    return tuple(Candidate(id=str(each)) for each in sorted(set(ids))[:MANY])


def _candidates(fits: Iterable[Fit]) -> tuple[Candidate, ...]:
    """The teachers who may be meant; whom the list itself made, its dry run could not name."""
    return listed(each.teacher.id for each in fits if not each.teacher.is_new)
