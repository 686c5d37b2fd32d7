"""Tables: an answer as rows of cells, for CSV and XLSX."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

Cell = str | date | None
Line = list[Cell]


class Table(NamedTuple):
    """A table with its headings."""

    title: str
    headings: Sequence[str]
    lines: Sequence[Line]


def number(value: int | None) -> str | None:
    """A number as a cell; empty where it is not known."""
    return None if value is None else str(value)


def day(text: str | None) -> Cell:
    """A day as a cell."""
    return date.fromisoformat(text) if text else None
