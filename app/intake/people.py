"""People: finds the teacher of a row by key, by СНИЛС, then by name; never merges two."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from app.intake.cells import as_id
from app.intake.columns import PERSON
from app.intake.faults import EMPTY_CELL, UNKNOWN_RECORD
from app.intake.fits import Fit, Teacher, begins, best, candidates, listed
from app.intake.likeness import Likeness, likeness
from app.intake.lines import Line, Remark
from app.intake.naming import number_of
from app.intake.newcomers import SNILS, Claim
from app.intake.person_faults import (
    AMBIGUOUS_TEACHER,
    FORMER_NAME,
    NAME_ORDER,
    NAMESAKE_ELSEWHERE,
    PATRONYMIC_LEFT_OUT,
    PERSON_OF_ANOTHER,
    SNILS_NOT_CONFIRMED,
    SNILS_OF_ANOTHER,
    UNKNOWN_TEACHER,
)
from app.intake.persons import Name
from app.registry.names import INITIALS
from app.registry.teachers import teachers


@dataclass(frozen=True)
class Licence:
    """What a kind of list may do with people."""

    creates: bool = False
    """It creates unknown people."""
    employs: bool = False
    """Its rows are employments: a teacher without any job may be meant by the name alone."""
    registers: bool = False
    """Its rows are the people themselves, wherever they work."""
    namesakes_are_new: bool = False
    """A teacher known only at another organization is another person."""


class Where(Protocol):
    """The place of a row: an organization, or a whole municipality."""

    @property
    def home(self) -> uuid.UUID:
        """The municipality."""

    @property
    def legal_person(self) -> uuid.UUID:
        """The legal person whose teachers are at this place."""


class _Meant(NamedTuple):
    """The teachers whom a name fits best at a place, and those whom it fits elsewhere."""

    here: list[Fit]
    elsewhere: list[Fit]


@dataclass
class Crowd:
    """The teachers whom rows may mean."""

    licence: Licence
    claimed: Mapping[uuid.UUID, str]
    """СНИЛС hashes given by kept rows for teachers whose СНИЛС the register lacks."""
    asked: dict[str, set[object]] = field(default_factory=lambda: defaultdict(set))
    """By column: the values already looked up."""
    known: dict[uuid.UUID, Teacher] = field(default_factory=dict)
    by_key: dict[str, list[uuid.UUID]] = field(default_factory=lambda: defaultdict(list))
    by_number: dict[str, list[Teacher]] = field(default_factory=lambda: defaultdict(list))
    by_last: dict[str, list[Fit]] = field(default_factory=lambda: defaultdict(list))
    jobs: dict[uuid.UUID, set[uuid.UUID | None]] = field(default_factory=lambda: defaultdict(set))
    """The legal persons of each teacher's jobs; None for one that the caller cannot see."""
    heirs: dict[tuple[uuid.UUID, str, str], uuid.UUID] = field(default_factory=dict)
    """The teachers that merged cards became, by municipality, source and key of the card."""
    former: dict[uuid.UUID, list[tuple[str, str, str]]] | None = None
    """Folded former names by teacher; None until they are read."""
    _meant: dict[Any, _Meant] = field(default_factory=dict)
    """Results by name and place: rows repeat both."""

    def let_inherit(self, keys: Collection[str]) -> None:
        """Find the heirs of merged cards by the keys of these cards too."""
        for (*_, key), heir in self.heirs.items():
            if key in keys and heir in self.known and heir not in self.by_key[key]:
                self.by_key[key].append(heir)

    def settle(self, line: Line, place: Where | None, secret: bytes) -> Claim | None:
        """Set the teacher of a row, if it means a known one.

        Returns a claim if the other rows of the list have to be considered.
        """
        if line.holds("teacher_id"):
            self._compare(line, self.known.get(uuid.UUID(line.fields["teacher_id"])))
            return None
        number = number_of(line, secret)
        if key := line.fields.get("teacher_id"):
            self._by_key(line, str(key), number)
        elif line.is_open and (owner := self.owner(number, place)):
            self.confirm(line, owner)
        elif line.is_open and (name := line.fields.get("name")):
            return self.by_name(line, name, place, number)
        elif line.is_open and not line.names_record:
            line.refuse(EMPTY_CELL, PERSON.title)
        return None

    def owner(self, number: str | None, place: Where | None) -> Teacher | None:
        """The owner of a СНИЛС in the municipality; each municipality has its own register."""
        teachers_with = self.by_number.get(number or "", [])
        own = [teacher for teacher in teachers_with if place is None or teacher.home == place.home]
        return own[0] if len(own) == 1 else None

    def _by_key(self, line: Line, key: str, number: str | None) -> None:
        ids = [
            teacher_id for teacher_id in (as_id(key),) if teacher_id in self.known
        ] or self.by_key.get(key, [])
        if len(ids) != 1:
            values = {"where": teachers.titles.all, "by": "номеру записи, ключу", "cell": ""}
            line.refuse(AMBIGUOUS_TEACHER if ids else UNKNOWN_RECORD, PERSON.title, **values)
            line.candidates += listed(ids)
            return
        teacher = self.known[ids[0]]
        self._compare(line, teacher)
        owners = self.by_number.get(number or "", [])
        owner = next((owner for owner in owners if owner.home == teacher.home), None)
        if owner and owner is not teacher:
            line.refuse(SNILS_OF_ANOTHER, SNILS)
        elif owner:
            self.confirm(line, owner)
        else:
            line.fields["teacher_id"] = teacher.id

    def _compare(self, line: Line, teacher: Teacher | None) -> None:
        """Refuse a row whose name is not that of the teacher whom its id or key names."""
        name = line.fields.get("name")
        if name is None or (teacher and self._fits_of(teacher, name)):
            return
        line.refuse(PERSON_OF_ANOTHER, PERSON.title)
        compared = likeness(name)
        others = [fit for fit in self.by_last.get(compared.last, []) if fit[1].agrees(compared)]
        line.candidates += listed([teacher.id] if teacher else ()) + candidates(others)

    def confirm(self, line: Line, owner: Teacher) -> None:
        """Compare the name of a row with the names of its СНИЛС's owner."""
        name = line.fields.get("name")
        if name is None:
            line.fields["teacher_id"] = owner.id
        elif fit := next(iter(self._fits_of(owner, name)), None):
            self._take(line, fit, likeness(name))
        else:
            line.refuse(SNILS_OF_ANOTHER, SNILS)

    def _fits_of(self, owner: Teacher, name: Name) -> list[Fit]:
        """The teacher's names that a name can be, best first; initials can be any with them."""
        compared = likeness(name)
        named = [fit for fit in self.by_last.get(compared.last, []) if fit.teacher is owner]
        if name.is_short:
            return [fit for fit in named if begins(fit.likeness, name)]
        fitting = [fit for fit in named if fit.likeness.agrees(compared)]
        return sorted(fitting, key=lambda fit: fit.rank(compared))

    def by_name(
        self, line: Line, name: Name, place: Where | None, number: str | None
    ) -> Claim | None:
        """Set the one teacher whom the name fits at the row's place."""
        compared = likeness(name)
        claim = Claim(line, compared, place.legal_person if place else None, number)
        if name.is_short:
            line.refuse(INITIALS, PERSON.title)
            namesakes = self.by_last.get(compared.last, [])
            line.candidates += candidates(fit for fit in namesakes if begins(fit[1], name))
            return None
        meant = self._fitting(compared, place)
        if name.former and not meant.here:
            meant = self._fitting(likeness(name._replace(last=name.former)), place)
        here, elsewhere = (
            [fit for fit in fits if _may_be(fit.teacher, line, number)] for fits in meant
        )
        if len(here) == 1:
            return self._claim_known(line, here[0], claim)
        if here:
            line.refuse(AMBIGUOUS_TEACHER, PERSON.title)
            line.candidates += candidates(here)
        elif elsewhere and not (self.licence.namesakes_are_new or line.is_newcomer):
            line.refuse(NAMESAKE_ELSEWHERE, PERSON.title)
            line.candidates += candidates(elsewhere)
        elif name.is_turned:
            line.refuse(NAME_ORDER, PERSON.title)
        elif self.licence.creates or line.is_newcomer:
            return claim
        else:
            line.refuse(UNKNOWN_TEACHER, PERSON.title)
        return None

    def _claim_known(self, line: Line, fit: Fit, claim: Claim) -> Claim | None:
        """Set the teacher whom the name fits, unless a kept row contradicts it."""
        key, number = fit.teacher.id, claim.number
        if number and self.claimed.get(key, number) != number:
            line.refuse(AMBIGUOUS_TEACHER, PERSON.title)
            line.candidates += candidates([fit])
            return None
        self._take(line, fit, claim.likeness)
        if number:
            line.warnings += (Remark(SNILS_NOT_CONFIRMED, SNILS),)
        is_first_job = self.licence.employs and not self.jobs.get(key)
        return claim._replace(card=key) if number or is_first_job else None

    def _take(self, line: Line, fit: Fit, compared: Likeness) -> None:
        line.fields["teacher_id"] = fit.teacher.id
        if fit.is_former or fit.likeness.last != compared.last:
            line.infos += (Remark(FORMER_NAME, PERSON.title),)
        elif fit.rank(compared):
            line.infos += (Remark(PATRONYMIC_LEFT_OUT, PERSON.title),)

    def _fitting(self, compared: Likeness, place: Where | None) -> _Meant:
        key = compared, place and place.legal_person
        if (meant := self._meant.get(key)) is None:
            meant = self._meant[key] = self._looked_up(compared, place)
        return meant

    def _looked_up(self, compared: Likeness, place: Where | None) -> _Meant:
        fits = [
            fit
            for fit in self.by_last.get(compared.last, [])
            if fit.likeness.agrees(compared) and (place is None or fit.teacher.home == place.home)
        ]
        if len(fits) <= 1:
            # The usual case: there is nothing to choose.
            is_here = any(self._is_here(fit.teacher, place) for fit in fits)
            return _Meant(fits, []) if is_here else _Meant([], fits)
        here = {fit.teacher.id for fit in fits if self._is_here(fit.teacher, place)}
        return _Meant(
            best([fit for fit in fits if fit.teacher.id in here], compared),
            best([fit for fit in fits if fit.teacher.id not in here], compared),
        )

    def _is_here(self, teacher: Teacher, place: Where | None) -> bool:
        if self.licence.registers or place is None:
            return self.licence.registers
        jobs = self.jobs.get(teacher.id)
        return place.legal_person in jobs if jobs else self.licence.employs


def _may_be(teacher: Teacher, line: Line, number: str | None) -> bool:
    """Whether a row can mean a teacher: another СНИЛС or source key means another person."""
    has_other_pair = teacher.pair and line.fields.get("source_key")
    return not (number and teacher.number) and not has_other_pair
