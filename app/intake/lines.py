"""Lines: the rows of a list on their way to records, each with what was found in it."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import Any, NamedTuple

from pydantic_core import PydanticCustomError

from app.findings import FAULTS, Fault
from app.intake.cells import Cell, Noted, as_id, reader
from app.intake.codes import RowOutcome
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
    """Something about a row: what, in which column, with which values that are nobody's secret."""

    fault: Fault
    column: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Line:
    """One row."""

    number: int
    cells: Sequence[Cell]
    said: dict[str, Any] = field(default_factory=dict)
    """By field, what the cells say; ids where texts have been understood."""
    outcome: RowOutcome | None = None
    errors: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()
    infos: tuple[Remark, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    draft: Draft | None = None
    defaults: Mapping[str, object] = field(default_factory=dict)
    """What holds of a new record where the row says nothing."""

    @property
    def is_open(self) -> bool:
        """Whether it may still become a record."""
        return self.outcome is None

    @property
    def names_record(self) -> bool:
        """Whether it says by id or key which record it is about, so that little else is needed."""
        return bool(self.said.get("id") or self.said.get("source_key"))

    def holds(self, name: str) -> bool:
        """Whether a row of a known record keeps to ids: then the store itself looks at them.

        A record may hold what its reader does not see any more, such as an erased teacher.
        """
        return bool(self.said.get("id")) and as_id(self.said.get(name)) is not None

    @property
    def day(self) -> date | None:
        """The first day that it says something of, whatever its field is called."""
        text = next(filter(None, map(self.said.get, _FIRST_DAYS)), None)
        return date.fromisoformat(text) if text else None

    @property
    def id(self) -> uuid.UUID | None:
        """The record that it became."""
        return self.draft.id if self.draft else None

    def refuse(self, fault: Fault, column: str | None = None, **values: object) -> None:
        """Give the row up; that a cell is empty is no news where it could not be read."""
        if fault is not EMPTY_CELL or column not in {each.column for each in self.errors}:
            self.errors += (Remark(fault, column, values),)
        self.outcome = RowOutcome.REJECTED


def read(line: Line, columns: Iterable["Column"]) -> None:
    """Read the cells of a row, each by what its column holds."""
    for at, heading, reads in columns:
        try:
            said = reads(line.cells[at])
            if isinstance(said, Noted):
                line.infos += (Remark(said.about, heading.title),)
                said = said.value
            line.said[heading.name] = said
        except PydanticCustomError as error:
            line.refuse(FAULTS[error.type], heading.title, **(error.context or {}))
        except Unreadable:
            line.refuse(UNREADABLE, heading.title)


class Column(NamedTuple):
    """A column that is read."""

    at: int
    """Its place in the list."""
    heading: Heading
    reads: Callable[[Cell], object]


def columns_of(layout: Layout, zone: tzinfo) -> list[Column]:
    """The columns that are read; `zone` decides the day of an instant."""
    return [Column(at, each, reader(each, zone)) for at, each in enumerate(layout.columns) if each]
