"""Spelling: writes a record's values into the cells of a workbook, so that an import reads them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial

from app.model.headings import ID, Heading, Kind, headings, with_ids
from app.model.resource import Resource
from app.store.escape import escaped
from app.store.phrases import FLAGS

Cell = str | int | float | date | None

Pen = Callable[[str | None], Cell]
"""Converts a field's text to a cell."""

Speller = Callable[[Iterable[Sequence[str | None]]], Iterator[tuple[Cell, ...]]]

EXACT = 15
"""Digits of a number that a spreadsheet program preserves."""
_ID = 38
_WIDTHS = {Kind.TEXT: 24, Kind.REFERENCE: 24, Kind.ID: _ID}
"""Characters of columns: an id is shown whole, a text is cut."""
_FIRST_DAY = date(1900, 3, 1)
"""Before this day Excel counts a 29 February 1900, which did not exist."""


def exported(resource: Resource) -> tuple[Heading, ...]:
    """The columns of an exported list: those fields that are shown, ids beside their names."""
    shown = {ID.name, *resource.spoken}
    return tuple(
        with_ids(
            heading for heading in headings(resource) if heading.name.partition(".")[0] in shown
        )
    )


def width(heading: Heading) -> int:
    """The usual number of characters in a column's cells."""
    if heading.choices:
        return max(map(len, heading.choices.values())) + 2
    return _ID if heading.name == ID.name else _WIDTHS.get(heading.kind, 12)


def unscaled(heading: Heading, text: str) -> str:
    """The decimal whose scaled integer is this text; parts have decimals already."""
    places = heading.exact.places if heading.exact and not heading.part else 0
    if not places:
        return text
    digits = text.lstrip("-").rjust(places + 1, "0")
    sign = "-" if text.startswith("-") else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".")


def speller(columns: Sequence[Heading]) -> Speller:
    """Converts rows of texts to rows of cells: numbers and days where a workbook has them."""
    pens = [_pen(heading) for heading in columns]
    # Column by column, as most of the work then runs in the interpreter's own loops.
    return lambda rows: zip(*map(map, pens, zip(*rows, strict=True)), strict=True)


def _pen(heading: Heading) -> Pen:
    match heading.kind:
        case Kind.CHOICE | Kind.WEEKDAY:
            return _named(heading.choices)
        case Kind.CHOICES:
            return lru_cache(partial(_choices, heading.choices))
        case kind:
            return _PENS[kind]


def _named(labels: Mapping[str, str]) -> Pen:
    label_of: dict[str | None, str] = dict(labels.items())
    return label_of.get


def _choices(labels: Mapping[str, str], text: str | None) -> str:
    return "; ".join(labels[value] for value in json.loads(text or "[]"))


def _text(text: str | None) -> str | None:
    return text and escaped(text)


@lru_cache
def _day(text: str | None) -> Cell:
    day = text and date.fromisoformat(text)
    return day if not day or day >= _FIRST_DAY else f"{day:%d.%m.}{day.year:04d}"


def _number(text: str | None) -> Cell:
    if text is None or len(text.strip("-").replace(".", "")) > EXACT:
        return text and text.replace(".", ",")
    return float(text)


_PENS: Mapping[Kind, Pen] = {
    Kind.TEXT: _text,
    # Numbers need no escaping; a negative one is not a formula.
    Kind.REFERENCE: _text,
    Kind.ID: _text,
    Kind.NUMBER: _number,
    Kind.DECIMAL: _number,
    Kind.FLAG: _named(FLAGS),
    Kind.DAY: _day,
    Kind.TIME: _text,
    Kind.YEARS: _text,
}
