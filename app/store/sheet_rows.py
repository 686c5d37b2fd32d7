"""Sheet rows: the rows of an exported workbook, written as XML by the database itself.

They have the texts of `csv_lines`, as cells of SpreadsheetML (ECMA-376, 18.3.1.4) that are texts,
numbers and days. In the place of a row's number stands a mark, until `numbered` puts the number
there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name

from app.database.dialects import Dialect
from app.model.headings import ID, Heading, Kind
from app.model.resource import Resource
from app.model.view import View
from app.store import speech
from app.store.captions import marked
from app.store.escape import escaped
from app.store.phrases import FLAGS, harmless, labelled, literal, may_run, printed_day
from app.store.spelling import EXACT
from app.store.stacking import Frame, stacked

LONGEST = 32_767
"""Characters of an Excel cell at most; a longer text is cut and cannot be uploaded again."""

_ROW = "\x02"
"""Stands for the number of a row; no stored text has it."""
_END = "</row>"
_FRAME = Frame(f'<row r="{_ROW}">', "", _END)
_TEXT, _TEXT_END = ' t="inlineStr"><is><t>', "</t></is></c>"
_NO_TEXT = _TEXT + _TEXT_END

_FIRST_DAY = 61
"""1 March 1900: before it Excel counts a 29 February 1900, which did not exist."""

_SIGNS = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_CODED, _PLAIN = "_x", "_x005F_x"
"""What begins the code of a character, `_x0041_`, and how it is written when it is none."""


def rows(
    resource: Resource, dialect: Dialect, view: View, columns: Sequence[Heading], day: int
) -> str:
    """The expression of the rows of a record of the table `t` (`stacking`).

    `day` is the number of the workbook's style for days.
    """
    shown = speech.cells(resource, dialect, view)
    cells = [
        _Cell(dialect, f'r="{xl_col_to_name(place)}{_ROW}"', day).of(
            column, shown[column.base.name]
        )
        for place, column in enumerate(columns)
    ]
    return stacked(resource, dialect, columns, cells, _FRAME)


def numbered(text: str, first: int) -> tuple[str, int]:
    """The text of rows with their numbers from `first` on, and the number of the row after them."""
    # A name that may not be told leaves an empty text, which is no empty cell.
    *made, _ = text.replace(_NO_TEXT, "/>").split(_END)
    told = [row.replace(_ROW, str(number)) for number, row in enumerate(made, first)]
    return _END.join([*told, ""]), first + len(made)


def name_cell(name: str) -> str:
    """A name as the text of a cell."""
    return _entities(escaped(name)[:LONGEST].replace(_CODED, _PLAIN))


@dataclass(frozen=True)
class _Cell:
    """Writes the expressions of the cells of one column; null where a cell is empty."""

    dialect: Dialect
    place: str
    """The attribute with the cell's address."""
    day: int

    def of(self, heading: Heading, expression: str) -> str:
        text = f"CAST({expression} AS TEXT)"
        match heading.kind:
            case Kind.CHOICE | Kind.WEEKDAY:
                return self._text(labelled(text, _labels(heading)))
            case Kind.CHOICES:
                named = labelled("e.value", _labels(heading))
                return self._text(f"({self.dialect.joined(expression, named, '; ')})")
            case Kind.FLAG:
                return self._text(labelled(text, FLAGS))
            case Kind.DAY:
                return self._day(expression)
            case Kind.NUMBER | Kind.DECIMAL:
                return self._number(text)
            case Kind.REFERENCE:
                return self._text(marked(heading, text))
            case Kind.TEXT if heading.name != ID.name:
                return self._text(self._safe(text))
            case _:
                return self._text(text)

    def _text(self, text: str) -> str:
        # Stored texts neither begin nor end with white space, so none must be preserved.
        before = literal(f"<c {self.place}{_TEXT}")
        return f"{before} || {text} || {literal(_TEXT_END)}"

    def _value(self, number: str, style: str = "") -> str:
        return f"{literal(f'<c {self.place}{style}><v>')} || {number} || '</v></c>'"

    def _number(self, text: str) -> str:
        """Excel counts in floats: longer numbers are texts."""
        digits = f"length(replace(ltrim({text}, '-'), '.', ''))"
        long = self._text(f"replace({text}, '.', ',')")
        return f"CASE WHEN {digits} > {EXACT} THEN {long} ELSE {self._value(text)} END"

    def _day(self, day: str) -> str:
        serial = self.dialect.serial(day)
        value = self._value(f"CAST({serial} AS TEXT)", f' s="{self.day}"')
        early = self._text(printed_day(day))
        return f"CASE WHEN {serial} < {_FIRST_DAY} THEN {early} ELSE {value} END"

    def _safe(self, text: str) -> str:
        """A text that is run by nobody, read as it is and fits; most texts are, so look first."""
        holds = self.dialect.holds(text, "".join(_SIGNS)), self.dialect.holds_code(text)
        unusual = [*holds, may_run(text), f"length({text}) > {LONGEST}"]
        made = f"substr({harmless(text)}, 1, {LONGEST})"
        coded = f"CASE WHEN {holds[1]} THEN replace({made}, '{_CODED}', '{_PLAIN}') ELSE {made} END"
        for sign, entity in _SIGNS.items():
            coded = f"replace({coded}, '{sign}', '{entity}')"
        return f"CASE WHEN {' OR '.join(unusual)} THEN {coded} ELSE {text} END"


def _labels(heading: Heading) -> dict[str, str]:
    return {value: _entities(label) for value, label in heading.choices.items()}


def _entities(text: str) -> str:
    for sign, entity in _SIGNS.items():
        text = text.replace(sign, entity)
    return text
