"""Paper: a table as a workbook that can be printed as it is.

A4 in landscape, as wide as one page, with a title, wrapped texts, and headings on every page.
"""

import math
import re
import textwrap
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import IO

from xlsxwriter.worksheet import Worksheet

from app.rest.workbooks import Book, unmarked

Cell = str | int | Decimal | date | None

A4 = 9
MARGIN = 0.4
"""Inches."""

WIDTH = 132
"""Characters of a line on A4 in landscape; a wider table is printed smaller."""

WIDEST = 60
"""Characters of a column at most; a longer text is wrapped."""

NARROWEST = 6

HEADS = 2
"""The row of the headings, below the title and what the table is about."""

BOLD = 1.15
"""How much wider bold letters are."""

FULL = 0.9
"""How much of a line is filled before a letter wider than a digit breaks it."""

LINE, TALLEST = 14.5, 409
"""Points of a line of text, and of a row at most."""

_NO_GROUPS: Mapping[int, str] = MappingProxyType({})
_LOOK = {"text_wrap": True, "valign": "top", "border": 1}
_HEADING = {**_LOOK, "bold": True, "bg_color": "#E7E6E6"}
_HEADS = ({"bold": True, "font_size": 14}, {"font_size": 11})


def print_out(
    file: IO[bytes],
    heads: tuple[str, str],
    headings: Sequence[str],
    lines: Sequence[Sequence[Cell]],
    groups: Mapping[int, str] = _NO_GROUPS,
) -> None:
    """Write a table; `heads` are its title, and what it is about.

    `groups` are headings inside of it, by the number of the line below.
    """
    widths = _widths(headings, lines)
    with Book(file, look=_LOOK) as book:
        # A sheet's name takes no colon and no slash, so it is the first word alone.
        page = book.page(re.split(r"\W", heads[0], maxsplit=1)[0])
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
        for row, (text, look) in enumerate(zip(heads, _HEADS, strict=True)):
            _put_head(book, page, row, (text, look), widths)
        style = book.style(**_HEADING)
        for column, heading in enumerate(headings):
            page.write_string(HEADS, column, heading, style)
        rows, headed = _grouped(lines, groups, len(headings))
        last = HEADS + book.fill(page, rows, HEADS + 1)
        _put_groups(book, page, {HEADS + 1 + row: rows[row] for row in headed})
        heights = [_height(headings, [int(width / BOLD) for width in widths])]
        heights += [
            LINE if row in headed else _height(line, widths) for row, line in enumerate(rows)
        ]
        for row, height in enumerate(heights, HEADS):
            page.set_row(row, height)
        # How many rows a page holds is known to the printer alone: a heading that opens one is
        # never left at the foot of another.
        page.set_h_pagebreaks([HEADS + 1 + row for row in sorted(headed)[1:]])
        page.autofilter(HEADS, 0, last, len(headings) - 1)
        page.freeze_panes(HEADS + 1, 0)
        _lay_out(page, last, len(headings) - 1)


def _grouped(
    lines: Sequence[Sequence[Cell]], groups: Mapping[int, str], columns: int
) -> tuple[list[Sequence[Cell]], set[int]]:
    """The lines with the headings of their groups between them, and which of them are headings."""
    rows: list[Sequence[Cell]] = []
    headed = set[int]()
    for number, line in enumerate(lines):
        if number in groups:
            headed.add(len(rows))
            rows.append([groups[number], *[None] * (columns - 1)])
        rows.append(line)
    return rows, headed


def _put_groups(book: Book, page: Worksheet, rows: Mapping[int, Sequence[Cell]]) -> None:
    """Headings across all columns; merged cells could not be sorted."""
    style = book.style(bold=True, border=1, align="center_across")
    for row, cells in rows.items():
        page.write_string(row, 0, unmarked(str(cells[0])), style)
        for column in range(1, len(cells)):
            page.write_blank(row, column, None, style)


def _lay_out(page: Worksheet, last_row: int, last_column: int) -> None:
    page.set_landscape()
    page.set_paper(A4)
    page.set_margins(MARGIN, MARGIN, MARGIN, 2 * MARGIN)
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEADS)
    page.print_area(0, 0, last_row, last_column)
    page.set_footer("&CСтраница &P из &N")


def _put_head(
    book: Book,
    page: Worksheet,
    row: int,
    head: tuple[str, Mapping[str, object]],
    widths: Sequence[int],
) -> None:
    """A text over all columns; no program finds the height of merged cells by itself."""
    text, look = head
    style = book.style(**look, text_wrap=True, valign="top")
    lines = math.ceil(len(text) * BOLD * style.font_size / 11 / sum(widths))
    page.set_row(row, 1.5 * style.font_size * max(1, lines))
    if len(widths) > 1:
        page.merge_range(row, 0, row, len(widths) - 1, "", style)
    page.write_string(row, 0, unmarked(text), style)


def _widths(headings: Sequence[str], lines: Sequence[Sequence[Cell]]) -> list[int]:
    """The width of each column: of its longest text, and never narrower than its longest word."""
    columns = [
        [heading, *map(_text, cells)]
        for heading, cells in zip(headings, _columns(lines, len(headings)), strict=True)
    ]
    words = [max(map(_longest_word, texts)) for texts in columns]
    wanted = [min(max(map(len, texts)), WIDEST) for texts in columns]
    spare = max(0, WIDTH - sum(words))
    above = sum(max(0, full - word) for full, word in zip(wanted, words, strict=True))
    part = min(1.0, spare / above) if above else 1.0
    return [
        max(NARROWEST, 2 + word + int(part * max(0, full - word)))
        for full, word in zip(wanted, words, strict=True)
    ]


def _height(line: Sequence[Cell], widths: Sequence[int]) -> float:
    """The points that a row's wrapped texts need: LibreOffice does not find them by itself."""
    counts = [_lines(_text(cell), width) for cell, width in zip(line, widths, strict=True)]
    return min(TALLEST, LINE * max(counts))


def _lines(text: str, width: int) -> int:
    return 1 if len(text) < width else len(textwrap.wrap(text, int(width * FULL) or 1))


def _columns(lines: Sequence[Sequence[Cell]], count: int) -> list[list[Cell]]:
    return [[line[at] for line in lines] for at in range(count)]


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _longest_word(text: str) -> int:
    return min(max(map(len, text.split()), default=0), WIDEST // 2)
