"""Sheets: pages of a workbook that are printed as they are, one wide and with all their text."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import IO, Final, NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from app.documents.paper import Orientation, Paper
from app.documents.rendering.layout import heading_of, marks
from app.documents.rendering.numbers import Figure
from app.documents.rendering.widths import PAGE, SIZE, wrapped
from app.documents.wording import clean
from app.rest.workbooks import OPTIONS, unmarked
from app.store.escape import SIGNS

FACE = "Times New Roman"
WIDTH = PAGE[Orientation.LANDSCAPE]
"""Millimetres between the margins: every sheet is landscape."""
Look = Mapping[str, str | int | bool]
"""Properties of a cell's format."""
PLAIN: Look = MappingProxyType({})
BOLD: Look = MappingProxyType({"bold": True})

_A4 = 9
_NAME = 31
"""UTF-16 units of a sheet's name that Excel takes."""
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\\n", " "))
_CLAUSE = re.compile(r"\s*\(п\.[^)]*\)")
_PIXELS = 1.1 * 96 / 25.4
"""Pixels of a millimetre; programs make columns narrower by the digits of Times New Roman."""
_LEADING = 1.27
"""The height of a line in sizes of its letters."""
_GENEROUS = 1.15
"""Programs break lines a little earlier than the advances say, and fit no height themselves."""
_MOST_LINES: Final = 30
"""Lines of a row: Excel shows no row higher than 409 points."""
_PAGE = 170 / 25.4 * 72
"""Points of rows that a page holds in any case: the whole is printed smaller, never larger."""
_BLANK = 13.0
"""Points of a blank row."""
_STRIPS = 6
"""Columns of a sheet of text: LibreOffice does not print a single one smaller than it is."""
_PADDING = 4.0
"""Points of a row above and below its text."""
_HEADER = 255
"""Characters of a page's header or footer at most."""


class Piece(NamedTuple):
    """A text or a number in its columns."""

    text: str
    look: Look = PLAIN
    column: int = 0
    span: int = 1
    figure: Figure | None = None


class Sheet:
    """A page of a workbook, written from top to bottom."""

    def __init__(self, book: "Sheets", page: Worksheet, widths: Sequence[float]) -> None:
        self._book = book
        self.page = page
        self._widths = widths or [WIDTH / _STRIPS] * _STRIPS
        self._rows: list[float] = []
        self._repeated = 0.0
        self._holding: set[int] = set()
        for column, width in enumerate(self._widths):
            page.set_column_pixels(column, column, round(width * _PIXELS))

    @property
    def row(self) -> int:
        """The number of the next row, from 0."""
        return len(self._rows)

    def skip(self) -> None:
        """Leave a row blank."""
        self._rows.append(_BLANK)

    def write(self, text: str, look: Look = PLAIN) -> None:
        """Write a paragraph over all columns."""
        self.write_row([Piece(text, look, 0, len(self._widths))])

    def hold(self) -> None:
        """Keep the last row on the page of the next."""
        self._holding.add(self.row - 1)

    def repeat(self, first: int) -> None:
        """Print the rows from `first` to the last one on every page."""
        self.page.repeat_rows(first, self.row - 1)
        self._repeated = sum(self._rows[first:])

    def write_row(self, pieces: Sequence[Piece], least: float = 0) -> None:
        """Write a row, at least that many points high; what it cannot show goes on in the next."""
        parts = [self._parts(piece) for piece in pieces]
        for number in range(max(map(len, parts))):
            highest = 0.0
            for piece, own in zip(pieces, parts, strict=True):
                lines = own[number] if number < len(own) else []
                self._put(piece, "".join(lines), is_first=number == 0)
                highest = max(highest, len(lines) * _size(piece.look) * _LEADING)
            points = max(least, highest + _PADDING)
            self.page.set_row(self.row, points)
            self._rows.append(points)

    def break_pages(self) -> None:
        """End each page where no row is kept with the next."""
        breaks, opened, filled = list[int](), 0, 0.0
        for row, points in enumerate(self._rows):
            if filled + points > _PAGE and row > opened:
                opened = self._opening(opened, row)
                breaks.append(opened)
                filled = self._repeated + sum(self._rows[opened:row])
            filled += points
        self.page.set_h_pagebreaks(breaks)

    def _opening(self, opened: int, row: int) -> int:
        """The row that opens the next page, on which `row` has its place."""
        free = (each for each in range(row, opened, -1) if each - 1 not in self._holding)
        return next(free, row)

    def _parts(self, piece: Piece) -> list[list[str]]:
        """The lines of a piece, as many at once as a row can show."""
        width = sum(self._widths[piece.column : piece.column + piece.span]) / _GENEROUS
        lines = wrapped(piece.text, width, _size(piece.look))
        return [lines[start : start + _MOST_LINES] for start in range(0, len(lines), _MOST_LINES)]

    def _put(self, piece: Piece, part: str, *, is_first: bool) -> None:
        row, column, figure = self.row, piece.column, piece.figure if is_first else None
        text = part.removesuffix("\n") if is_first else part.removesuffix("\n").removeprefix(" ")
        look = self._book.format(piece.look, text, figure)
        if piece.span > 1:
            self.page.merge_range(row, column, row, column + piece.span - 1, "", look)
        if figure is None:
            self.page.write_string(row, column, unmarked(text), look)
        elif isinstance(figure.value, float):
            self.page.write_number(row, column, figure.value, look)
        else:
            self.page.write_datetime(row, column, figure.value, look)


