"""Sections: rows below the name of another organization than the one given for the whole list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from app.findings import Finding
from app.intake.cells import Cell
from app.intake.codes import RowOutcome
from app.intake.columns import PERSON
from app.intake.faults import TITLE_OF_ANOTHER, UNDER_ANOTHER
from app.intake.layout import Layout
from app.intake.lines import Line
from app.intake.mentions import Mentions
from app.intake.sheets.shapes import Row

_NAMES = {PERSON.name, "last_name"}


@dataclass
class Sections:
    """The sections of a list whose organization is given by a parameter."""

    layout: Layout
    mentions: Mentions
    _other: int | None = None
    """The number of the row above that names another organization."""

    def begin(self, above: Sequence[Row]) -> Iterator[Finding]:
        """Read the rows above the header; yields a warning for a title of another organization."""
        for row in above:
            texts = [cell for cell in row.cells if _has_letters(cell)]
            if len(texts) == 1 and self._enter(row.number, texts[0]):
                continue
            if any(self.mentions.in_title(text) is False for text in texts):
                yield Finding(TITLE_OF_ANOTHER, values={"row": row.number})

    def check(self, lines: Sequence[Line]) -> None:
        """Refuse the rows of other organizations; lines come in the order of the list."""
        for line in lines:
            if not self._is_heading(line) and self._other and line.outcome != RowOutcome.BLANK:
                line.refuse(UNDER_ANOTHER, row=self._other)

    def _is_heading(self, line: Line) -> bool:
        """Whether a row names an organization, and says nothing else that is read."""
        said = [(at, cell) for at, cell in enumerate(line.cells) if _has_letters(cell)]
        return (
            len(said) == 1 and self._may_head(said[0][0]) and self._enter(line.number, said[0][1])
        )

    def _enter(self, number: int, text: str) -> bool:
        """Begin a section, if a text names its organization."""
        is_of_given = self.mentions.in_heading(text)
        if is_of_given is not None:
            self._other = None if is_of_given else number
        return is_of_given is not None

    def _may_head(self, at: int) -> bool:
        """Whether a column is not read, or is the one of the persons."""
        heading = self.layout.columns[at] if at < len(self.layout.columns) else None
        return heading is None or heading.name in _NAMES


def _has_letters(cell: Cell) -> TypeGuard[str]:
    return isinstance(cell, str) and any(map(str.isalpha, cell))
