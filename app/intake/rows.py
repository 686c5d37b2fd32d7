"""Rows: tells rows of records from totals and signatures, and fills cells from above.

Schools put totals, signatures and repeated headers in their lists. A row with everything that a
record needs is a record, whatever its first word; a row that is no record ends the filling down.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from functools import cached_property
from typing import NamedTuple

from pydantic_core import PydanticCustomError

from app.findings import Fault
from app.intake import persons
from app.intake.cells import Cell, as_id, is_error, reader
from app.intake.codes import RowOutcome
from app.intake.columns import PERSON, key_of, known
from app.intake.cures import Cures, Remedy, Subjects
from app.intake.endings import is_signature, is_total, text_of
from app.intake.faults import (
    BEYOND_COLUMNS,
    ERROR_CELL,
    HEADER_AGAIN,
    NOTHING_READ,
    NUMBERING_ROW,
    TOTALS_ROW,
)
from app.intake.layout import Layout
from app.intake.lines import Column, Line, Remark, columns_of, join_ids, read
from app.intake.marks import ABSENCE
from app.intake.merged import Merged, fills, merged_columns
from app.intake.person_faults import NAME_ORDER
from app.intake.sheets.shapes import Row
from app.intake.terms import Terms
from app.model.headings import ID, Kind, headings
from app.model.resource import Resource
from app.model.text import fold
from app.registry.participations import participations

WHO = (PERSON.name, "last_name", "first_name", "patronymic", "teacher_id", "snils")
"""Columns that identify a person."""

OWN = frozenset({*WHO, *ABSENCE, ID.name, "source", "source_key"})
"""Columns in which a mark or a quote says something of the row itself."""

_VALUES = {*Kind} - {Kind.TEXT, Kind.REFERENCE, Kind.ID, Kind.PARTS}
"""What a cell of such a column has is a number, a day or a word of a closed list."""

LONGEST_END = 50
"""Rows of signatures below a list at most."""


class Judged(NamedTuple):
    """A row, and the reason if it is not a record."""

    row: Row
    blank: Fault | None = None
    is_empty: bool = False
    may_end: bool = False
    """Whether it is a signature, unless a record follows."""

    @property
    def is_record(self) -> bool:
        """Whether it becomes a record."""
        return not self.blank and not self.is_empty and not self.may_end


@dataclass
class Rows:
    """The rows of one list."""

    resource: Resource
    terms: Terms
    layout: Layout
    titles: Sequence[str]
    """The headings as written."""
    zone: tzinfo
    cures: Cures = field(default_factory=dict)
    """What the uploader decided about cells."""

    def lines(self, rows: Iterable[Row]) -> Iterator[Line]:
        """Every row as a line, read or blank."""
        for judged in self.judged(rows):
            yield self._line(judged)

    def have(self, rows: Iterable[Row], names: Collection[str]) -> bool:
        """Whether any record has a value in one of these columns."""
        places = [column.at for column in self._columns if column.heading.name in names]
        records = (judged.row.cells for judged in self.judged(rows) if judged.is_record)
        return bool(places) and any(fills(cells[at]) for cells in records for at in places)

    def judged(self, rows: Iterable[Row]) -> Iterator[Judged]:
        """Every row in order; signatures are recognized by what follows them."""
        held: list[Judged] = []
        is_below = False
        for row in rows:
            judged = self._judge(row, is_below=is_below)
            is_below = judged.is_record or (is_below and not judged.is_empty)
            if held and (judged.is_record or judged.blank is HEADER_AGAIN):
                yield from map(_as_end if judged.blank else _as_record, held)
                held = []
            if held or judged.may_end:
                held.append(judged)
            else:
                yield judged
            if len(held) > LONGEST_END:
                yield from map(_as_record, held)
                held = []
        yield from map(_as_end, held)

    def _judge(self, row: Row, *, is_below: bool) -> Judged:
        filled = [(at, cell) for at, cell in enumerate(row.cells) if fills(cell)]
        if not filled:
            return Judged(row, is_empty=True)
        if fault := self._of_page(filled):
            return Judged(row, fault)
        if self._is_whole(row.cells):
            return Judged(row)
        if any(as_id(cell) for _, cell in filled):
            # Nobody writes an id into a total or a signature: what the row lacks is to be told.
            return Judged(row)
        text = text_of([cell for _, cell in filled])
        if is_total(text) and not self._is_named(row.cells):
            return Judged(row, TOTALS_ROW)
        is_end = is_signature(text) and not self._tells(row.cells, is_below=is_below)
        if not self._is_read(filled):
            return Judged(row, TOTALS_ROW if is_end else NOTHING_READ)
        return Judged(row, may_end=is_end)

    def _tells(self, cells: Sequence[Cell], *, is_below: bool) -> bool:
        """Whether a row lacks only what stands above it, or has a value that no signature has.

        In a list of persons it has a name in full: a signature has initials there, or stands below
        an empty row.
        """
        names = {name for at, name in self._read_at.items() if _says(cells[at])}
        above = self.terms.fill_down if is_below else frozenset()
        if self._needed and self._needed <= self._with_who(names) | above:
            return not self._is_of_persons or self._is_named(cells, in_full=True)
        valued = (column for column in self._columns if column.heading.kind in _VALUES)
        return not self._is_of_persons and any(
            column.is_read(cells) for column in valued if _says(cells[column.at])
        )

    def _of_page(self, filled: Sequence[tuple[int, Cell]]) -> Fault | None:
        """The fault of a row that numbers the columns or repeats the headings."""
        if len(filled) > 1 and all(str(cell) == str(at) for at, (_, cell) in enumerate(filled, 1)):
            return NUMBERING_ROW
        is_header = all(self._is_title(at, cell) for at, cell in filled)
        return HEADER_AGAIN if is_header else None

    def _is_title(self, at: int, cell: Cell) -> bool:
        if not isinstance(cell, str) or cell.isdigit():
            return False
        key = key_of(cell)
        return at < len(self.titles) and (
            key == key_of(self.titles[at])
            or (len(self.titles) > 1 and key in known(self.resource) and self._is_over(at, key))
        )

    def _is_over(self, at: int, key: str) -> bool:
        """Whether it is part of a heading of two rows, «ФИО» above «Фамилия»."""
        heading = self.layout.columns[at]
        return heading is None or heading.name in WHO or key in key_of(self.titles[at])

    def _is_read(self, filled: Sequence[tuple[int, Cell]]) -> bool:
        return any(at in self._read_at or at >= len(self.titles) for at, _ in filled)

    def _is_whole(self, cells: Sequence[Cell]) -> bool:
        """Whether a row has everything that a record needs."""
        filled_names = {name for at, name in self._read_at.items() if _says(cells[at])}
        if filled_names & {"id", "source_key"} or self._has_part(filled_names):
            return True
        if not self._needed or not self._needed <= self._with_who(filled_names):
            return False
        return self._needed != {PERSON.name} or self._is_named(cells)

    @cached_property
    def _read_at(self) -> dict[int, str]:
        """The fields that are read, by the position of their column."""
        return {column.at: column.heading.base.name for column in self._columns}

    @cached_property
    def _needed(self) -> set[str]:
        """The columns that a record needs; one name stands for all that identify a person."""
        if self.resource is participations:
            if self.terms.organization_id is None:
                return {PERSON.name, "organization_id"}
            return {PERSON.name, *{"participated_on", "event_id"} & self.layout.names}
        needed = {
            heading.name
            for heading in headings(self.resource)
            if heading.is_required and not heading.part
        }
        names = self.layout.names
        return self._with_who(needed & names | names & {PERSON.name})

    def _has_part(self, names: set[str]) -> bool:
        """Whether a row has all that a part needs; nothing but parts, if the part needs nothing."""
        if not self._needed_of_parts:
            return False
        part_of = {column.heading.base.name: column.heading.part for column in self._columns}
        needed = [self._needed_of_parts[part] for part in {part_of[name] for name in names} - {""}]
        return any(some <= names and (some or all(map(part_of.get, names))) for some in needed)

    @cached_property
    def _needed_of_parts(self) -> dict[str, set[str]]:
        """For each list of parts, the columns of this list that a part needs."""
        bases = [column.heading.base for column in self._columns]
        listed = [heading for heading in bases if heading.is_required]
        return {
            part: {heading.name for heading in listed if heading.part == part}
            for part in self.resource.parts
        }

    def _with_who(self, names: set[str]) -> set[str]:
        """Names of columns, with one name for all those that identify a person."""
        identifying = names & {*WHO} if self._is_of_persons else set()
        return names - identifying | ({PERSON.name} if identifying else set())

    @cached_property
    def _is_of_persons(self) -> bool:
        return any(heading.name == PERSON.name for heading in known(self.resource).values())

    def _is_named(self, cells: Sequence[Cell], *, in_full: bool = False) -> bool:
        """Whether a row has a name or initials of a person."""
        texts = {column.heading.name: str(cells[column.at] or "") for column in self._columns}
        parts = [texts.get(name, "") for name in ("last_name", "first_name", "patronymic")]
        try:
            text = texts.get(PERSON.name, "")
            name = persons.whole(text) if text else persons.parts(*parts)
        except PydanticCustomError as error:
            return error.type == NAME_ORDER.code and not in_full
        return not in_full or not (name.is_short or is_signature(fold(f"{text} {parts[0]}")))

    def _line(self, judged: Judged) -> Line:
        line = Line(judged.row.number, judged.row.cells)
        if judged.is_record:
            self._read(line)
            return line
        line.outcome = RowOutcome.BLANK
        if judged.blank:
            line.infos += (Remark(judged.blank),)
        # A repeated header may stand inside merged cells; any other row without a record ends them.
        if judged.blank not in {HEADER_AGAIN, NUMBERING_ROW}:
            self.merged.end()
        return line

    def _read(self, line: Line) -> None:
        if len(line.cells) > len(self.layout.columns):
            line.refuse(BEYOND_COLUMNS)
        self.merged.fill(line)
        cures = self._remedy.of(line)
        columns = self._columns
        if replaced := {*self._remedy.replaced(cures)}:
            columns = [column for column in columns if column.at not in replaced]
        lost = [column for column in columns if is_error(line.cells[column.at])]
        for column in lost:
            line.refuse(ERROR_CELL, column.heading.title)
        read(line, [column for column in columns if column not in lost] if lost else columns)
        self._remedy.apply(line, cures, self._columns)
        join_ids(line, self.layout.of_ids)

    @cached_property
    def _remedy(self) -> Remedy:
        return Remedy(self.cures, Subjects(self.resource, self.layout), self.zone)

    @cached_property
    def _columns(self) -> list[Column]:
        columns = columns_of(self.layout, self.zone)
        if self.resource is not participations:
            return columns
        # Lists describe the way of taking part in more words than the enumeration has (`marks`).
        return [
            column._replace(reads=reader(replace(column.heading, kind=Kind.TEXT), self.zone))
            if column.heading.name == "mode"
            else column
            for column in columns
        ]

    @cached_property
    def merged(self) -> Merged:
        """The columns whose empty cells repeat the cells above."""
        return merged_columns(self._columns, self.terms.fill_down, OWN)


def _as_record(judged: Judged) -> Judged:
    return judged._replace(may_end=False)


def _as_end(judged: Judged) -> Judged:
    return judged._replace(may_end=False, blank=TOTALS_ROW) if judged.may_end else judged


def _says(cell: Cell) -> bool:
    """Whether a cell has content: dashes and lines for signatures are none."""
    return cell is not None and (not isinstance(cell, str) or any(map(str.isalnum, cell)))
