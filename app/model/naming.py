"""Naming: the templates by which a kind says what its records are called.

A template is a text with columns in braces: «{kind} от {act_date} № {number}». A column that refers
to a record stands for that record's name, `{start_date–end_date}` for the days of a period. The
first template of a kind whose columns are all set is used.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa

from app.model.declaration import Declaration
from app.model.times import Weekday

ADDED = ("names", "labels")
"""What an answer with names has beside the fields of a record."""

_COLUMN = re.compile(r"\{(\w+)(?:–(\w+))?\}")

_SPOKEN = (sa.String, sa.Date, Weekday, sa.Integer)
"""The types of the columns that a name can have."""


class Piece(NamedTuple):
    """A text of a template, or a column of it."""

    text: str = ""
    column: str = ""
    until: str = ""
    """The column of the last day, for a period."""


def pieces(template: str) -> Iterator[Piece]:
    """The texts and columns of a template in their order."""
    at = 0
    for found in _COLUMN.finditer(template):
        if found.start() > at:
            yield Piece(template[at : found.start()])
        yield Piece("", found[1], found[2] or "")
        at = found.end()
    if at < len(template):
        yield Piece(template[at:])


def columns_of(kind: Declaration) -> Iterator[str]:
    """The columns that a kind's templates name."""
    for template in kind.called:
        for piece in pieces(template):
            yield from filter(None, (piece.column, piece.until))


def misnamed(kind: Declaration) -> Iterator[str]:
    """What a kind's naming lacks, as sentences."""
    if not kind.called:
        yield 'Nothing says what a record is called. Add called=("{title}",), with its columns.'
    for template in kind.called:
        named = [piece for piece in pieces(template) if piece.column]
        if not named:
            yield f"Its name «{template}» is the same for all. Name a column in braces."
        for piece in named:
            if piece.until and not _are_days(kind, piece):
                yield f"Its called joins {piece.column} and {piece.until}, which are no two days."
    for name in columns_of(kind):
        column = kind.table.c.get(name)
        if column is None:
            yield f"Its called names {name}, which is none of its columns. Correct the name."
        elif not column.foreign_keys and not isinstance(column.type, _SPOKEN):
            yield f"Its called names {name}, whose values are no words. Name another column."
    for name in kind.write.model_fields.keys() & {*ADDED}:
        yield f"Its field {name} is what answers with names=true add. Call the field otherwise."


def _are_days(kind: Declaration, piece: Piece) -> bool:
    columns = [kind.table.c.get(name) for name in (piece.column, piece.until)]
    return all(column is not None and isinstance(column.type, sa.Date) for column in columns)
