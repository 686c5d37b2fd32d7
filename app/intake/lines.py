"""Lines: the rows of a list while they become records, with their findings."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import Any, NamedTuple

from pydantic_core import PydanticCustomError

from app.findings import FAULTS, Fault
from app.intake.cells import Cell, Noted, as_id, reader
from app.intake.codes import RowOutcome
from app.intake.columns import PERSON, TEACHER
from app.intake.documents import Candidate
from app.intake.faults import EMPTY_CELL
from app.intake.layout import Layout
from app.model.drafts import Draft
from app.model.faults import UNREADABLE
from app.model.headings import Heading
from app.model.text import Unreadable

_FIRST_DAYS = ("participated_on", "observed_on", "valid_from", "start_date", "window_start")


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding about a row: its fault, its column, and values without personal data."""

    fault: Fault
    column: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    part: tuple[str, int] | None = None
    """The part concerned: its list, and its place in the list."""


@dataclass(slots=True)
class Line:
    """One row of a list."""

    number: int
    cells: Sequence[Cell]
    fields: dict[str, Any] = field(default_factory=dict)
    """Values by field; texts are replaced by ids once they are understood."""
    outcome: RowOutcome | None = None
    errors: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()
    infos: tuple[Remark, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    draft: Draft | None = None
    defaults: Mapping[str, object] = field(default_factory=dict)
    """Values of a new record for fields that the row leaves empty."""
    head: "Line | None" = None
    """The first row of the same record, if this is a further one (see `parts`)."""
    rows: Sequence["Line"] = ()
    """The further rows of the same record."""
    parts: Mapping[str, Sequence["Line"]] = field(default_factory=dict)
    """For each list of parts, the rows of its parts in order."""
    is_newcomer: bool = False
    """Whether the uploader says that its person is none of those who are known."""
    beside: dict[str, str] = field(default_factory=dict)
    """By field: the names that stand beside ids and must mean the same records (`twofold`)."""

    @property
    def is_open(self) -> bool:
        """Whether the row may still become a record."""
        return self.outcome is None

    @property
    def named_id(self) -> uuid.UUID | None:
        """The id by which the row names its record, if it gives one."""
        return as_id(self.fields.get("id"))

    @property
    def names_record(self) -> bool:
        """Whether the row names its record by id or key, and so may leave other fields out."""
        return bool(self.fields.get("id") or self.fields.get("source_key"))

    def holds(self, name: str) -> bool:
        """Whether a row that names its record gives an id in this field, which the store checks.

        The record may refer to something its reader cannot see any more, such as an erased teacher.
        """
        return bool(self.fields.get("id")) and as_id(self.fields.get(name)) is not None

    @property
    def day(self) -> date | None:
        """The first day in the row, whichever field it is in."""
        text = next(filter(None, map(self.fields.get, _FIRST_DAYS)), None)
        return date.fromisoformat(text) if text else None

    def day_of(self, part: str) -> date | None:
        """The first day of the part in the row, else the first day of its record."""
        days = (self.fields.get(f"{part}.{name}") for name in _FIRST_DAYS) if part else iter(())
        text = next(filter(None, days), None)
        return date.fromisoformat(text) if text else (self.head or self).day

    @property
    def id(self) -> uuid.UUID | None:
        """The id of the record that the row became."""
        return self.draft.id if self.draft else None

    def refuse(self, fault: Fault, column: str | None = None, **values: object) -> None:
        """Refuse the row; an empty-cell fault is dropped if the column has another one."""
        if fault is not EMPTY_CELL or column not in {error.column for error in self.errors}:
            self.errors += (Remark(fault, column, values),)
        self.outcome = RowOutcome.REJECTED

    def row_of(self, remark: Remark) -> "Line":
        """The row that holds the part of a remark, else this one."""
        name, place = remark.part or ("", 0)
        rows = self.parts.get(name, ())
        return rows[place] if place < len(rows) else self

    def reject(self, remark: Remark) -> None:
        """Refuse the record; the remark goes to the row of the part that it concerns."""
        self.row_of(remark).refuse(remark.fault, remark.column, **remark.values)
        self.outcome = RowOutcome.REJECTED


def read(line: Line, columns: Iterable["Column"]) -> None:
    """Read the cells of a row into its fields."""
    for at, heading, reads in columns:
        try:
            value = reads(line.cells[at])
            if isinstance(value, Noted):
                line.infos += (Remark(value.about, heading.title),)
                value = value.value
            line.fields[heading.name] = value
        except PydanticCustomError as error:
            line.refuse(FAULTS[error.type], heading.title, **(error.context or {}))
        except Unreadable:
            line.refuse(UNREADABLE, heading.title)


def join_ids(line: Line, columns: Iterable[Heading]) -> None:
    """Let the ids beside names be the values of their fields; the names stay in `beside`."""
    fields = line.fields
    for heading in columns:
        if heading.of is None:
            continue
        name, key = heading.of.name, fields.pop(heading.name, None)
        # Of a person the names are read apart, but their column may hold an id too.
        is_id = name == TEACHER and as_id(fields.get(PERSON.name)) is not None
        if key:
            text = fields.pop(PERSON.name if is_id else name, None)
            if text and text != key:
                line.beside[name] = text
            fields[name] = key
        elif name != TEACHER:
            fields.setdefault(name, None)


class Column(NamedTuple):
    """A column that is read."""

    at: int
    """Its position in the list."""
    heading: Heading
    reads: Callable[[Cell], object]

    def is_read(self, cells: Sequence[Cell]) -> bool:
        """Whether a row has a cell here that can be read."""
        try:
            return self.reads(cells[self.at]) is not None
        except PydanticCustomError:
            return False


def columns_of(layout: Layout, zone: tzinfo) -> list[Column]:
    """The columns that are read; `zone` decides the day of an instant."""
    return [
        Column(at, heading, reader(heading, zone))
        for at, heading in enumerate(layout.columns)
        if heading
    ]
