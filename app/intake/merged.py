"""Merged: fills empty cells of merged columns, and cells with ditto marks, from above."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.intake.cells import Cell
from app.intake.faults import NOTHING_ABOVE
from app.intake.lines import Column, Line
from app.model.headings import ID, Heading, Kind

_DITTO = re.compile(
    r"""[-–—\s]*(?:["″”“»«„]{1,2}|'{2}|/{2}|\\{2}|-"-)[-–—\s]*|(?:то|та|тот|там) же\.?""",
    re.IGNORECASE,
)
_BEGINNINGS = "-–—″”“»«„\"'/\\ \t\n\xa0тТ"
"""How a ditto mark begins: hardly any other cell does."""
_LONGEST_DITTO = 12


def is_ditto(cell: Cell) -> bool:
    """Whether a cell says that it repeats the one above: «-//-», a lone quote, «то же»."""
    return (
        isinstance(cell, str)
        and cell[:1] in _BEGINNINGS
        and len(cell) <= _LONGEST_DITTO
        and _DITTO.fullmatch(cell.strip()) is not None
    )


def fills(cell: Cell) -> bool:
    """Whether a cell is not empty."""
    return cell not in {None, ""}


@dataclass
class Merged:
    """The columns whose empty cells repeat the cells above."""

    groups: list[tuple[Heading, list[int]]]
    """Fields with the positions of their columns: a name's, and that of the id beside it."""
    own_id: int | None
    """The position of the records' own ids."""
    repeating: Mapping[int, Heading]
    """The columns in which a ditto mark repeats the cell above, by their position."""
    filled: Counter[int] = field(default_factory=Counter)
    """Filled cells, by the position of their column."""
    _above: dict[int, Cell] = field(default_factory=dict)
    _last: dict[int, Cell] = field(default_factory=dict)
    """What a ditto mark repeats, by the position of its column."""

    def is_empty(self, cells: Sequence[Cell]) -> bool:
        """Whether a row has nothing in one of the columns that are filled from above."""
        return any(not any(fills(cells[at]) for at in places) for _, places in self.groups)

    def end(self) -> None:
        """Let nothing that stands above be repeated below."""
        self._above.clear()
        self._last.clear()

    def fill(self, line: Line) -> None:
        """Fill the empty cells of a row, and those with ditto marks."""
        if not self.groups and not self.repeating:
            return
        cells = list(line.cells)
        for at, heading in self.repeating.items():
            if not is_ditto(cells[at]):
                self._last[at] = cells[at]
            elif fills(above := self._last.get(at)):
                cells[at] = above
            else:
                cells[at] = None
                line.refuse(NOTHING_ABOVE, heading.title)
        is_record = self.own_id is not None and fills(cells[self.own_id])
        for heading, places in self.groups:
            if any(fills(cells[at]) for at in places):
                self._above |= {at: cells[at] for at in places}
            elif not is_record or not _may_be_empty(heading):
                self._repeat(cells, places)
            self._last |= {at: cells[at] for at in places}
        line.cells = cells

    def _repeat(self, cells: list[Cell], places: Iterable[int]) -> None:
        for at in places:
            cells[at] = self._above.get(at)
            self.filled[at] += fills(cells[at])


def _may_be_empty(heading: Heading) -> bool:
    """Whether a record that exists may have nothing in a field, as an exported file shows it."""
    return heading.kind == Kind.REFERENCE and not heading.is_required


def merged_columns(
    columns: Iterable[Column], names: Collection[str], own: Collection[str]
) -> Merged:
    """The columns of the fields with these names; each row has `own` fields, never repeated."""
    groups: dict[str, tuple[Heading, list[int]]] = {}
    repeating: dict[int, Heading] = {}
    own_id = None
    for at, heading, _ in columns:
        if heading.name == ID.name:
            own_id = at
        if heading.base.name not in own:
            repeating[at] = heading
        if heading.base.name in names:
            groups.setdefault(heading.base.name, (heading.base, []))[1].append(at)
    return Merged([*groups.values()], own_id, repeating)
