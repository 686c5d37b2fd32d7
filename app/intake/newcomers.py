"""Newcomers: decides which rows mean the same person, where only the list itself can tell.

Two rows mean one person if they share a СНИЛС, or a name at one organization. Rows that contradict
each other are told apart here; of contradicting rows, the first one that is kept is right.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.intake.columns import PERSON
from app.intake.likeness import Likeness
from app.intake.lines import Line, Remark
from app.intake.person_faults import (
    AMBIGUOUS_TEACHER,
    NAMESAKE_ELSEWHERE,
    PATRONYMIC_LEFT_OUT,
    SNILS_OF_ANOTHER,
)
from app.model.record import new_id

SNILS = "СНИЛС"


class Claim(NamedTuple):
    """A row about an unknown person, or about a known one identified by the row's name alone."""

    line: Line
    likeness: Likeness
    place: uuid.UUID | None
    """The legal person, or the municipality in lists without organizations."""
    number: str | None
    """The keyed hash of the СНИЛС."""
    card: uuid.UUID | None = None
    """The id of the known teacher."""


@dataclass(eq=False, slots=True)
class Person:
    """A person identified only by rows of the list."""

    id: uuid.UUID
    likeness: Likeness
    place: uuid.UUID | None
    number: str | None
    is_new: bool

    def contradiction(self, other: "Person", *, namesakes_are_new: bool) -> Remark | None:
        """The fault if this person follows a contradicting one; None if they are compatible."""
        if not self.is_new or not other.is_new:
            return self._of_card(other)
        alike = self.likeness.agrees(other.likeness)
        if self.number and other.number:
            is_torn = self.number == other.number and not alike
            return Remark(SNILS_OF_ANOTHER, SNILS) if is_torn else None
        if not alike or namesakes_are_new:
            return None
        # In one place, their rows would mean the same person.
        return Remark(NAMESAKE_ELSEWHERE, PERSON.title)

    def _of_card(self, other: "Person") -> Remark | None:
        if self.id != other.id:
            return None
        if self.number and other.number and self.number != other.number:
            return Remark(AMBIGUOUS_TEACHER, PERSON.title)
        return Remark(NAMESAKE_ELSEWHERE, PERSON.title) if self.place != other.place else None

    @property
    def keys(self) -> Iterator[tuple[str, ...]]:
        """Keys by which persons are found who may contradict this one."""
        if not self.is_new:
            yield "card", str(self.id)
            return
        yield "name", *self.likeness[:2]
        if self.number:
            yield "number", self.number


def persons_of(claims: Sequence[Claim]) -> dict[int, Person]:
    """The persons that rows mean, by row number; a row that fits several is refused."""
    persons: dict[int, Person] = {}
    cards: dict[tuple[uuid.UUID, str | None, uuid.UUID | None], Person] = {}
    for line, likeness, place, number, card in claims:
        if card:
            person = Person(card, likeness, place, number, is_new=False)
            persons[line.number] = cards.setdefault((card, number, place), person)
    _assign([claim for claim in claims if not claim.card], persons)
    return persons


def _assign(claims: Sequence[Claim], persons: dict[int, Person]) -> None:
    """Identify newcomers: first by their numbers, then by their names within a place."""
    at_place: dict[tuple[str, str, uuid.UUID | None], list[Person]] = defaultdict(list)
    of_number: dict[tuple[str, str, str], list[Person]] = defaultdict(list)
    # A full name is more reliable than one without patronymic, and a number than any name.
    for claim in sorted(
        claims, key=lambda claim: (not claim.number, not claim.likeness.patronymic)
    ):
        line, likeness, place, number, _ = claim
        here = at_place[*likeness[:2], place]
        pool = of_number[number, *likeness[:2]] if number else here
        fitting = [person for person in pool if person.likeness.agrees(likeness)]
        if len(fitting) > 1:
            line.refuse(AMBIGUOUS_TEACHER, PERSON.title)
            continue
        if not fitting:
            fitting = [Person(new_id(), likeness, place, number, is_new=True)]
            pool.append(fitting[0])
        (person,) = fitting
        if person not in here:
            here.append(person)
        if person.likeness != likeness:
            line.infos += (Remark(PATRONYMIC_LEFT_OUT, PERSON.title),)
        persons[line.number] = person


def contradicted(persons: Iterable[Person], *, namesakes_are_new: bool) -> dict[Person, Remark]:
    """The persons who contradict an earlier one, with the fault."""
    standing: dict[tuple[str, ...], list[Person]] = defaultdict(list)
    faults: dict[Person, Remark] = {}
    for person in dict.fromkeys(persons):
        rivals = (rival for key in person.keys for rival in standing[key])
        remarks = (
            person.contradiction(rival, namesakes_are_new=namesakes_are_new) for rival in rivals
        )
        if remark := next(filter(None, remarks), None):
            faults[person] = remark
            continue
        for key in person.keys:
            standing[key].append(person)
    return faults
