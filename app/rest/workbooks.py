"""Workbooks: sheets with headings that stay in sight, as Excel shows them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import IO, Any, Self

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

MOST = 1_048_575
"""Rows of a sheet below its headings."""
_LONGEST = 32_767
"""Characters of a cell in Excel."""
_WIDEST = 40

# No text may become a formula or a link by itself.
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class Book:
    """A workbook that is written into a file; with `flat` each row is written once and for all."""

    def __init__(self, file: IO[bytes], *, flat: bool = False) -> None:
        self._book = xlsxwriter.Workbook(file, {**_OPTIONS, "constant_memory": flat})
        self._day = self._book.add_format({"num_format": "dd.mm.yyyy"})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()

    def style(self, **said: Any) -> Any:
        """A way to show cells."""
        return self._book.add_format(said)

    def sheet(self, name: str, titles: Sequence[str], styles: Sequence[Any] = ()) -> Any:
        """A sheet with its headings; how wide they are, its columns are too."""
        page = self._book.add_worksheet(name)
        bold = self.style(bold=True, text_wrap=True, valign="top")
        for column, title in enumerate(titles):
            page.set_column(column, column, min(max(len(title) + 4, 12), _WIDEST))
        for column, title in enumerate(titles):
            page.write_string(0, column, title, styles[column] if styles else bold)
        page.freeze_panes(1, 0)
        return page

    def fill(self, page: Any, rows: Iterable[Sequence[Any]]) -> int:
        """Put rows below the headings; how many there were comes back."""
        number = 0
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                self._put(page, number, column, cell)
        return number

    def offer(self, page: Any, offers: Sequence[Sequence[str]], last: int) -> None:
        """Offer texts to choose from in the cells of columns, down to the last row.

        They stand in a hidden sheet: in the page itself Excel allows 255 characters.
        """
        lists = self._book.add_worksheet("Списки")
        lists.hide()
        for column, texts in enumerate(offers):
            lists.write_column(0, column, texts)
            if texts:
                end = xl_rowcol_to_cell(len(texts) - 1, column, row_abs=True, col_abs=True)
                start = xl_rowcol_to_cell(0, column, row_abs=True, col_abs=True)
                # Several of them, or one in other words, may be written too.
                source = {"validate": "list", "source": f"='Списки'!{start}:{end}"}
                page.data_validation(1, column, last, column, {**source, "show_error": False})

    def _put(self, page: Any, row: int, column: int, cell: Any) -> None:
        if isinstance(cell, str):
            # What does not fit, a list of hundreds of parts, is cut and then cannot be read back.
            page.write_string(row, column, cell[:_LONGEST])
        elif isinstance(cell, date):
            page.write_datetime(row, column, cell, self._day)
        elif cell is not None:
            page.write_number(row, column, cell)
