"""Runs: a list from its header to its last row, in one transaction, some thousands at a time."""

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from functools import cached_property
from typing import Any

from app.findings import Fault, Finding
from app.intake import links
from app.intake.attendance import Reader
from app.intake.cells import Cell, text
from app.intake.columns import PERSON, Layout, lay_out
from app.intake.duplicates import Duplicates
from app.intake.faults import BEYOND_COLUMNS, MISSING_COLUMN, NUMBERING_ROW, TOTALS_ROW
from app.intake.lines import Column, Line, Outcome, Remark, columns_of, read
from app.intake.occasions import calendar
from app.intake.people import Licence
from app.intake.places import directory
from app.intake.posting import post
from app.intake.report import Tally
from app.intake.sheets import Sheet
from app.intake.staff import Staff
from app.intake.terms import Terms
from app.problems import Invalid
from app.registry.employments import employments
from app.registry.participations import participations
from app.registry.teachers import teachers
from app.store.database import Transaction
from app.store.resource import Resource
from app.store.text import fold

ADDED = ("Ошибка", "Подсказка")
"""Columns that refused rows go back with."""

AT_ONCE = 5_000
"""Rows that are in memory together."""

_CLOSING = re.compile(
    r"(итого|всего|директор|руководитель|заведующ|исполнитель|ответственн|подпись|м\. ?п\.|дата )"
)
_FEW = 3
"""Cells that a total or a signature fills at most."""


@dataclass
class Run:
    """One list on its way into the register."""

    resource: Resource
    terms: Terms
    sheet: Sheet
    layout: Layout
    zone: tzinfo
    """Decides the day of an instant."""
    tally: Tally
    duplicates: Duplicates = field(default_factory=Duplicates)
    _above: dict[int, Cell] = field(default_factory=dict)

    def carry_out(self, tx: Transaction, home: uuid.UUID | None) -> None:
        """Write what the rows say; whether it stays is for the caller to decide."""
        places = directory(tx, home)
        staff = Staff(places, home, self._licence)
        reader = None
        if self.resource is participations:
            plan = calendar(tx, home, self.terms.program_id)
            reader = Reader(self.terms, home, places, plan, staff)
        for lines in self._slices():
            self._carry(tx, lines, staff, reader)
            for line in lines:
                self.tally.add(line, is_dry=self.terms.is_dry)

    def refused(self) -> dict[str, Any] | None:
        """The refused rows as they go back, in the form in which they came."""
        if not self.tally.refused:
            return None
        facts = self.sheet.facts
        return {
            "format": facts.format,
            "encoding": facts.encoding,
            "delimiter": facts.delimiter,
            "headings": [*self.sheet.headings, *ADDED],
            "rows": [[*map(_kept, row.cells), row.error, row.hint] for row in self.tally.refused],
        }

    def _carry(
        self, tx: Transaction, lines: Sequence[Line], staff: Staff, reader: Reader | None
    ) -> None:
        understood = [line for line in lines if line.outcome != Outcome.BLANK]
        if reader:
            reader.understand(tx, understood)
        else:
            links.understand(tx, self.resource, understood, staff)
        links.hold_percents_to_units(tx, self.resource, understood)
        given = self._given(tx)
        for line in understood if given else ():
            line.said = given | line.said
        post(tx, self.resource, understood, self.duplicates, staff)

    @property
    def _licence(self) -> Licence:
        return Licence(
            creates=self.terms.create_teachers or self.resource is teachers,
            employs=self.resource is employments,
            registers=self.resource is teachers,
            namesakes_are_new=self.terms.namesakes == "new" or self.resource is teachers,
        )

    def _given(self, tx: Transaction) -> dict[str, Any]:
        """What holds of every row: values of parameters, and the only source of a caller."""
        fields = self.resource.write.model_fields
        standing = self.terms.standing.items()
        found: dict[str, Any] = {name: value for name, value in standing if name in fields}
        if tx.caller.source and "source_key" in self.layout.names:
            found["source"] = tx.caller.source
        return found

    def _slices(self) -> Iterator[list[Line]]:
        lines: list[Line] = []
        for row in self.sheet.rows:
            lines.append(self._line(row.number, row.cells))
            if len(lines) == AT_ONCE:
                yield lines
                lines = []
        if lines:
            yield lines

    def _line(self, number: int, cells: list[Cell]) -> Line:
        line = Line(number, cells)
        filled = [cell for cell in cells if cell is not None]
        if not filled:
            line.outcome = Outcome.BLANK
        elif fault := _of_no_record(filled):
            line.outcome = Outcome.BLANK
            line.infos += (Remark(fault),)
        else:
            if len(cells) > len(self.layout.columns):
                line.refuse(BEYOND_COLUMNS)
            self._fill_down(line)
            read(line, self._columns)
        return line

    @cached_property
    def _columns(self) -> list[Column]:
        return columns_of(self.layout, self.zone)

    @cached_property
    def _merged(self) -> list[int]:
        """The places of columns whose empty cells repeat the cell above."""
        return [each.at for each in self._columns if each.heading.name in self.terms.fill_down]

    def _fill_down(self, line: Line) -> None:
        if not self._merged:
            return
        cells = list(line.cells)
        for at in self._merged:
            if cells[at] in {None, ""}:
                cells[at] = self._above.get(at)
            else:
                self._above[at] = cells[at]
        line.cells = cells


def _of_no_record(filled: Sequence[Cell]) -> Fault | None:
    """Why a row is about no record, if it is a total, a signature, or numbers the columns."""
    if len(filled) <= _FEW and _CLOSING.match(fold(str(filled[0]))):
        return TOTALS_ROW
    if len(filled) == 1 or str(filled[0]) != "1":
        return None
    is_numbering = all(str(cell) == str(at) for at, cell in enumerate(filled, 1))
    return NUMBERING_ROW if is_numbering else None


def _kept(cell: Cell) -> str | int | float | bool | None:
    """A cell as JSON keeps it; a day as people write it, and as it is read again."""
    return text(cell) if isinstance(cell, date) else cell


def begun(resource: Resource, terms: Terms, sheet: Sheet, zone: tzinfo) -> Run:
    """A run over a sheet whose columns are understood.

    Raises:
        Invalid: columns stand for one field twice, or one that is needed has none.

    """
    layout = lay_out(resource, sheet.headings)
    missing = [
        Finding(MISSING_COLUMN, values={"column": title})
        for title in _missing(resource, terms, layout)
    ]
    if missing:
        raise Invalid(*missing)
    sheet.infos += layout.infos
    pairs = zip(layout.columns, sheet.headings, strict=True)
    titles = {heading.title: title for heading, title in pairs if heading}
    return Run(resource, terms, sheet, layout, zone, Tally(titles=titles))


def _missing(resource: Resource, terms: Terms, layout: Layout) -> Iterator[str]:
    """What a list of participants cannot do without; other lists may name known records."""
    if resource is not participations or layout.names & {"id", "source_key"}:
        return
    if not layout.names & {PERSON.name, "last_name", "teacher_id", "snils", "id"}:
        yield PERSON.title
    if "organization_id" not in layout.names and not terms.organization_id:
        yield "Организация"
