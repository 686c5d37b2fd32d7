"""Spelling: how a workbook's cells say what a record holds, so that an import reads it back."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial

from app.model.headings import ID, Heading, Kind, headings
from app.model.resource import Resource
from app.store.escape import escaped

Cell = str | int | float | date | None

Pen = Callable[[str | None], Cell]
"""Makes a cell of a field's text."""

Speller = Callable[[Iterable[Sequence[str | None]]], Iterator[tuple[Cell, ...]]]

_EXACT = 15
"""Digits of a number that a spreadsheet program keeps."""
_ID = 38
_WIDTHS = {Kind.TEXT: 24, Kind.REFERENCE: _ID}
"""Characters of columns, in which an id is to be seen whole and a text begun."""
_FIRST_DAY = date(1900, 3, 1)
"""Before it Excel counts a day that there never was, 29 February 1900."""


def exported(resource: Resource) -> tuple[Heading, ...]:
    """The columns of a list that is given out: what is never shown has none."""
    shown = {ID.name, *resource.spoken}
    return tuple(each for each in headings(resource) if each.name.partition(".")[0] in shown)


def width(heading: Heading) -> int:
    """Characters that the cells of a column mostly have."""
    if heading.choices:
        return max(map(len, heading.choices.values())) + 2
    return _ID if heading.name == ID.name else _WIDTHS.get(heading.kind, 12)


def speller(columns: Sequence[Heading]) -> Speller:
    """Makes rows of cells of rows of texts: numbers and days where a workbook can hold them."""
    pens = [_pen(each) for each in columns]
    # A column at a time: most of the work is then done by the interpreter's own loops.
    return lambda rows: zip(*map(map, pens, zip(*rows, strict=True)), strict=True)


def _pen(heading: Heading) -> Pen:
    match heading.kind:
        case Kind.CHOICE:
            return _named(heading.choices)
        case Kind.CHOICES:
            return lru_cache(partial(_choices, heading.choices))
        case kind:
            return _PENS[kind]


def _named(labels: Mapping[str, str]) -> Pen:
    found: dict[str | None, str] = dict(labels.items())
    return found.get


def _choices(labels: Mapping[str, str], text: str | None) -> str:
    return "; ".join(labels[each] for each in json.loads(text or "[]"))


def _text(text: str | None) -> str | None:
    return text and escaped(text)


@lru_cache
def _day(text: str | None) -> Cell:
    day = text and date.fromisoformat(text)
    return day if not day or day >= _FIRST_DAY else f"{day:%d.%m.}{day.year:04d}"


def _number(text: str | None) -> Cell:
    if text is None or len(text.strip("-").replace(".", "")) > _EXACT:
        return text and text.replace(".", ",")
    return float(text)


_PENS: Mapping[Kind, Pen] = {
    Kind.TEXT: _text,
    # An id, and a whole number, say themselves; a negative number is no formula.
    Kind.REFERENCE: _text,
    Kind.NUMBER: _number,
    Kind.DECIMAL: _number,
    Kind.FLAG: _named({"true": "да", "false": "нет"}),
    Kind.DAY: _day,
}
