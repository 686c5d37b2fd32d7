"""Workbooks: writes XLSX files with headings that stay in view."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Self

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

MOST = 1_048_575
"""Rows of a sheet below its headings at most."""
_LONGEST = 32_767
"""Characters of an Excel cell at most."""
_NARROWEST, _WIDEST = 12, 40
_NAME = 31
"""Characters of a sheet's name that Excel takes."""

_PLAIN: Mapping[str, object] = {}

OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Options of XlsxWriter: a text must never become a formula or a link."""


def unmarked(text: str) -> str:
    """A text that XlsxWriter does not take for markup of its own.

    What stands between `<r>` and `</r>` it writes into the file unescaped (3.3.1).
    """
    is_markup = text.startswith("<r>") and text.endswith("</r>")
    return f"{text[: _LONGEST - 1]} " if is_markup else text


class Book:
    """A workbook written to a file; with `flat`, rows are written in order and not kept."""

    def __init__(
        self, file: IO[bytes], *, flat: bool = False, look: Mapping[str, object] = _PLAIN
    ) -> None:
        """`look` has the properties of every cell below the headings."""
        self._book = xlsxwriter.Workbook(file, {**OPTIONS, "constant_memory": flat})
        self._cell = self.style(**look) if look else None
        # Numbers and days keep their distance from the text in the next column.
        tight = {"align": "right", "indent": 1, "text_wrap": False}
        self._number = {**look, **tight} if look else look
        aside = {"align": "left"} if look else {}
        self._day = self.style(**{**look, **aside, "num_format": "dd.mm.yyyy"})
        self._places: dict[int, Format] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()

    def style(self, **properties: object) -> Format:
        """A cell format."""
        return self._book.add_format(properties)

    def page(self, name: str) -> Worksheet:
        """An empty sheet."""
        return self._book.add_worksheet(name[:_NAME])

    def sheet(
        self,
        name: str,
        titles: Sequence[str],
        styles: Sequence[Format] = (),
        widths: Sequence[int] = (),
    ) -> Worksheet:
        """A sheet with headings; columns are as wide as these, and at least `widths` characters."""
        page = self.page(name)
        bold = self.style(bold=True, text_wrap=True, valign="top")
        for column, title in enumerate(titles):
            least = widths[column] if widths else _NARROWEST
            page.set_column(column, column, min(max(len(title) + 4, least), _WIDEST))
        for column, title in enumerate(titles):
            page.write_string(0, column, title, styles[column] if styles else bold)
        page.freeze_panes(1, 0)
        return page

    def fill(
        self,
        page: Worksheet,
        rows: Iterable[Sequence[str | int | float | Decimal | date | None]],
        first: int = 1,
    ) -> int:
        """Write rows from the row `first` on, counted from 0; returns how many there were."""
        count = 0
        for count, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                self._put(page, first + count - 1, column, cell)
        return count

    def offer(self, page: Worksheet, choices: Sequence[Sequence[str]], last: int) -> None:
        """Offer drop-down lists in the cells of columns, down to the last row.

        The texts stand in a hidden sheet: a list inside the cell is limited to 255 characters.
        """
        lists = self._book.add_worksheet("Списки")
        lists.hide()
        for column, texts in enumerate(choices):
            lists.write_column(0, column, map(unmarked, texts))
            if texts:
                end = xl_rowcol_to_cell(len(texts) - 1, column, row_abs=True, col_abs=True)
                start = xl_rowcol_to_cell(0, column, row_abs=True, col_abs=True)
                # Other values are allowed too: several of the texts, or one in other words.
                source = {"validate": "list", "source": f"='Списки'!{start}:{end}"}
                page.data_validation(1, column, last, column, {**source, "show_error": False})

    def _put(
        self, page: Worksheet, row: int, column: int, cell: str | float | Decimal | date | None
    ) -> None:
        if isinstance(cell, str):
            # A longer text, such as hundreds of parts, is cut and cannot be uploaded again.
            page.write_string(row, column, unmarked(cell[:_LONGEST]), self._cell)
        elif isinstance(cell, date):
            moment = cell if isinstance(cell, datetime) else datetime.combine(cell, time())
            page.write_datetime(row, column, moment, self._day)
        elif cell is None and self._cell:
            page.write_blank(row, column, None, self._cell)
        elif cell is not None:
            page.write_number(row, column, float(cell), self._places_of(cell))

    def _places_of(self, number: float | Decimal) -> Format:
        """The format that shows as many places as a decimal has: money ends in kopecks."""
        exponent = number.as_tuple().exponent if isinstance(number, Decimal) else 0
        places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        if places not in self._places:
            form = {"num_format": f"0.{'0' * places}"} if places else {}
            self._places[places] = self.style(**self._number, **form)
        return self._places[places]
