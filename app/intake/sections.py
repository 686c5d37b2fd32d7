"""Sections: rows below the name of another organization than the one given for the whole list."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from app.intake.cells import Cell
from app.intake.codes import RowOutcome
from app.intake.columns import PERSON
from app.intake.faults import UNDER_ANOTHER
from app.intake.layout import Layout
from app.intake.lines import Line
from app.intake.places import Directory
from app.intake.terms import Terms

ORGANIZATION = "organization_id"


@dataclass
class Sections:
    """The sections of a list whose organization is given by a parameter."""

    terms: Terms
    layout: Layout
    _above: int | None = None
    """The number of the row above that names another organization."""

    def check(self, lines: Sequence[Line], places: Directory) -> None:
        """Refuse the rows of other organizations; lines come in the order of the list."""
        given = self.terms.standing.get(ORGANIZATION)
        if given is None or ORGANIZATION in self.layout.names:
            return
        for line in lines:
            if named := self._named(line, places):
                self._above = None if given in named else line.number
            elif self._above and line.outcome != RowOutcome.BLANK:
                line.refuse(UNDER_ANOTHER, row=self._above)

    def _named(self, line: Line, places: Directory) -> set[uuid.UUID]:
        """The organizations that a row names, if it says nothing else."""
        said = [(at, cell) for at, cell in enumerate(line.cells) if _has_letters(cell)]
        if len(said) != 1 or not self._may_head(said[0][0]):
            return set()
        text = str(said[0][1]).strip(" .:;")
        return {place.id for part in (text, text.split(":")[-1]) for place in places.find(part)}

    def _may_head(self, at: int) -> bool:
        """Whether a column is not read, or is the one of the persons."""
        heading = self.layout.columns[at] if at < len(self.layout.columns) else None
        return heading is None or heading.name in {PERSON.name, "last_name"}


def _has_letters(cell: Cell) -> bool:
    return isinstance(cell, str) and any(map(str.isalpha, cell))
