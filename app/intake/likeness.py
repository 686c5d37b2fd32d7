"""Likeness: when two names can be one person's; they are compared by their keys."""

from typing import NamedTuple

from app.intake.persons import Name
from app.registry.names import key


class Likeness(NamedTuple):
    """A name as it is compared; an absent patronymic is empty."""

    last: str
    first: str
    patronymic: str

    def agrees(self, other: "Likeness") -> bool:
        """Whether both can be one person's name: a patronymic may be left out in either."""
        return self[:2] == other[:2] and (
            self.patronymic == other.patronymic or not (self.patronymic and other.patronymic)
        )


def likeness(name: Name) -> Likeness:
    """How a name is compared."""
    return Likeness(key(name.last), key(name.first), key(name.patronymic or ""))
