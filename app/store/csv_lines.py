"""CSV lines: the rows of an exported list, written by the database itself.

They equal what `spelling` writes for the same texts, and an import reads both back; semicolons
between cells, quotes as in RFC 4180, CRLF at the end. In the place of a name stands a mark, until
`captions.named` puts the name there.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from app.database.dialects import Dialect
from app.model.headings import ID, Heading, Kind
from app.model.resource import Resource
from app.model.view import View
from app.store import speech
from app.store.captions import marked
from app.store.escape import escaped
from app.store.phrases import FLAGS, harmless, labelled, may_run, printed_day
from app.store.stacking import Frame, stacked

DELIMITER = ";"
_LINE = Frame("", DELIMITER, "\r\n")
_QUOTED = f'{DELIMITER}"\r\n'
"""Characters that require quotes around a cell."""


def written(cells: Iterable[str]) -> str:
    """The cells as a line."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=DELIMITER).writerow(cells)
    return text.getvalue()


def lines(resource: Resource, dialect: Dialect, view: View, columns: Sequence[Heading]) -> str:
    """The expression of the lines of a record of the table `t` (`stacking`)."""
    shown = speech.cells(resource, dialect, view)
    cells = [_cell(column, shown[column.base.name], dialect) for column in columns]
    return stacked(resource, dialect, columns, cells, _LINE)


def name_cell(name: str) -> str:
    """A name as the cell of a line."""
    return _one(escaped(name))


def _cell(heading: Heading, expression: str, dialect: Dialect) -> str:
    text = f"CAST({expression} AS TEXT)"
    match heading.kind:
        case Kind.CHOICE | Kind.WEEKDAY:
            cell = labelled(text, {value: _one(label) for value, label in heading.choices.items()})
        case Kind.CHOICES:
            named = labelled("e.value", heading.choices)
            cell = _quoted(f"({dialect.joined(expression, named, '; ')})", dialect)
        case Kind.FLAG:
            cell = labelled(text, FLAGS)
        case Kind.DAY:
            cell = printed_day(expression)
        case Kind.NUMBER | Kind.DECIMAL:
            cell = f"replace({text}, '.', ',')"
        case Kind.REFERENCE:
            cell = marked(heading, text)
        case Kind.TEXT if heading.name != ID.name:
            # Most texts need no quotes, so a look is cheaper than quoting them all.
            unusual = f"{dialect.holds(text, _QUOTED)} OR {may_run(text)}"
            made = _quoted(harmless(text), dialect)
            cell = f"CASE WHEN {unusual} THEN {made} ELSE {text} END"
        case _:
            cell = text
    return cell


def _quoted(text: str, dialect: Dialect) -> str:
    quoted = """'"' || replace(cell, '"', '""') || '"'"""
    cell_or_quoted = f"CASE WHEN {dialect.holds('cell', _QUOTED)} THEN {quoted} ELSE cell END"
    return f"(SELECT {cell_or_quoted} FROM (SELECT {text} AS cell) c)"  # noqa: S608 - our own names


def _one(text: str) -> str:
    """A text as a single cell."""
    return written((text,)).removesuffix("\r\n")
