"""CSV lines: the rows of an exported list, written by the database itself.

They equal what `spelling` writes for the same texts, and an import reads both back; semicolons
between cells, quotes as in RFC 4180, CRLF at the end. In the place of a name stands the record's
token between two marks, until `named` puts the name there.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import chain

from app.database.dialects import Dialect
from app.model.headings import ID, Heading, Kind
from app.model.resource import Resource
from app.model.view import View
from app.store import speech
from app.store.captions import Captions, token
from app.store.escape import SIGNS, escaped
from app.store.names import MARK
from app.store.phrases import labelled, literal, printed_day

DELIMITER = ";"
_FLAGS = {"true": "да", "false": "нет"}
_QUOTED = f'{DELIMITER}"\r\n'
"""Characters that require quotes around a cell."""


def written(cells: Iterable[str]) -> str:
    """The cells as a line."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=DELIMITER).writerow(cells)
    return text.getvalue()


def lines(resource: Resource, dialect: Dialect, view: View, columns: Sequence[Heading]) -> str:
    """The expression of a record of the table `t` as a line, or as one line for each of its parts.

    Every line has the id; only the first has the record's other fields.
    """
    shown = speech.cells(resource, dialect, view)
    between = [literal(DELIMITER)] * (len(columns) - 1) + [literal("\r\n")]
    cells = [_cell(column, shown[column.base.name], dialect) for column in columns]
    if resource.parts:
        pairs = zip(columns, cells, strict=True)
        cells = [cell if _is_repeated(column) else _once(cell) for column, cell in pairs]
    line = dialect.concat([*chain.from_iterable(zip(cells, between, strict=True))])
    if not resource.parts:
        return line
    return dialect.stacked(line, speech.rows_of(resource), "r.place")


def named(text: str, captions: Captions) -> str:
    """The text of lines with the names of the records whose tokens it has."""
    pieces = text.split(MARK)
    pieces[1::2] = captions.of(pieces[1::2])
    return "".join(pieces)


def name_cell(name: str) -> str:
    """A name as the cell of a line."""
    return _one(escaped(name))


def _is_repeated(heading: Heading) -> bool:
    return bool(heading.part) or heading.name == ID.name


def _once(cell: str) -> str:
    return f"CASE WHEN r.place = 0 THEN {cell} END"


def _cell(heading: Heading, expression: str, dialect: Dialect) -> str:
    text = f"CAST({expression} AS TEXT)"
    match heading.kind:
        case Kind.CHOICE | Kind.WEEKDAY:
            cell = labelled(text, {value: _one(label) for value, label in heading.choices.items()})
        case Kind.CHOICES:
            named = labelled("e.value", heading.choices)
            cell = _quoted(f"({dialect.joined(expression, named, '; ')})", dialect)
        case Kind.FLAG:
            cell = labelled(text, _FLAGS)
        case Kind.DAY:
            cell = printed_day(expression)
        case Kind.NUMBER | Kind.DECIMAL:
            cell = f"replace({text}, '.', ',')"
        case Kind.REFERENCE:
            mark = literal(MARK)
            cell = f"{mark} || {literal(token(heading.target or ''))} || {text} || {mark}"
        case Kind.TEXT if heading.name != ID.name:
            # Most texts need no quotes, so a look is cheaper than quoting them all.
            looks = dialect.holds(text, _QUOTED), f"substr({text}, 1, 1) IN ({_FIRST}, '''')"
            made = _quoted(_escaped(text), dialect)
            cell = f"CASE WHEN {' OR '.join(looks)} THEN {made} ELSE {text} END"
        case _:
            cell = text
    return cell


def _escaped(text: str) -> str:
    """The expression of a text that no spreadsheet program runs (`app.store.escape`)."""
    first = f"substr(ltrim({text}, ''''), 1, 1)"
    runs = f"{first} IN ({_FIRST})"
    return f"CASE WHEN {runs} THEN '''' || {text} ELSE {text} END"


def _quoted(text: str, dialect: Dialect) -> str:
    quoted = """'"' || replace(cell, '"', '""') || '"'"""
    cell_or_quoted = f"CASE WHEN {dialect.holds('cell', _QUOTED)} THEN {quoted} ELSE cell END"
    return f"(SELECT {cell_or_quoted} FROM (SELECT {text} AS cell) c)"  # noqa: S608 - our own names


def _one(text: str) -> str:
    """A text as a single cell."""
    return written((text,)).removesuffix("\r\n")


# Stored texts contain no zero byte, and PostgreSQL's literals cannot.
_FIRST = ", ".join(map(literal, SIGNS.replace("\0", "")))
"""Characters with which a formula begins."""
