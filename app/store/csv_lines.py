"""CSV lines: the rows of a list as a file has them, each written by the database itself.

They say what `spelling` says of the same texts, an import reads both back; semicolons between
cells, quotes where RFC 4180 wants them, CRLF at the end.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from app.database.dialects import Dialect
from app.model.headings import ID, Heading, Kind
from app.model.resource import Resource
from app.model.view import View
from app.store import speech
from app.store.escape import SIGNS

DELIMITER = ";"
_FLAGS = {"true": "да", "false": "нет"}
_QUOTED = f'{DELIMITER}"\r\n'
"""Signs for which a cell is put into quotes."""


def written(cells: Iterable[str]) -> str:
    """Cells as a line."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=DELIMITER).writerow(cells)
    return text.getvalue()


def lines(resource: Resource, dialect: Dialect, view: View, columns: Sequence[Heading]) -> str:
    """The expression of a record of the table `t` as a line, or as one for each of its parts.

    Every line has the id; what else is said of the record itself stands in the first one only.
    """
    said = speech.cells(resource, dialect, view)
    between = [_literal(DELIMITER)] * (len(columns) - 1) + [_literal("\r\n")]
    cells = [_cell(each, said[each.name], dialect) for each in columns]
    if resource.parts:
        pairs = zip(columns, cells, strict=True)
        cells = [cell if _is_repeated(each) else _once(cell) for each, cell in pairs]
    line = dialect.concat([*chain.from_iterable(zip(cells, between, strict=True))])
    if not resource.parts:
        return line
    return dialect.stacked(line, speech.rows_of(resource), "r.place")


def _is_repeated(heading: Heading) -> bool:
    return bool(heading.part) or heading.name == ID.name


def _once(cell: str) -> str:
    return f"CASE WHEN r.place = 0 THEN {cell} END"


def _cell(heading: Heading, said: str, dialect: Dialect) -> str:
    text = f"CAST({said} AS TEXT)"
    match heading.kind:
        case Kind.CHOICE:
            cell = _named(text, {value: _one(label) for value, label in heading.choices.items()})
        case Kind.CHOICES:
            named = _named("e.value", heading.choices)
            cell = _quoted(f"({dialect.joined(said, named, '; ')})", dialect)
        case Kind.FLAG:
            cell = _named(text, _FLAGS)
        case Kind.DAY:
            day, month, year = (f"substr({text}, {which})" for which in ("9", "6, 2", "1, 4"))
            cell = f"{day} || '.' || {month} || '.' || {year}"
        case Kind.NUMBER | Kind.DECIMAL:
            cell = f"replace({text}, '.', ',')"
        case Kind.TEXT if heading.name != ID.name:
            # Most texts are plain, and cost a look.
            looks = dialect.holds(text, _QUOTED), f"substr({text}, 1, 1) IN ({_FIRST}, '''')"
            made = _quoted(_escaped(text), dialect)
            cell = f"CASE WHEN {' OR '.join(looks)} THEN {made} ELSE {text} END"
        case _:
            cell = text
    return cell


def _named(text: str, labels: Mapping[str, str]) -> str:
    """The label of a value of a closed list."""
    cases = (f"WHEN {_literal(value)} THEN {_literal(label)}" for value, label in labels.items())
    return f"CASE {text} {' '.join(cases)} END"


def _escaped(text: str) -> str:
    """A text that no spreadsheet program runs (`app.store.escape`)."""
    first = f"substr(ltrim({text}, ''''), 1, 1)"
    runs = f"{first} IN ({_FIRST})"
    return f"CASE WHEN {runs} THEN '''' || {text} ELSE {text} END"


def _quoted(text: str, dialect: Dialect) -> str:
    quoted = """'"' || replace(cell, '"', '""') || '"'"""
    told = f"CASE WHEN {dialect.holds('cell', _QUOTED)} THEN {quoted} ELSE cell END"
    return f"(SELECT {told} FROM (SELECT {text} AS cell) c)"  # noqa: S608 - our own names


def _one(text: str) -> str:
    """A text as the one cell of a line."""
    return written((text,)).removesuffix("\r\n")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# No stored text holds a zero byte, and no literal of PostgreSQL's can.
_FIRST = ", ".join(map(_literal, SIGNS.replace("\0", "")))
"""What a formula begins with."""
