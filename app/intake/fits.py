"""Fits: the teachers whom a name fits, and how well."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.intake.documents import Candidate
from app.intake.likeness import Likeness
from app.intake.persons import Name
from app.model.text import fold

MANY = 20
"""Candidates that a row lists at most."""


@dataclass(frozen=True, slots=True)
class Teacher:
    """A teacher as rows may name them."""

    id: uuid.UUID
    likeness: Likeness
    number: str | None
    """The keyed hash of the СНИЛС."""
    home: uuid.UUID
    pair: tuple[str, str] | None
    is_new: bool
    """Whether this list created them."""


class Fit(NamedTuple):
    """A teacher with the present or former name by which a row may mean them."""

    teacher: Teacher
    likeness: Likeness

    @property
    def is_former(self) -> bool:
        """Whether the name is a former one."""
        return self.likeness is not self.teacher.likeness

    def rank(self, likeness: Likeness) -> int:
        """How well another name fits: 0 completely, 1 without patronymic, 2 as a former name."""
        return 2 if self.is_former else int(self.likeness != likeness)


def best(fits: Sequence[Fit], compared: Likeness) -> list[Fit]:
    """The names with the best rank, one for each teacher."""
    best = min((fit.rank(compared) for fit in fits), default=0)
    best_of = {fit.teacher.id: fit for fit in fits if fit.rank(compared) == best}
    return list(best_of.values())


def begins(candidate: Likeness, name: Name) -> bool:
    """Whether a name begins with the initials of another."""
    letters = [letter for letter in fold(name.first) if letter.isalpha()]
    pairs = zip(letters, candidate[1:], strict=False)
    return all(text.startswith(letter) for letter, text in pairs)


def listed(ids: Iterable[uuid.UUID]) -> tuple[Candidate, ...]:
    """Teachers as candidates in a report, in a fixed order and without names."""
    return tuple(Candidate(id=str(teacher_id)) for teacher_id in sorted(set(ids))[:MANY])


def candidates(fits: Iterable[Fit]) -> tuple[Candidate, ...]:
    """The candidates; teachers created by this list are left out: a dry run has no ids for them."""
    return listed(fit.teacher.id for fit in fits if not fit.teacher.is_new)
