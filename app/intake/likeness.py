"""Likeness: compares names by their keys."""

from typing import NamedTuple

from app.intake.persons import Name
from app.registry.names import key


class Likeness(NamedTuple):
    """The comparison keys of a name; the key of a missing patronymic is empty."""

    last: str
    first: str
    patronymic: str

    def agrees(self, other: "Likeness") -> bool:
        """Whether both can name one person; the patronymic may be missing in either."""
        return self[:2] == other[:2] and (
            self.patronymic == other.patronymic or not (self.patronymic and other.patronymic)
        )


def likeness(name: Name) -> Likeness:
    """The comparison keys of a name."""
    return Likeness(key(name.last), key(name.first), key(name.patronymic or ""))
