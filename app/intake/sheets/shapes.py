"""Shapes: the uploader's options for a file, and the sheet read from it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

from app.findings import Finding

Cell = str | int | float | bool | date | datetime | None
"""A CSV holds texts and None only. Times of the day and durations come as texts: 09:30, 36:00."""

Plain = str | int | float | bool | dict[str, str] | None
"""A cell as the process that reads a workbook tells it: a day is {"d": …}, a moment {"t": …}."""

Known = Callable[[str], bool]
"""Whether a text is a heading that the list's reader knows."""

MOST_ROWS = 200_000
"""Filled rows of one list at most."""
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""The size of a sheet in Excel."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The uploader's options for the file; each overrides what would be detected."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None


class Row(NamedTuple):
    """A row with its number in Excel; in a CSV the number of the record, without `sep=`.

    It has a cell for every heading; a longer row is filled to the right of the last heading.
    """

    number: int
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Facts:
    """How the file was read."""

    format: Literal["csv", "xlsx"]
    size: int
    """In bytes."""
    sha256: str
    header_row: int
    """The last row of the header."""
    encoding: str | None = None
    """`utf-8`, `utf-16`, `windows-1251` or `cp866`; None for XLSX."""
    delimiter: str | None = None
    sheet: str | None = None


class Rows:
    """Rows that can be iterated repeatedly."""

    def __init__(self, begun: Callable[[], Iterator[Row]]) -> None:
        self._begun = begun

    def __iter__(self) -> Iterator[Row]:
        return self._begun()


@dataclass
class Sheet:
    """An opened list: reading its rows raises nothing any more."""

    facts: Facts
    headings: list[str]
    """The cleaned headings, of two rows joined; "" for a column without one."""
    rows: Iterable[Row]
    """Each iteration begins with the first row; one iteration at a time."""
    infos: list[Finding] = field(default_factory=list)
    total: int = 0
    """How many rows follow the header, including empty ones in between."""
    above: Sequence[Row] = ()
    """Filled rows above the header."""
