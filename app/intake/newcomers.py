"""Newcomers: whom the rows of a list mean where only the list itself tells who that is.

Two rows mean one person if they have one СНИЛС, or one name at one organization. Rows that
contradict each other are told apart here; which of them is right, the first row that is kept says.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.intake.columns import PERSON
from app.intake.faults import (
    AMBIGUOUS_TEACHER,
    NAMESAKE_ELSEWHERE,
    PATRONYMIC_LEFT_OUT,
    SNILS_OF_ANOTHER,
)
from app.intake.likeness import Likeness
from app.intake.lines import Line, Remark
from app.model.record import new_id

SNILS = "СНИЛС"


class Claim(NamedTuple):
    """A row about somebody whom nobody knows, or about a known one on its own word alone."""

    line: Line
    likeness: Likeness
    place: uuid.UUID | None
    """The legal person, or what stands for it where lists name no organization."""
    number: str | None
    """The keyed hash of the СНИЛС."""
    card: uuid.UUID | None = None
    """The known teacher."""


@dataclass(eq=False, slots=True)
class Person:
    """One person, told by rows alone."""

    id: uuid.UUID
    likeness: Likeness
    place: uuid.UUID | None
    number: str | None
    is_new: bool

    def contradiction(self, other: "Person", *, namesakes_are_new: bool) -> Remark | None:
        """What is wrong if this one is told after another one; None if they are two people."""
        if not self.is_new or not other.is_new:
            return self._of_card(other)
        alike = self.likeness.agrees(other.likeness)
        if self.number and other.number:
            is_torn = self.number == other.number and not alike
            return Remark(SNILS_OF_ANOTHER, SNILS) if is_torn else None
        if not alike or namesakes_are_new:
            return None
        # Rows of one place would mean the same person.
        return Remark(NAMESAKE_ELSEWHERE, PERSON.title)

    def _of_card(self, other: "Person") -> Remark | None:
        if self.id != other.id:
            return None
        if self.number and other.number and self.number != other.number:
            return Remark(AMBIGUOUS_TEACHER, PERSON.title)
        return Remark(NAMESAKE_ELSEWHERE, PERSON.title) if self.place != other.place else None

    @property
    def keys(self) -> Iterator[tuple[str, ...]]:
        """By what those are found who may contradict this one."""
        if not self.is_new:
            yield "card", str(self.id)
            return
        yield "name", *self.likeness[:2]
        if self.number:
            yield "number", self.number


def persons_of(claims: Sequence[Claim]) -> dict[int, Person]:
    """The persons whom rows mean, by the rows' numbers; a row that fits several is refused."""
    found: dict[int, Person] = {}
    cards: dict[tuple[uuid.UUID, str | None, uuid.UUID | None], Person] = {}
    for line, likeness, place, number, card in claims:
        if card:
            person = Person(card, likeness, place, number, is_new=False)
            found[line.number] = cards.setdefault((card, number, place), person)
    _assign([each for each in claims if not each.card], found)
    return found


def _assign(claims: Sequence[Claim], found: dict[int, Person]) -> None:
    """Tell newcomers apart: first by their numbers, then by their names where they are."""
    at_place: dict[tuple[str, str, uuid.UUID | None], list[Person]] = defaultdict(list)
    of_number: dict[tuple[str, str, str], list[Person]] = defaultdict(list)
    # A full name says more than one without patronymic, and a number more than any name.
    for claim in sorted(claims, key=lambda each: (not each.number, not each.likeness.patronymic)):
        line, likeness, place, number, _ = claim
        here = at_place[*likeness[:2], place]
        pool = of_number[number, *likeness[:2]] if number else here
        fitting = [each for each in pool if each.likeness.agrees(likeness)]
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
        found[line.number] = person


def contradicted(told: Iterable[Person], *, namesakes_are_new: bool) -> dict[Person, Remark]:
    """The persons who are told after others whom they contradict, with what is wrong."""
    standing: dict[tuple[str, ...], list[Person]] = defaultdict(list)
    found: dict[Person, Remark] = {}
    for person in dict.fromkeys(told):
        rivals = (each for key in person.keys for each in standing[key])
        remarks = (
            person.contradiction(each, namesakes_are_new=namesakes_are_new) for each in rivals
        )
        if remark := next(filter(None, remarks), None):
            found[person] = remark
            continue
        for key in person.keys:
            standing[key].append(person)
    return found
