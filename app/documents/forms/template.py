"""Template: replaces the placeholders of a workbook and repeats its rows, formulas and all."""

import re
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol

from openpyxl.cell import Cell, MergedCell
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Value = str | Decimal | date | None
_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_EACH = re.compile(r"each\s+(\w+)")
_REFERENCE = re.compile(r"(\$?[A-Z]{1,3})(\$?)(\d+)")


class Flaw(NamedTuple):
    """What is wrong with a cell: a code, the place, and the placeholder."""

    code: str
    place: str
    name: str


def flaws(book: Workbook, single: Mapping[str, Value], lists: Mapping[str, object]) -> list[Flaw]:
    """Everything that keeps a form from being filled."""
    return [flaw for page in book.worksheets for flaw in _flaws(page, single, lists)]


def fill(
    book: Workbook, single: Mapping[str, Value], lists: Mapping[str, list[Mapping[str, Value]]]
) -> None:
    """Fill a form that has no flaws."""
    for page in book.worksheets:
        # From below, so that the rows above keep their numbers.
        for number, name in reversed(list(_repeated(page))):
            rows = lists[name]
            if not rows:
                _clear(page, number)
            _insert(book, page, number, max(len(rows) - 1, 0))
            for at, fields in enumerate(rows):
                named = {f"{name}.{field}": value for field, value in fields.items()}
                _fill_row(page, number + at, {**single, **named})
        for row in range(1, page.max_row + 1):
            _fill_row(page, row, single)


def _flaws(
    page: Worksheet, single: Mapping[str, Value], lists: Mapping[str, object]
) -> Iterator[Flaw]:
    repeated = {number: name for number, name in _repeated(page) if name in lists}
    tall = {
        row
        for merged in page.merged_cells.ranges
        if merged.max_row > merged.min_row
        for row in range(merged.min_row, merged.max_row + 1)
    }
    for cell in _cells(page):
        place = f"{page.title}!{cell.coordinate}"
        for name in _PLACEHOLDER.findall(str(cell.value)):
            each = _EACH.fullmatch(name)
            own = repeated.get(cell.row)
            if cell.data_type == "f":
                yield Flaw("placeholder_in_formula", place, name)
            elif each and cell.row in tall:
                yield Flaw("repeated_row_is_merged", place, name)
            elif (each and each[1] not in lists) or (
                not each and name not in single and not (own and name.startswith(f"{own}."))
            ):
                yield Flaw("unknown_placeholder", place, name)


def _repeated(page: Worksheet) -> Iterator[tuple[int, str]]:
    """The rows that are repeated, with the list that each repeats; the first of a row counts."""
    seen = set()
    for cell in _cells(page):
        for name in _PLACEHOLDER.findall(str(cell.value)):
            if (each := _EACH.fullmatch(name)) and cell.row not in seen:
                seen.add(cell.row)
                yield cell.row, each[1]


def _cells(page: Worksheet) -> Iterator[Cell]:
    """The cells that hold text with a placeholder."""
    for row in page.iter_rows():
        for cell in row:
            if _is_text(cell) and "{{" in cell.value:
                yield cell


def _is_text(cell: Cell | MergedCell) -> bool:
    return not isinstance(cell, MergedCell) and isinstance(cell.value, str)


def _fill_row(page: Worksheet, number: int, values: Mapping[str, Value]) -> None:
    for cell in page[number]:
        if _is_text(cell) and "{{" in cell.value:
            _fill_cell(cell, values)


def _fill_cell(cell: Cell, values: Mapping[str, Value]) -> None:
    """A cell with one placeholder gets the value, any other the text."""
    text = _PLACEHOLDER.sub(lambda match: "" if _EACH.fullmatch(match[1]) else match[0], cell.value)
    alone = _PLACEHOLDER.fullmatch(text.strip())
    value = values.get(alone[1]) if alone else None
    if isinstance(value, Decimal):
        cell.value = float(value)
    elif isinstance(value, date):
        cell.value = value
        if cell.number_format == "General":
            cell.number_format = "dd.mm.yyyy"
    else:
        words = _PLACEHOLDER.sub(lambda match: spoken(values.get(match[1])), text)
        cell.value = words or None
        if words:
            # A text never becomes a formula, whatever it begins with.
            cell.data_type = "s"


