"""Sheet rows: the rows of an exported workbook as XML.

They have the texts of `csv_lines`, as cells of SpreadsheetML (ECMA-376, 18.3.1.4) that are texts,
numbers and days. In the place of a row's number stands a mark, until the row is whole.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

from xlsxwriter.utility import xl_col_to_name

from app.model.headings import ID, Heading, Kind
from app.store.captions import Captions
from app.store.cells import Cells, Made, Named
from app.store.escape import escaped
from app.store.phrases import FLAGS, day_as_printed
from app.store.spelling import EXACT, unscaled
from app.store.unfolding import Row

LONGEST = 32_767
"""Characters of an Excel cell at most; a longer text is cut and cannot be uploaded again."""

_ROW = b"\x02"
"""Stands for the number of a row; no stored text has it."""
_END = b"</row>"

_NO_DAY = date(1899, 12, 30).toordinal()
_FIRST_DAY = 61
"""1 March 1900: before it Excel counts a 29 February 1900, which did not exist."""

_SIGNS = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_CODED, _PLAIN = "_x", "_x005F_x"
"""What begins the code of a character, `_x0041_`, and how it is written when it is none."""
_CODE = re.compile("_x[0-9A-Fa-f]{4}_")


class Rows:
    """Writes rows as XML, with their numbers."""

    def __init__(
        self, columns: Sequence[Heading], captions: Captions, day: int, first: int
    ) -> None:
        """`day` is the number of the workbook's style for days, `first` that of the first row."""
        self._cells = Cells(columns, _Hand(day), captions)
        self._next = first

    def of(self, rows: Sequence[Row]) -> bytes:
        """The XML of one row and more."""
        told = enumerate(map(b"".join, self._cells.of(rows)), self._next)
        self._next += len(rows)
        return _END.join([row.replace(_ROW, b"%d" % number) for number, row in told]) + _END


class _Hand:
    unnamed = b""

    def __init__(self, day: int) -> None:
        self._day = day

    def value(self, heading: Heading, place: int) -> Made:
        cell = _Cell(place)
        match heading.kind:
            case Kind.CHOICE | Kind.WEEKDAY:
                return cell.labelled(heading.choices)
            case Kind.CHOICES:
                return partial(_choices, cell, heading.choices)
            case Kind.FLAG:
                return cell.labelled(FLAGS)
            case Kind.DAY:
                return lambda text: _day(cell, text, self._day)
            case Kind.NUMBER | Kind.DECIMAL:
                return lambda text: _number(cell, unscaled(heading, text))
            case Kind.TEXT if heading.name != ID.name:
                return lambda text: cell.text(_safe(text))
            case _:
                return cell.plain(before='<row r="\x02">' if heading.name == ID.name else "")

    def reference(self, place: int) -> Named:
        name, key = _Cell(place), _Cell(place + 1)
        return lambda of, called: name.text(_name(called)) + key.text(of)


class _Cell:
    """Writes the cells of one column."""

    def __init__(self, place: int) -> None:
        self._place = f'<c r="{xl_col_to_name(place)}\x02"'

    def text(self, text: str) -> bytes:
        # Stored texts neither begin nor end with white space, so none must be preserved.
        told = f' t="inlineStr"><is><t>{text}</t></is></c>' if text else "/>"
        return f"{self._place}{told}".encode()

    def value(self, number: object, style: str = "") -> bytes:
        return f"{self._place}{style}><v>{number}</v></c>".encode()

    def plain(self, before: str = "") -> Made:
        """What writes texts in which nothing needs to be escaped."""
        head = f'{before}{self._place} t="inlineStr"><is><t>'.encode()
        return lambda text: b"%b%b</t></is></c>" % (head, text.encode())

    def labelled(self, labels: Mapping[str, str]) -> Made:
        cells = {value: self.text(_entities(label)) for value, label in labels.items()}
        return lambda text: cells.get(text, b"")


def _choices(cell: _Cell, labels: Mapping[str, str], text: str) -> bytes:
    told = "; ".join(_entities(labels[value]) for value in json.loads(text))
    return cell.text(told) if told else b""


def _number(cell: _Cell, text: str) -> bytes:
    """Excel counts in floats: longer numbers are texts."""
    if len(text.lstrip("-").replace(".", "")) > EXACT:
        return cell.text(text.replace(".", ","))
    return cell.value(text)


def _day(cell: _Cell, text: str, style: int) -> bytes:
    serial = date.fromisoformat(text).toordinal() - _NO_DAY
    if serial < _FIRST_DAY:
        return cell.text(day_as_printed(text))
    return cell.value(serial, f' s="{style}"')


def _safe(text: str) -> str:
    """A text that is run by nobody, read as it is and fits."""
    made = escaped(text)[:LONGEST]
    return _entities(made.replace(_CODED, _PLAIN) if _CODE.search(text) else made)


def _name(text: str) -> str:
    return _entities(escaped(text)[:LONGEST].replace(_CODED, _PLAIN))


def _entities(text: str) -> str:
    for sign, entity in _SIGNS.items():
        text = text.replace(sign, entity)
    return text
