"""Merged: fills the cells that merging left empty with what stands above them."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from app.intake.cells import Cell
from app.intake.lines import Column, Line
from app.model.headings import ID, Heading, Kind


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
    filled: Counter[int] = field(default_factory=Counter)
    """Filled cells, by the position of their column."""
    _above: dict[int, Cell] = field(default_factory=dict)

    def end(self) -> None:
        """Let nothing that stands above be repeated below."""
        self._above.clear()

    def fill(self, line: Line) -> None:
        """Fill the empty cells of a row."""
        if not self.groups:
            return
        cells = list(line.cells)
        is_record = self.own_id is not None and fills(cells[self.own_id])
        for heading, places in self.groups:
            if any(fills(cells[at]) for at in places):
                self._above |= {at: cells[at] for at in places}
            elif not is_record or not _may_be_empty(heading):
                self._repeat(cells, places)
        line.cells = cells

    def _repeat(self, cells: list[Cell], places: Iterable[int]) -> None:
        for at in places:
            cells[at] = self._above.get(at)
            self.filled[at] += fills(cells[at])


def _may_be_empty(heading: Heading) -> bool:
    """Whether a record that exists may have nothing in a field, as an exported file shows it."""
    return heading.kind == Kind.REFERENCE and not heading.is_required


def merged(columns: Iterable[Column], names: Collection[str]) -> Merged:
    """The columns of the fields with these names."""
    groups: dict[str, tuple[Heading, list[int]]] = {}
    own_id = None
    for at, heading, _ in columns:
        if heading.name == ID.name:
            own_id = at
        if heading.base.name in names:
            groups.setdefault(heading.base.name, (heading.base, []))[1].append(at)
    return Merged([*groups.values()], own_id)
