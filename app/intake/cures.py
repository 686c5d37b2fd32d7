"""Cures: what an uploader decides about cells that cannot be understood.

A decision is about a subject: what a cell says. It holds for every row that says the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, tzinfo
from typing import NamedTuple

from app.findings import fault
from app.intake.cells import Cell, reader, text
from app.intake.columns import PERSON, TEACHER, known
from app.intake.layout import Layout
from app.intake.lines import Column, Line, read
from app.model.columns import Choice
from app.model.headings import Heading
from app.model.resource import Resource

NAMES = ("last_name", "first_name", "patronymic")
PLACE = "organization_id"

LEFT_OUT = fault(
    "left_out",
    "Эту строку вы решили не записывать.",
    "You decided to leave this row out.",
)


class CureKind(Choice):
    """What is decided."""

    REPLACE = "replace", "читать иначе"
    NEWCOMER = "newcomer", "это новый человек"
    LEAVE_OUT = "leave_out", "не записывать"


class Cure(NamedTuple):
    """A decision about a subject."""

    kind: CureKind
    value: str = ""
    """What is read in place of the cell: a text, or the id of a record."""


class Subject(NamedTuple):
    """What a decision is about."""

    field: str
    said: str
    """The cell in one line; empty if nothing stands there."""
    beside: str = ""
    """For a person, the cell of the organization: namesakes work at different ones."""


Cures = Mapping[Subject, Cure]


class Subjects:
    """The subjects of the rows of one list."""

    def __init__(self, resource: Resource, layout: Layout) -> None:
        self._at: dict[str, list[int]] = {}
        self._ids: dict[str, list[int]] = {}
        for at, heading in enumerate(layout.columns):
            if heading:
                places = self._ids if heading.of else self._at
                places.setdefault(field_of(heading), []).append(at)
        self._headings = {heading.name: heading for heading in known(resource).values()}

    def of(self, cells: Sequence[Cell], field: str) -> Subject:
        """What a row says in a field."""
        beside = self.named(cells, PLACE) if field == PERSON.name else ""
        return Subject(field, _line(cells, self.places(field)), beside)

    def named(self, cells: Sequence[Cell], field: str) -> str:
        """What a row says in a field, without the id beside it."""
        return _line(cells, self._at.get(field, []))

    def places(self, field: str) -> list[int]:
        """Where a field stands in the list: a name can take three columns, and an id one more."""
        return [*self._at.get(field, ()), *self._ids.get(field, ())]

    def heading(self, field: str) -> Heading:
        """The heading of a field."""
        return self._headings[field]


class Remedy:
    """The decisions about one list, as its rows need them."""

    def __init__(self, cures: Cures, subjects: Subjects, zone: tzinfo) -> None:
        self._cures = cures
        self._subjects = subjects
        self._zone = zone
        self._fields = {subject.field for subject in cures}

    def of(self, line: Line) -> dict[str, Cure]:
        """The decisions about a row, by field."""
        subjects = {field: self._subjects.of(line.cells, field) for field in self._fields}
        return {field: self._cures[it] for field, it in subjects.items() if it in self._cures}

    def replaced(self, cures: Mapping[str, Cure]) -> Iterator[int]:
        """The cells that are not read, because something is read in their place."""
        for field, cure in cures.items():
            if cure.kind != CureKind.NEWCOMER:
                yield from self._subjects.places(field)

    def apply(self, line: Line, cures: Mapping[str, Cure], columns: Sequence[Column]) -> None:
        """Carry out the decisions about a row whose other cells are read."""
        by_name = {column.heading.name: column for column in columns}
        for field, (kind, value) in cures.items():
            if kind == CureKind.LEAVE_OUT:
                line.refuse(LEFT_OUT, self._subjects.heading(field).title)
            elif kind == CureKind.NEWCOMER:
                line.is_newcomer = True
            else:
                self._read(line, field, value, by_name.get(field))

    def _read(self, line: Line, field: str, value: str, column: Column | None) -> None:
        heading = self._subjects.heading(field)
        reads = column.reads if column else reader(heading, self._zone)
        read(line, [Column(0, heading, lambda _: reads(value))])


def field_of(heading: Heading) -> str:
    """The field that a decision about a column is about: several columns can tell a person."""
    is_persons_id = heading.of is not None and heading.of.name == TEACHER
    return PERSON.name if is_persons_id or heading.name in NAMES else heading.base.name


def _line(cells: Sequence[Cell], places: Sequence[int]) -> str:
    texts = (_spoken(cells[at]) for at in places if at < len(cells))
    return " ".join(" ".join(texts).split())


def _spoken(cell: Cell) -> str:
    return text(cell) if isinstance(cell, date | float) else str(cell or "")
