"""Stacking: the rows that a record takes in a file, one behind another, as one SQL expression."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from app.database.dialects import Dialect
from app.model.headings import ID, Heading
from app.model.resource import Resource
from app.store import speech
from app.store.phrases import literal


class Frame(NamedTuple):
    """What a row has around and between its cells."""

    before: str
    between: str
    after: str


def stacked(
    resource: Resource,
    dialect: Dialect,
    columns: Sequence[Heading],
    cells: Sequence[str],
    frame: Frame,
) -> str:
    """The expression of a record of the table `t` as a row, or as one row for each of its parts.

    `cells` are the expressions of the columns over `t` and `speech.rows_of`. Every row has the id;
    only the first has the record's other fields.
    """
    if resource.parts:
        pairs = zip(columns, cells, strict=True)
        cells = [cell if _is_repeated(column) else _once(cell) for column, cell in pairs]
    between = [literal(frame.between)] * (len(cells) - 1)
    inner = chain.from_iterable(zip(cells, [*between, literal(frame.after)], strict=True))
    row = dialect.concat([literal(frame.before), *inner])
    return dialect.stacked(row, speech.rows_of(resource), "r.place") if resource.parts else row


def _is_repeated(heading: Heading) -> bool:
    return bool(heading.part) or heading.name == ID.name


def _once(cell: str) -> str:
    return f"CASE WHEN r.place = 0 THEN {cell} END"