def _clear(page: Worksheet, number: int) -> None:
    """Empty a row of which there is nothing to repeat: its numbers would be added below it."""
    for cell in page[number]:
        if not isinstance(cell, MergedCell):
            cell.value = None


def spoken(value: Value) -> str:
    """A value inside a text, as it is written in Russian."""
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else value or ""


def _insert(book: Workbook, page: Worksheet, number: int, more: int) -> None:
    """Insert copies of a row below it; what stands below moves, and formulas follow."""
    if not more:
        return
    heights = {row: each.height for row, each in page.row_dimensions.items() if row > number}
    width, last = page.max_column, page.max_row
    if last > number:
        page.move_range(f"A{number + 1}:{get_column_letter(width)}{last}", rows=more)
    for row, height in heights.items():
        page.row_dimensions[row + more].height = height
    for merged in list(page.merged_cells.ranges):
        if merged.min_row > number:
            merged.shift(row_shift=more)
    for other in book.worksheets:
        for cell in (cell for row in other.iter_rows() for cell in row):
            if cell.data_type == "f" and isinstance(cell.value, str):
                is_here = other is page
                cell.value = _moved(cell.value, page.title, number, more, is_here=is_here)
    _copy(page, number, more)


def _copy(page: Worksheet, number: int, more: int) -> None:
    """Copies of a row with its styles, its height, its merged cells and its formulas."""
    flat = [each for each in page.merged_cells.ranges if each.min_row == each.max_row == number]
    for at in range(number + 1, number + more + 1):
        page.row_dimensions[at].height = page.row_dimensions[number].height
        for cell in page[number]:
            if isinstance(cell, MergedCell):
                continue
            other = page.cell(at, cell.column)
            other._style = copy(cell._style)  # noqa: SLF001 - openpyxl has no other way
            other.value = cell.value
            if cell.data_type == "f" and isinstance(cell.value, str):
                other.value = _own(cell.value, number, at)
        for merged in flat:
            page.merge_cells(
                start_row=at,
                end_row=at,
                start_column=merged.min_col,
                end_column=merged.max_col,
            )


def _own(formula: str, number: int, at: int) -> str:
    """A formula of the repeated row in its copy: references to the row itself follow it."""

    def moved(reference: str, *, ends: bool) -> str:  # noqa: ARG001 - as of `_moved`
        return _REFERENCE.sub(
            lambda found: f"{found[1]}{at}" if _is(found, number) and not found[2] else found[0],
            reference,
        )

    return _rewritten(formula, lambda sheet: sheet is None, moved)


def _moved(formula: str, title: str, number: int, more: int, *, is_here: bool) -> str:
    """A formula after rows were inserted: what lies below moves, a range that ends there grows."""

    def moved(reference: str, *, ends: bool) -> str:
        def shifted(found: re.Match[str]) -> str:
            row = int(found[3])
            below = row > number or (ends and row == number)
            return f"{found[1]}{found[2]}{row + more if below else row}"

        return _REFERENCE.sub(shifted, reference)

    return _rewritten(formula, lambda sheet: is_here if sheet is None else sheet == title, moved)


class _Mover(Protocol):
    """Rewrites one reference; `ends` says that it is the end of a range."""

    def __call__(self, reference: str, *, ends: bool) -> str: ...


def _rewritten(formula: str, is_meant: Callable[[str | None], bool], moved: _Mover) -> str:
    """A formula with the references to the meant sheet rewritten."""
    tokens = Tokenizer(formula)
    for token in tokens.items:
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            sheet, mark, area = token.value.rpartition("!")
            named = sheet.strip("'").replace("''", "'") if mark else None
            if is_meant(named):
                first, colon, last = area.partition(":")
                parts = moved(first, ends=False), colon, moved(last, ends=True)
                token.value = f"{sheet}{mark}{''.join(parts)}"
    text: str = tokens.render()
    return text


def _is(found: re.Match[str], row: int) -> bool:
    return int(found[3]) == row
