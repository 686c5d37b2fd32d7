"""Tables: an answer as rows of cells, for CSV and XLSX."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from app.indicators.sheets import Line
from app.rest.paper import Cell


class Table(NamedTuple):
    """A table with its headings."""

    title: str
    headings: Sequence[str]
    lines: Sequence[Line]
    span: str = ""
    """Which days it is about, if not the one for which it is counted."""


def day(text: str | None) -> Cell:
    """A day as a cell."""
    return date.fromisoformat(text) if text else None
