"""Numbers: the values of a paper as a spreadsheet program counts with them."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from app.documents.paper import Cell, ColumnKind

_FIRST_YEAR = 1901
"""Excel knows no earlier days, and takes 1900 for a leap year."""
_GROUPED = "#,##0"


class Figure(NamedTuple):
    """A number or a day, and the pattern that shows it."""

    value: float | datetime
    pattern: str


def figure(kind: ColumnKind, cell: Cell) -> Figure | None:
    """The number of a cell; None: it is a text, or a number that would be rounded."""
    if isinstance(cell, int):
        return _exact(Decimal(cell), _GROUPED)
    if isinstance(cell, dict) and "percent" in cell:
        return _percent(cell["percent"])
    if not isinstance(cell, str) or not cell:
        return None
    match kind:
        case ColumnKind.DATE:
            return _day(cell)
        case ColumnKind.MONEY:
            return _exact(Decimal(cell), f"{_GROUPED}.00")
        case ColumnKind.NUMBER:
            return _exact(Decimal(cell), _places(_GROUPED, Decimal(cell)))
        case ColumnKind.PERCENT:
            return _percent(cell)
        case _:
            return None


def _percent(text: str) -> Figure | None:
    value = Decimal(text)
    return _exact(value.scaleb(-2), f"{_places('0', value)}%")


def _exact(value: Decimal, pattern: str) -> Figure | None:
    # A spreadsheet program keeps fifteen digits and cuts the others.
    kept = float(f"{value:.15g}")
    return Figure(kept, pattern) if Decimal(str(kept)) == value else None


def _places(pattern: str, value: Decimal) -> str:
    exponent = value.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 0
    return f"{pattern}.{'0' * places}" if places > 0 else pattern


def _day(iso: str) -> Figure | None:
    moment = datetime.fromisoformat(iso)
    return Figure(moment, "dd.mm.yyyy") if moment.year >= _FIRST_YEAR else None
