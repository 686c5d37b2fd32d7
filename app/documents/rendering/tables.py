"""Tables: the table of a section with everything in its place, the same in every format."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple

from app.documents.paper import Cell, ColumnKind, Row, RowKind, Section
from app.documents.rendering.widths import height, widths
from app.documents.wording import clean, printed

Align = Literal["left", "center", "right"]

_ALIGNED: Mapping[ColumnKind, Align] = MappingProxyType(
    {
        ColumnKind.TEXT: "left",
        ColumnKind.INDEX: "center",
        ColumnKind.DATE: "center",
        ColumnKind.PERIOD: "center",
        ColumnKind.INTEGER: "right",
        ColumnKind.NUMBER: "right",
        ColumnKind.MONEY: "right",
        ColumnKind.PERCENT: "right",
        ColumnKind.SIGNATURE: "left",
    }
)
SIGNED_MM = 9.0
"""Millimetres of a row that is signed: a hand needs them."""
_TALL = 20
"""Lines of a cell from which its row may be broken over pages."""


class Place(NamedTuple):
    """A cell in its columns: the value, and its text line by line."""

    kind: ColumnKind
    value: Cell
    lines: list[str]
    column: int
    span: int
    align: Align
    above: Sequence[str] = ()
    """The lines of the cell above, if this one is blank because it continues that."""


class Line(NamedTuple):
    """A row of places; a tall one may be broken over pages."""

    kind: RowKind
    places: list[Place]
    height: int
    """Lines of its highest cell."""
    is_signed: bool
    """Whether somebody signs in it by hand, for which it is `SIGNED_MM` high."""
    held: int = 1
    """It and the rows below that continue it stay on one page; 0: it is one of those."""
    continued: int = 0
    """Its first cells that all these rows share."""
    goes_on: bool = False
    """Whether the row below is one of those."""

    @property
    def is_tall(self) -> bool:
        """Whether it may be broken over pages."""
        return self.height > _TALL


class Table(NamedTuple):
    """A table; the widths of its columns are in millimetres."""

    titles: list[str]
    widths: list[float]
    lines: list[Line]


def table(section: Section, page: float) -> Table:
    """The table of a section on a page of that many millimetres between its margins."""
    columns = section["columns"]
    kinds = [column["kind"] for column in columns]
    titles = [clean(column["title"]) for column in columns]
    rows = [(row["kind"], _places(kinds, row)) for row in section["rows"]]
    texts = [[place.lines for place in places] for _, places in rows if len(places) == len(columns)]
    millimetres = widths(titles, texts, [column["width"] for column in columns], page)
    lines = [
        Line(kind, places, _height(places, millimetres), _is_signed(kind, places))
        for kind, places in rows
    ]
    return Table(titles, millimetres, lines)


def width_of(place: Place, widths: Sequence[float]) -> float:
    """The millimetres of the columns that a cell takes."""
    return sum(widths[place.column : place.column + place.span])


def _places(kinds: Sequence[ColumnKind], row: Row) -> list[Place]:
    cells = row["cells"]
    if row["kind"] == RowKind.HEADING:
        return [_place(ColumnKind.TEXT, cells[0], 0, len(kinds))._replace(align="center")]
    if row["kind"] == RowKind.SPAN:
        return [
            _place(ColumnKind.INDEX, cells[0], 0, 1),
            _place(ColumnKind.TEXT, cells[1], 1, len(kinds) - 1),
        ]
    places = [
        _place(kind, cell, column, 1)
        for column, (kind, cell) in enumerate(zip(kinds, cells, strict=True))
    ]
    if row["kind"] == RowKind.TOTAL:
        return [one if one.value is not None else one._replace(lines=[""]) for one in places]
    return places


def _place(kind: ColumnKind, value: Cell, column: int, span: int) -> Place:
    return Place(kind, value, printed(kind, value), column, span, _ALIGNED[kind])


def _is_signed(kind: RowKind, places: Sequence[Place]) -> bool:
    signed = any(place.kind == ColumnKind.SIGNATURE for place in places)
    return signed and kind == RowKind.ROW


def _height(places: Sequence[Place], millimetres: Sequence[float]) -> int:
    return max((height(each.lines, width_of(each, millimetres)) for each in places), default=0)