class Sheets:
    """A workbook of such pages; it writes the same bytes at any time."""

    def __init__(self, file: IO[bytes], paper: Paper) -> None:
        font = {"font_name": FACE, "font_size": SIZE}
        self._book = Workbook(
            file, {**OPTIONS, "in_memory": True, "default_format_properties": font}
        )
        self._formats: dict[frozenset[tuple[str, str | int | bool]], Format] = {}
        self._names: set[str] = set()
        self._sheets: list[Sheet] = []
        self._marks = marks(paper)
        self._footer = clean(paper["requisites"]["footer"] or "")
        self._set_properties(paper)

    def close(self) -> None:
        """Write the file."""
        for sheet in self._sheets:
            sheet.break_pages()
        self._book.close()

    def sheet(self, title: str, widths: Sequence[float]) -> Sheet:
        """A new page with columns that wide, in millimetres."""
        page = self._book.add_worksheet(self._name(title))
        page.set_paper(_A4)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.set_margins(left=20 / 25.4, right=10 / 25.4, top=20 / 25.4, bottom=20 / 25.4)
        page.hide_gridlines(2)
        is_first = len(self._names) == 1
        page.set_header(_margin("&L", self._marks) + ("" if is_first else "&C&P"))
        page.set_footer(_margin("&C", self._footer))
        self._sheets.append(Sheet(self, page, widths))
        return self._sheets[-1]

    def format(self, look: Look, text: str, figure: Figure | None) -> Format:
        """The format of a cell; one that begins like a formula stays a text when it is edited."""
        made: dict[str, str | int | bool] = {"text_wrap": True, "valign": "top", **look}
        if figure:
            made["num_format"] = figure.pattern
        elif text.startswith(tuple(SIGNS)):
            made["quote_prefix"] = True
        key = frozenset(made.items())
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"font_name": FACE, **made})
        return self._formats[key]

    def _name(self, title: str) -> str:
        """A name for a sheet that Excel takes and no other sheet has."""
        plain = _CLAUSE.sub("", clean(title)).translate(_FORBIDDEN)
        name = _short(" ".join(plain.split()), "") or "Лист"
        number = 1
        while name.casefold() in self._names:
            number += 1
            name = _short(plain, f" ({number})")
        self._names.add(name.casefold())
        return name

    def _set_properties(self, paper: Paper) -> None:
        requisites = paper["requisites"]
        self._book.set_properties(
            {
                "title": heading_of(paper)[:_HEADER],
                "author": clean(requisites["organization"] or "")[:_HEADER],
                "created": datetime.fromisoformat(requisites["as_of"]),
            }
        )


def _short(name: str, end: str) -> str:
    units = name.encode("utf-16-le")[: 2 * (_NAME - len(end))]
    # Excel refuses an apostrophe at either side.
    return f"{units.decode('utf-16-le', 'ignore').strip(chr(39) + ' ')}{end}"


def _margin(place: str, text: str) -> str:
    """A text of a page's header or footer, where & is a command."""
    doubled = text.replace("&", "&&").replace("\n", " ")
    return f"{place}{doubled[: _HEADER - 10]}" if text else ""


def _size(look: Look) -> float:
    return float(look.get("font_size", SIZE))
